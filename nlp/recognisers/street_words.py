"""The street words of data/names/streets.csv: the word, where in a name it stands, in which
languages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from base.errors import unknown
from base.table import rows
from base.text import fold

PLACES = ("before", "after", "glued", "opening", "at", "ending")


@dataclass(frozen=True)
class StreetWord:
    """One row of streets.csv: a word (folded but for endings), where, in which languages."""

    word: str
    place: str
    languages: frozenset[str]
    is_sure: bool


def read_streets(path: Path) -> tuple[StreetWord, ...]:
    """The rows; BadInput with file:line for an unknown place."""
    found = []
    for row in rows(path, ("word", "place", "languages", "sure")):
        if row["place"] not in PLACES:
            raise unknown("place of a street word", row["place"], PLACES, where=row.where)
        languages = frozenset(row.parts("languages"))
        word = row["word"] if row["place"] == "ending" else fold(row["word"])
        found.append(StreetWord(word, row["place"], languages, row["sure"] == "yes"))
    return tuple(found)
