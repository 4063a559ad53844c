"""Street addresses: a street's name with a house number, in the orders of Europe.

`Favoritenstraße 5/12`, `Hoher Markt 4`, `12 High Street`, `12 bis rue Victor Hugo`, `Via Roma 7`,
`na Dlouhé 12`. A street without a number is a place, not an address, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.recognisers import BREAK, Lists, Span
from nlp.recognisers.address_labels import Labels
from nlp.recognisers.house import NUMBER, Houses, is_long
from nlp.recognisers.street_after import street_after
from nlp.recognisers.street_before import street_before
from nlp.recognisers.street_run import Before
from nlp.recognisers.streets import AFTER, Streets

_WINDOW = 80
_SIGNS = frozenset("№°º:.")
_BEFORE_NAME = frozenset((" ", ",", "،", "\u00a0"))
_NUMBERED = re.compile(r"\. ?([^\W\d_]+)")
_SCORE = 0.85


class Address:
    hint = r"[0-9\x{660}-\x{669}]"  # more would cost more than it spares

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._houses = Houses(lists)
        self._of: dict[str, tuple[Streets, Labels]] = {}

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        streets, labels = self._words(lang)
        houses = self._houses
        taken = 0
        for number in NUMBER.finditer(buffer):
            start, end = number.span()
            # the commonest numbers are years, and words stand beside a house number
            shown = number.group()
            if len(shown) == 4 and shown[:2] in ("19", "20") and shown.isdecimal():
                continue
            if start < taken:
                continue
            least = max(taken, start - _WINDOW, buffer.rfind(BREAK, taken, start) + 1)
            labelled = labels.find(buffer, least, start, end)
            if labelled:
                taken = labelled[1]
                yield Span("address", *labelled, _SCORE)
                continue
            behind = _NUMBERED.match(buffer, end)
            if behind and streets[behind[1]] & AFTER:
                continue  # 1204. sok. no 9
            last = buffer[start - 1 : start]
            if (last.isspace() or last in _SIGNS) and not is_long(shown):
                begin = street_before(Before(buffer, least, start, shown), streets, houses)
                if begin >= 0:
                    taken = houses.end(buffer, end)
                    # résidence Les Lilas, 22 allée des Roses · Blokk 3, Flat 7, Triq il-Gnien
                    if buffer[start - 2 : start] == ", " or buffer[taken : taken + 1] == ",":
                        after = end if buffer[start - 2 : start] == ", " else taken
                        stop = street_after(buffer, least, start, after, streets, houses)
                        taken = max(taken, houses.end(buffer, stop)) if stop else taken
                    yield Span("address", begin, taken, _SCORE)
                    continue
            if buffer[end : end + 1] in _BEFORE_NAME:
                stop = street_after(buffer, least, start, end, streets, houses)
                if stop:
                    taken = houses.end(buffer, stop)
                    yield Span("address", houses.start(buffer, start, least), taken, _SCORE)

    def _words(self, lang: str) -> tuple[Streets, Labels]:
        if lang not in self._of:
            numbers = self._lists.numbers
            streets = Streets(numbers.streets, self._lists.naming, lang)
            self._of[lang] = streets, Labels(numbers.labels, lang, self._houses)
        return self._of[lang]


RECOGNISER = Address
