"""Numbers that stand for a person or a car, by country, as `data/names/` lists them.

ids.csv: country, number, check (a module of python-stdnum, empty where there is none), pattern,
cues. plates.csv: country, pattern, cues. Where cues are given one of them must stand shortly
before the number: without it the shape alone says too little. phones.csv: language, regions
whose numbering plans its posts use, whether numbers are dialled without a 0. words.csv: the
words around telephone numbers, addresses and links.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from base.errors import BadInput, unknown
from base.table import Row, rows
from base.text import words_line

_BEFORE = 40  # characters in which a cue is looked for
WORD_KINDS = (
    "phone", "money", "at", "dot", "version", "account host", "account page", "no account",
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """One kind of number: how it is written, what verifies it, which words announce it."""

    country: str
    pattern: str
    check: str
    cues: tuple[str, ...]

    def is_announced(self, buffer: str, start: int) -> bool:
        """Whether no cue is asked for, or one stands before the number."""
        if not self.cues:
            return True
        before = words_line(buffer[max(0, start - _BEFORE) : start].rpartition("\0")[2])
        return any(cue in before for cue in self.cues)

    def is_valid(self, number: str) -> bool:
        return not self.check or _checker(self.check)(number)


@dataclass(frozen=True)
class Plan:
    """Where a language's numbers are dialled, and whether they go without a 0 in front."""

    regions: tuple[str, ...] = ()
    is_bare: bool = False


@dataclass(frozen=True)
class Numbers:
    """The shapes of national numbers and of number plates, the plans of telephone numbers.

    plans: by language, `*` for what is asked everywhere. words: kind (WORD_KINDS) → words.
    """

    ids: tuple[Shape, ...] = ()
    plates: tuple[Shape, ...] = ()
    plans: Mapping[str, Plan] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def one_of(self, kind: str) -> str:
        """A regular expression for any word of a kind; nothing matches where none is listed."""
        listed = sorted(self.words.get(kind, ()), key=len, reverse=True)
        return f"(?:{'|'.join(map(re.escape, listed))})" if listed else r"[^\s\S]"


@cache
def _checker(check: str) -> Callable[[str], bool]:
    valid: Callable[[str], bool] = importlib.import_module(f"stdnum.{check}").is_valid
    return valid


def _shape(row: Row, check: str) -> Shape:
    try:
        re.compile(row["pattern"])
        if check:
            _checker(check)
    except (re.error, ImportError) as error:
        raise BadInput(f"cannot be used ({error})", where=row.where) from error
    return Shape(row["country"], row["pattern"], check, tuple(map(words_line, row.parts("cues"))))


def read_numbers(folder: Path) -> Numbers:
    """ids.csv and plates.csv of a folder; BadInput with file:line for what cannot be used."""
    ids = rows(folder / "ids.csv", ("country", "number", "check", "pattern", "cues"))
    plates = rows(folder / "plates.csv", ("country", "pattern", "cues"))
    return Numbers(
        tuple(_shape(row, row["check"]) for row in ids),
        tuple(_shape(row, "") for row in plates),
        {
            row["language"]: Plan(row.parts("regions"), row["without_zero"] == "yes")
            for row in rows(folder / "phones.csv", ("language", "regions", "without_zero"))
        },
        _words(folder / "words.csv"),
    )


def _words(path: Path) -> dict[str, tuple[str, ...]]:
    """Kind → its words."""
    found: dict[str, list[str]] = {kind: [] for kind in WORD_KINDS}
    for row in rows(path, ("word", "kind")):
        if row["kind"] not in found:
            raise unknown("kind of word", row["kind"], WORD_KINDS, where=row.where)
        found[row["kind"]].append(row["word"])
    return {kind: tuple(words) for kind, words in found.items()}


def hint(shapes: tuple[Shape, ...]) -> str:
    """One RE2 expression that every match of a shape matches; nothing where there is no shape."""
    return "|".join(f"(?:{shape.pattern})" for shape in shapes) or r"[^\s\S]"


def matches(shapes: tuple[Shape, ...], buffer: str) -> Iterator[tuple[Shape, re.Match[str]]]:
    """Every place where a shape stands alone, announced and with a right checksum."""
    for shape in shapes:
        for found in _alone(shape.pattern).finditer(buffer):
            if shape.is_announced(buffer, found.start()) and shape.is_valid(found.group()):
                yield shape, found


@cache
def _alone(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w+])(?<![.,/]\b)(?:{pattern})(?![\w]|[.,/-]\d)")
