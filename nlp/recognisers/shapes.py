"""Shapes of numbers: how they are written, what verifies them, which words announce them.

Where cues are given one of them must stand shortly before the number: without it the shape alone
says too little.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from nlp.recognisers.phrases import Phrases

_BEFORE = 40  # characters in which a cue is looked for
_DIGIT = re.compile(r"\d")
_NOT_AFTER = r"(?<![\w+])(?<![.,/]\b)"
_NOT_BEFORE = r"(?![\w]|[.,/-]\d)"
_TIES = frozenset("-/.")  # RC-10482
_OTHER_NUMBER = re.compile(r"\d{4,}")


@dataclass(frozen=True)
class Shape:
    """One kind of number: how it is written, what verifies it, which words announce it."""

    country: str
    pattern: str
    check: str
    cues: tuple[str, ...]

    def is_announced(self, buffer: str, start: int, after: str = "") -> bool:
        """Whether no cue is asked for, or one stands before the number or in `after`.

        What nothing verifies must be the first number after its cue.
        """
        if not self.cues:
            return True
        before = buffer[max(0, start - _BEFORE) : start].rpartition("\0")[2]
        if not self.check and not after:
            before = _OTHER_NUMBER.split(before)[-1]
        return self._cue.stand_in(before) or (bool(after) and self._cue.stand_in(after))

    def label(self, number: str) -> int:
        """How many of the number's signs are a cue that the pattern took with it: `BSN 1112223`."""
        digit = _DIGIT.search(number)
        if self.check or not self.cues or not digit:
            return 0
        if number[digit.start() - 1 : digit.start()] in _TIES:
            return 0
        return digit.start() if self._cue.stand_in(number[: digit.start()]) else 0

    @cached_property
    def _cue(self) -> Phrases:
        return Phrases(self.cues)

    def is_valid(self, number: str) -> bool:
        return not self.check or checker(self.check)(number)


@cache
def checker(check: str) -> Callable[[str], bool]:
    valid: Callable[[str], bool] = importlib.import_module(f"stdnum.{check}").is_valid
    return valid


def hint(shapes: tuple[Shape, ...]) -> str:
    """One RE2 expression that every match of a shape matches; nothing where there is no shape."""
    return "|".join(f"(?:{shape.pattern})" for shape in shapes) or r"[^\s\S]"


def matches(
    shapes: tuple[Shape, ...], buffer: str, after: int = 0
) -> Iterator[tuple[Shape, re.Match[str]]]:
    """Every place where a shape stands alone, announced and with a right checksum.

    after: in how many characters behind a number its cue may stand as well.
    """
    ends = [0] * len(shapes)
    alone = [_alone(shape.pattern) for shape in shapes]
    for place in _begins(shapes).finditer(buffer):
        at = place.start()
        for k, shape in enumerate(shapes):
            found = alone[k].match(buffer, at) if ends[k] <= at else None
            if found is None:
                continue
            ends[k] = found.end()
            behind = buffer[found.end() : found.end() + after].partition("\0")[0]
            # the cue may be taken for letters of the number: ЛНЧ 1002847365
            digit = None if shape.check or after else _DIGIT.search(found.group())
            start = found.start() + (digit.start() if digit else 0)
            if shape.is_announced(buffer, start, behind) and shape.is_valid(found.group()):
                yield shape, found


@cache
def _begins(shapes: tuple[Shape, ...]) -> re.Pattern[str]:
    """The places at which any of the shapes stands alone: one pass over a buffer for all."""
    # a boundary is asked first: it is cheaper than what rules out most other places
    return re.compile(rf"\b{_NOT_AFTER}(?=(?:{hint(shapes)}){_NOT_BEFORE})")


@cache
def _alone(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"{_NOT_AFTER}(?:{pattern}){_NOT_BEFORE}")
