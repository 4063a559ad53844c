"""Number plates of cars, by the shapes of data/names/plates.csv.

Shapes that are also written for other things (`ABC 123`) count only where a word shortly before
or after them tells of a car: `Octavia 482 KLM`, `06 BDK 917 plakalı`.
"""

from __future__ import annotations

from collections.abc import Iterator

from base.text import words
from nlp.recognisers import Lists, Span
from nlp.recognisers.shapes import hint, matches

_AFTER = 30  # characters in which a word may tell of a car after the plate


class Plate:
    def __init__(self, lists: Lists) -> None:
        self._shapes = lists.numbers.plates
        self._other = frozenset(lists.numbers.words.get("no plate", ()))
        self.hint = hint(self._shapes)

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        for shape, found in matches(self._shapes, buffer, _AFTER):
            if shape.cues and not self._other.isdisjoint(words(found.group())):
                continue  # BMW 320, 500 EUR
            yield Span("plate", found.start(), found.end(), 0.6 if shape.cues else 0.8)


RECOGNISER = Plate
