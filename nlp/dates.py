"""Dates and ages as people write them, for the posts that must not keep them.

Comes in: text, the words of `taxonomy/<language>/dates.csv`. Goes out: spans. Wide on purpose:
it runs on protected posts only, where one number too many hidden is better than one too few.
A year alone is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from base.text import nfc
from taxonomy.taxonomy import Taxonomy

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:(?:19|20)\d\d|['’]\d\d)"
_NUMERIC = (
    rf"(?<![\d.]){_DAY}[./-](?:0?[1-9]|1[0-2])(?:[./-](?:\d{{4}}|\d{{2}})|\.)?(?![./-]?\d)"
    rf"|(?<!\d)(?:19|20)\d\d[./-]\d{{1,2}}(?:[./-]\d{{1,2}})?(?!\d)"
)


class Dates:
    """Finds dates and ages in every language that has words for them."""

    def __init__(self, words: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
        months = _any(words, "month")
        after, before = _any(words, "age after"), _any(words, "age before")
        dates = [_NUMERIC]
        if months:
            day = rf"\b{_DAY}(?:\.|st|nd|rd|th|er|:e|º|°|de)?"
            of = r"[\s.,-]{1,3}(?:of |de |den )?"
            dates = [
                rf"{day}{of}(?:{months})\b\.?(?:[\s,]{{1,2}}{_YEAR})?",
                rf"\b(?:{months})\b\.?[\s,]{{1,2}}{_DAY}(?:st|nd|rd|th)?\b(?!\d)(?:,?\s{_YEAR})?",
                rf"\b(?:{months})\b\.?[\s,]{{1,2}}{_YEAR}",
                _NUMERIC,
            ]
        self._date = re.compile("|".join(dates), re.IGNORECASE)
        ages = [rf"\b\d{{1,3}}[\s-]{{0,2}}(?:{after})\b"] if after else []
        if before:
            more = rf"(?:[\s-]{{0,2}}(?:{after})\b)?" if after else ""
            ages.append(rf"\b(?:{before})\s{{1,2}}\d{{1,3}}\b(?![.:/]\d){more}")
        self._age = re.compile("|".join(ages) or r"(?!)", re.IGNORECASE)

    @classmethod
    def of(cls, taxonomy: Taxonomy) -> Dates:
        return cls(taxonomy.dates)

    def spans(self, text: str) -> Iterator[tuple[str, int, int]]:
        """(`DATE` or `AGE`, start, end), ages where both could be read; unsorted."""
        taken: list[tuple[int, int]] = []
        for found in self._age.finditer(text):
            taken.append(found.span())
            yield "AGE", *found.span()
        for found in self._date.finditer(text):
            if not any(a < found.end() and found.start() < b for a, b in taken):
                yield "DATE", *found.span()


def _any(words: Mapping[str, Mapping[str, tuple[str, ...]]], kind: str) -> str:
    """A pattern for any of the words of a kind, the longest first."""
    every = {nfc(word) for of_language in words.values() for word in of_language.get(kind, ())}
    longest = sorted(every, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"\s{1,2}") for word in longest)
