"""Number plates of cars, by the shapes of data/names/plates.csv.

Shapes that are also written for other things (`ABC 123`) count only where a word announces them.
"""

from __future__ import annotations

from collections.abc import Iterator

from nlp.recognisers import Lists, Span
from nlp.recognisers.numbers import hint, matches


class Plate:
    def __init__(self, lists: Lists) -> None:
        self._shapes = lists.numbers.plates
        self.hint = hint(self._shapes)

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        for shape, found in matches(self._shapes, buffer):
            yield Span("plate", found.start(), found.end(), 0.6 if shape.cues else 0.8)


RECOGNISER = Plate
