"""National numbers: BSN, personnummer, codice fiscale, NIR, Steuer-ID and their like.

The shapes and the words that announce them stand in data/names/ids.csv; python-stdnum verifies.
"""

from __future__ import annotations

from collections.abc import Iterator

from nlp.recognisers import Lists, Span
from nlp.recognisers.numbers import hint, matches


class NationalId:
    def __init__(self, lists: Lists) -> None:
        self._shapes = lists.numbers.ids
        self.hint = hint(self._shapes)

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        for shape, found in matches(self._shapes, buffer):
            yield Span("id", found.start(), found.end(), 0.95 if shape.check else 0.8)


RECOGNISER = NationalId
