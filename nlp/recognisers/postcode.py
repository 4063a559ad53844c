"""Postcodes that stand for a few houses, by the shapes of data/names/postcodes.csv.

They count where a word says that somebody lives there: `i live at LS9 7TB`, `ik woon op 3551 KL
112`. A postcode that stands for a town or a district is a place and stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from nlp.recognisers import Lists, Span
from nlp.recognisers.shapes import hint, matches


class Postcode:
    def __init__(self, lists: Lists) -> None:
        self._shapes = lists.numbers.postcodes
        self.hint = hint(self._shapes)

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        for _, found in matches(self._shapes, buffer):
            yield Span("address", found.start(), found.end(), 0.8)


RECOGNISER = Postcode
