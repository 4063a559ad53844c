"""The street words of data/names/streets.csv: the word, where in a name it stands, in which
languages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from base.errors import unknown
from base.table import rows
from base.text import fold

SURE = ("", "yes", "abroad")
PLACES = ("before", "after", "glued", "opening", "at", "ending")


@dataclass(frozen=True)
class StreetWord:
    """One row of streets.csv: a word (folded but for endings), where, in which languages.

    is_plain: read in posts of every language, small and short as it may be.
    """

    word: str
    place: str
    languages: frozenset[str]
    is_sure: bool
    is_plain: bool


def read_streets(path: Path) -> tuple[StreetWord, ...]:
    """The rows; BadInput with file:line for an unknown place."""
    found = []
    for row in rows(path, ("word", "place", "languages", "sure")):
        if row["place"] not in PLACES:
            raise unknown("place of a street word", row["place"], PLACES, where=row.where)
        languages = frozenset(row.parts("languages"))
        word = row["word"] if row["place"] == "ending" else fold(row["word"])
        if row["sure"] not in SURE:
            raise unknown("how sure a street word is", row["sure"], SURE, where=row.where)
        is_plain = row["sure"] == "abroad"
        is_sure = is_plain or row["sure"] == "yes"
        found.append(StreetWord(word, row["place"], languages, is_sure, is_plain))
    return tuple(found)
