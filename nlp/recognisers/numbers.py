"""Numbers that stand for a person or a car, by country, as `data/names/` lists them.

ids.csv: country, number, check (a module of python-stdnum, empty where there is none), pattern,
cues. plates.csv, postcodes.csv: country, pattern, cues. `word*` is the beginning of words,
`(kind)` all words of that kind in words.csv. phones.csv: language, regions whose numbering plans
its posts use, whether numbers are dialled without a 0; `*` is asked of numbers with a 0 in every
language, `grouped` of numbers that are grouped as a country does. words.csv: the words around
telephone numbers, birth dates, addresses, cars and links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

from base.errors import BadInput, unknown
from base.table import Row, rows
from base.text import words_line
from nlp.recognisers.shapes import Shape, checker
from nlp.recognisers.street_words import StreetWord, read_streets

WORD_KINDS = (
    "phone", "money", "at", "dot", "version", "account host", "account page", "no account",
    "born", "born after", "born short", "month", "year", "car", "no plate", "personal number",
    "house number", "house sign", "unit", "side", "door", "lives", "building",
    "house called", "named house", "counted", "extension", "mail",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """Where a language's numbers are dialled, and whether they go without a 0 in front."""

    regions: tuple[str, ...] = ()
    is_bare: bool = False


@dataclass(frozen=True)
class Label:
    """A word that makes an address with the number after it; sure: in every language, alone."""

    text: str
    languages: frozenset[str]
    is_sure: bool


@dataclass(frozen=True)
class Numbers:
    """The shapes of national numbers and of number plates, the plans of telephone numbers.

    plans: by language, `*` for what is asked everywhere. words: kind (WORD_KINDS) → words.
    streets, labels, postcodes: the rows of streets.csv, address_labels.csv and postcodes.csv.
    """

    ids: tuple[Shape, ...] = ()
    plates: tuple[Shape, ...] = ()
    plans: Mapping[str, Plan] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    streets: tuple[StreetWord, ...] = ()
    labels: tuple[Label, ...] = ()
    postcodes: tuple[Shape, ...] = ()

    def one_of(self, kind: str) -> str:
        """A regular expression for any word of a kind; nothing matches where none is listed."""
        listed = sorted(self.words.get(kind, ()), key=len, reverse=True)
        return f"(?:{'|'.join(map(re.escape, listed))})" if listed else r"[^\s\S]"

    @cached_property
    def amount(self) -> re.Pattern[str]:
        """What stands behind a number that counts something: money, hours, people."""
        counted = f"{self.one_of('money')}|{self.one_of('counted')}"
        return re.compile(rf"\s?(?:{counted})(?!\w)", re.IGNORECASE)


def beginnings(listed: Iterable[str]) -> tuple[str, ...]:
    """What to look for in a `words_line`: ` word `, and ` word` for `word*`; no empty ones."""
    lines = (words_line(w).rstrip(" " if w.endswith("*") else "") for w in listed)
    return tuple(line for line in dict.fromkeys(lines) if line.strip())


def _shape(row: Row, check: str, words: Mapping[str, tuple[str, ...]]) -> Shape:
    try:
        re.compile(row["pattern"])
        if check:
            checker(check)
    except (re.error, ImportError) as error:
        raise BadInput(f"cannot be used ({error})", where=row.where) from error
    cues = (words.get(c[1:-1], (c,)) if c[:1] == "(" else (c,) for c in row.parts("cues"))
    return Shape(row["country"], row["pattern"], check, tuple(chain.from_iterable(cues)))


def read_numbers(folder: Path) -> Numbers:
    """ids.csv and plates.csv of a folder; BadInput with file:line for what cannot be used."""
    ids = rows(folder / "ids.csv", ("country", "number", "check", "pattern", "cues"))
    plates = rows(folder / "plates.csv", ("country", "pattern", "cues"))
    listed: dict[str, tuple[str, ...]] = {}
    if (folder / "words.csv").exists():
        listed = _words(folder / "words.csv")
    return Numbers(
        tuple(_shape(row, row["check"], listed) for row in ids),
        tuple(_shape(row, "", listed) for row in plates),
        {
            row["language"]: Plan(row.parts("regions"), row["without_zero"] == "yes")
            for row in rows(folder / "phones.csv", ("language", "regions", "without_zero"))
        },
        listed or _words(folder / "words.csv"),
        read_streets(folder / "streets.csv"),
        tuple(
            Label(row["label"], frozenset(row.parts("languages")), row["sure"] == "yes")
            for row in rows(folder / "address_labels.csv", ("label", "languages", "sure"))
        ),
        tuple(
            _shape(row, "", listed)
            for row in rows(folder / "postcodes.csv", ("country", "pattern", "cues"))
        ),
    )


def _words(path: Path) -> dict[str, tuple[str, ...]]:
    """Kind → its words."""
    found: dict[str, list[str]] = {kind: [] for kind in WORD_KINDS}
    for row in rows(path, ("word", "kind")):
        if row["kind"] not in found:
            raise unknown("kind of word", row["kind"], WORD_KINDS, where=row.where)
        found[row["kind"]].append(row["word"])
    return {kind: tuple(words) for kind, words in found.items()}
