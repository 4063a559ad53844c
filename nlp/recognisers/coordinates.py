"""Coordinates of a place: `48.20849, 16.37208`, `48°12'30"N 16°22'19"E`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.recognisers import Lists, Span

_DECIMAL = re.compile(
    r"(?<![\w.,])([+-]?\d{1,2}[.]\d{3,12})\s?°?\s?[NSns]?\s?[,;/| ]\s{0,2}"
    r"([+-]?\d{1,3}[.]\d{3,12})(?:\s?°)?(?:\s?[EWOewo]\b)?(?!\d|\.\d)"
)
_ARC = (
    r"\d{1,3}\s?°\s?(?:\d{1,2}(?:[.,]\d{1,6})?\s?['’′´]\s?)?"
    r"(?:\d{1,2}(?:[.,]\d{1,6})?\s?(?:\"|”|″|''|’’)\s?)?"
)
_DEGREES = re.compile(rf"(?<!\w){_ARC}[NSns]\s{{0,2}}[,;/]?\s{{0,2}}{_ARC}[EWOewo](?!\w)")


class Coordinates:
    hint = r"\d\.\d{3}|°"

    def __init__(self, lists: Lists) -> None:
        del lists

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        for found in _DECIMAL.finditer(buffer):
            north, east = abs(float(found[1])), abs(float(found[2]))
            if north <= 90 and east <= 180 and not _is_thousands(found[1], found[2]):
                yield Span("coordinates", found.start(), found.end(), 0.9)
        for found in _DEGREES.finditer(buffer):
            yield Span("coordinates", found.start(), found.end(), 0.95)


def _is_thousands(*numbers: str) -> bool:
    """`12.000, 15.000` are two amounts: three digits after each point."""
    return all(len(number.partition(".")[2]) == 3 for number in numbers)


RECOGNISER = Coordinates
