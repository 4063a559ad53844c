"""Dates and ages as people write them, for the posts that must not keep them.

Comes in: text, the words of `taxonomy/<language>/dates.csv`. Goes out: spans. Wide on purpose:
it runs on protected posts only, where one number too many hidden is better than one too few.
A year alone is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from base.text import nfc
from taxonomy.taxonomy import Taxonomy

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_NUMERIC = (
    rf"(?<![\d.]){_DAY}\.\s(?:0?[1-9]|1[0-2])\.\s?(?:\d{{4}}|\d{{2}})(?!\d)"
    rf"|(?<![\d.]){_DAY}[./-](?:0?[1-9]|1[0-2])(?:[./\s-](?:\d{{4}}|\d{{2}})|\.)?(?![./-]?\d)"
    rf"|(?<!\d)(?:19|20)\d\d[./-]\d{{1,2}}(?:[./-]\d{{1,2}})?(?!\d)"
)
_LETTER = r"[^\W\d_]"
# `12.`, `5th`, `1er`, `7-ąją`, `5-én`, `'22`, `2023`, with what hangs on the number
_HANGS = rf"(?:[:'’-]?{_LETTER}{{1,4}}(?!{_LETTER})|[º°ª])?(?![.,/:-]?\d)\.?"
_NUMBER = rf"(?<![\d.,:])(?:{_DAY}|(?:19|20)\d\d|['’-]\d\d)(?!\d){_HANGS}"
_YEAR = rf"(?<![\d.,:])(?:19|20)\d\d(?!\d){_HANGS}"
# `of`, `de`, `ta'`, `gada`, `m.` between the parts of a date, two of them at most
_LINK = rf"[\s.,/-]{{0,3}}(?:{_LETTER}{{1,5}}[.'’]?[\s.,-]{{1,2}}){{0,2}}"
# behind the month at most one such word: `del 2022`, `του 2022`
_TAIL = rf"(?:[,.]?\s{{0,2}}|[/-]|\.?\s{_LETTER}{{1,4}}[.'’]?\s{{1,2}})"
_DIGITS = {ord(digit): str(n % 10) for n, digit in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_LEAST_ALONE = 4  # letters of a month that is hidden without a number: `mai` is also `more`


class Dates:
    """Finds dates and ages in every language that has words for them."""

    def __init__(self, words: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
        self._words = words
        self._told: dict[str, re.Pattern[str]] = {}

    # compiled at the first protected post: most runs meet none, and it takes a tenth of a second

    @cached_property
    def _date(self) -> re.Pattern[str]:
        months = _any(self._words, "month")
        dates = [_NUMERIC]
        if months:
            # Arabic joins its prepositions to the word
            month = rf"(?<!{_LETTER})[وفبلك]?(?:{months})(?!{_LETTER})(?:['’]{_LETTER}{{1,5}})?"
            dates = [
                rf"(?:{_YEAR}{_LINK})?{_NUMBER}{_LINK}{month}\.?(?:{_TAIL}{_NUMBER}){{0,2}}",
                rf"{month}\.?(?:{_TAIL}{_NUMBER}){{1,2}}",
                _NUMERIC,
            ]
        return re.compile("|".join(dates), re.IGNORECASE)

    @cached_property
    def _age(self) -> re.Pattern[str]:
        after, before = _any(self._words, "age after"), _any(self._words, "age before")
        ages = [rf"\b\d{{1,3}}(?:-{_LETTER}{{1,4}})?[\s-]{{0,2}}(?:{after})\b"] if after else []
        if before:
            more = rf"(?:[\s-]{{0,2}}(?:{after})\b)?" if after else ""
            ages.append(rf"\b(?:{before})\s{{1,2}}\d{{1,3}}\b(?![.:/]\d){more}")
        return re.compile("|".join(ages) or r"(?!)", re.IGNORECASE)

    @classmethod
    def of(cls, taxonomy: Taxonomy) -> Dates:
        return cls(taxonomy.dates)

    def spans(self, text: str, lang: str | None = None) -> Iterator[tuple[str, int, int]]:
        """(`DATE` or `AGE`, start, end), the longer where both could be read; unsorted.

        lang: its words alone also tell one (`dix-sept ans`, `in March`), those of all languages
        where it has none; they may overlap the others.
        """
        text = text.translate(_DIGITS)
        dates = [found.span() for found in self._date.finditer(text)]
        ages = [found.span() for found in self._age.finditer(text)]
        for start, end in ages:
            if all(b <= start or end <= a or (start <= a and b <= end) for a, b in dates):
                yield "AGE", start, end
        for start, end in dates:
            if not any(a <= start and end <= b for a, b in ages):
                yield "DATE", start, end
        if lang is not None:
            for found in self._in_words(lang if lang in self._words else "").finditer(text):
                yield str(found.lastgroup), *found.span()

    def _in_words(self, lang: str) -> re.Pattern[str]:
        """The pattern of ages and dates in words, of one language, or of all."""
        if lang not in self._told:
            own = {lang: self._words[lang]} if lang else self._words
            after = _any(own, "age after")
            months = _any(own, "month", _LEAST_ALONE)
            parts = []
            if months:
                parts.append(rf"(?P<DATE>(?<!{_LETTER})[وفبلك]?(?:{months})(?!{_LETTER}))")
            if after:
                parts.append(
                    rf"(?P<AGE>(?<!{_LETTER})(?:{_LETTER}+-){{0,2}}{_LETTER}{{2,}}[\s-]{{1,2}}"
                    rf"(?:{after})(?!{_LETTER}))"
                )
            self._told[lang] = re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)
        return self._told[lang]


def _any(words: Mapping[str, Mapping[str, tuple[str, ...]]], kind: str, least: int = 1) -> str:
    """A pattern for any of the words of a kind, the longest first. least: letters."""
    every = {nfc(word) for of_language in words.values() for word in of_language.get(kind, ())}
    longest = sorted((w for w in every if len(w) >= least), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"\s{1,2}") for word in longest)
