"""Addresses that are a word and a number: post boxes and numbers of houses in villages without
streets, by data/names/address_labels.csv: `Postfach 11 02 45`, `P.O. Box 214`, `čp. 214`.

A label that is also another word (`Box 4`) counts in its language alone, and where a postcode or a
town follows or a word says that somebody lives there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nlp.recognisers import BREAK, Lists, Span
from nlp.recognisers.house import Houses
from nlp.recognisers.numbers import Label

_NUMBER = r"[.:]{0,2} ?(?:(?:nr|no|n°|nº|č|αρ|№|#)[.:]? ?)?\d{1,6}"
_ON = re.compile(r"(?: \d{2,3}){1,2}(?![\w%€$£])")  # 11 02 45
_TOWN = re.compile(r", ?[^\W\d_a-z][^\W\d_]{2,}")
_BEFORE = 40  # characters in which a word says that somebody lives there


class Labelled:
    def __init__(self, lists: Lists) -> None:
        self._labels = lists.numbers.labels
        self._houses = Houses(lists)
        self._patterns: dict[str, re.Pattern[str]] = {}
        self.hint = rf"(?i)(?:{_one_of(self._labels)}){_NUMBER}"

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        for found in self._of(lang).finditer(buffer):
            more = _ON.match(buffer, found.end())
            end = more.end() if more else found.end()
            if found["sure"] or self._is_told(buffer, found.start(), end):
                yield Span("address", found.start(), end, 0.85)

    def _is_told(self, buffer: str, start: int, end: int) -> bool:
        if self._houses.has_postcode(buffer, end) or _TOWN.match(buffer, end):
            return True
        return self._houses.lives(buffer[max(0, start - _BEFORE) : start].rpartition(BREAK)[2])

    def _of(self, lang: str) -> re.Pattern[str]:
        """What is looked for in a language: sure labels of all, the others of its own."""
        if lang not in self._patterns:
            sure = _one_of(label for label in self._labels if label.is_sure)
            own = _one_of(label for label in self._labels if lang in label.languages)
            self._patterns[lang] = re.compile(
                rf"(?<![\w.])(?:(?P<sure>{sure})|(?:{own})){_NUMBER}(?![\w%€$£]|[.,:/]\d)",
                re.IGNORECASE,
            )
        return self._patterns[lang]


def _one_of(labels: Iterable[Label]) -> str:
    words = sorted({label.text for label in labels}, key=len, reverse=True)
    return "|".join(map(re.escape, words)) or r"[^\s\S]"


RECOGNISER = Labelled
