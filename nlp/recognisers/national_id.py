"""National numbers: BSN, personnummer, codice fiscale, NIR, Steuer-ID and their like.

The shapes and the words that announce them stand in data/names/ids.csv; python-stdnum verifies.
What a word announces as somebody's number (`Hetu 130185-912J`, `nr sprawy WSC-II-P.6151.2025`)
counts with a wrong checksum too: a slip of the pen does not make it anybody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.recognisers import Lists, Span
from nlp.recognisers.shapes import hint, matches

_DATE = re.compile(
    r"\d{1,2}[./-] ?\d{1,2}[./-] ?(?:\d\d){1,2}|\d{4}([./-])\d\d\1\d\d"
    r"|(?:19|20)\d\d[/ -]{1,3}(?:19|20)?\d\d|\d{1,3}(?:[. ]000)+"
    # what courts and councils number by year is no person's: 1234/2021, C-1234/21, 5/1234/21
    r"|(?:[A-Z]{1,3}[- ])?(?:\d{1,3}[-/])?\d{1,4}/\d{1,4}(?:/\d{2,4})?(?:\.\d)?"
)


class NationalId:
    def __init__(self, lists: Lists) -> None:
        self._shapes = lists.numbers.ids
        self._amount = lists.numbers.amount
        self.hint = hint(self._shapes)

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        for shape, found in matches(self._shapes, buffer):
            is_other = _DATE.fullmatch(found.group()) or self._amount.match(buffer, found.end())
            if shape.check or not is_other:
                start = found.start() + shape.label(found.group())
                yield Span("id", start, found.end(), 0.95 if shape.check else 0.8)


RECOGNISER = NationalId
