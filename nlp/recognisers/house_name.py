"""Houses and farms that have a name instead of a number: `Rose Cottage, Church Lane`.

A word of words.csv stands before the name (kind `house called`: `huset heter Solbacken`) or is its
last word (kind `named house`: Cottage, talu); the latter counts where a word says that somebody
lives there. A street or a number behind a comma belongs to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from base.text import fold
from nlp.recognisers import BREAK, Lists, Span
from nlp.recognisers.house import Houses

_NAME = r"[^\W\d_a-z][^\W\d_]*(?:['’ -][^\W\d_a-z][^\W\d_]*){0,2}"
_QUOTE = "[\"„“”»«']"
_CAPITAL = r"\p{Lu}"
_ON = re.compile(r", ?((?:[^\W\d_a-z][^\W\d_]* ){0,3}([^\W_]+))(?!\w)")
_BEFORE = 40  # characters in which a word says that somebody lives there


class HouseName:
    def __init__(self, lists: Lists) -> None:
        self._houses = Houses(lists)
        streets = lists.numbers.streets
        self._after = frozenset(s.word for s in streets if s.place == "after" and s.is_sure)
        called, named = map(lists.numbers.one_of, ("house called", "named house"))
        self.hint = rf"{called}|{_CAPITAL}\w* (?i:{named})\b"
        self._called = re.compile(
            rf"(?<!\w){called}:? (?:{_QUOTE}({_NAME}){_QUOTE}|({_NAME}))(?!\w)"
        )
        self._named = re.compile(rf"(?<!\w){_NAME} (?i:{named})(?!\w)")

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        for found in self._called.finditer(buffer):
            start, end = found.span(1 if found[1] else 2)
            yield Span("address", start, self._end(buffer, end), 0.7)
        for found in self._named.finditer(buffer):
            start = found.start()
            before = buffer[max(0, start - _BEFORE) : start].rpartition(BREAK)[2]
            if self._houses.lives(before):
                yield Span("address", start, self._end(buffer, found.end()), 0.7)

    def _end(self, buffer: str, end: int) -> int:
        """Where a street or a numbered village ends that follows: , Church Lane · , Hagby 17."""
        on = _ON.match(buffer, end)
        is_street = on is not None and (on[2].isdigit() or fold(on[2]) in self._after)
        return on.end() if on is not None and is_street else end


RECOGNISER = HouseName
