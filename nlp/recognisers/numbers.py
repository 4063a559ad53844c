"""Numbers that stand for a person or a car, by country, as `data/names/` lists them.

ids.csv: country, number, check (a module of python-stdnum, empty where there is none), pattern,
cues. plates.csv: country, pattern, cues. Where cues are given one of them must stand shortly
before the number: without it the shape alone says too little.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from base.errors import BadInput
from base.table import Row, rows
from base.text import words_line

_BEFORE = 40  # characters in which a cue is looked for


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
class Numbers:
    """The shapes of national numbers and of number plates."""

    ids: tuple[Shape, ...] = ()
    plates: tuple[Shape, ...] = ()


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
        tuple(_shape(row, row["check"]) for row in ids), tuple(_shape(row, "") for row in plates)
    )


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
