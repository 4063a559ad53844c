"""Addresses that are a word and a number: post boxes and numbers of houses in villages without
streets, by data/names/address_labels.csv: `Postfach 11 02 45`, `P.O. Box 214`, `čp. 214`.

A label that is also another word (`Box 4`) counts in its language alone, and where a postcode or a
town follows or a word says that somebody lives there.
"""

from __future__ import annotations

import re

from nlp.recognisers.house import Houses
from nlp.recognisers.numbers import Label

_LONGEST = 40  # characters of a label with what may stand between it and the number
_BETWEEN = " .:\u00a0"
_NUMBER_SIGNS = (" nr", " no", " n°", " nº", " č", " αρ", " №", " #")
_ON = re.compile(r"(?: \d{2,3}){1,2}(?![\w%€$£])")  # 11 02 45
_TOWN = re.compile(r", ?[^\W\d_a-z][^\W\d_]{2,}")
_BEFORE = 40  # characters in which a word says that somebody lives there


class Labels:
    """The labels of a language, asked of the text before a number."""

    def __init__(self, listed: tuple[Label, ...], lang: str, houses: Houses) -> None:
        self._houses = houses
        own = [label for label in listed if label.is_sure or lang in label.languages]
        self._is_sure = {label.text.lower().rstrip(_BETWEEN): label.is_sure for label in own}
        self._all = tuple(self._is_sure)

    def find(self, buffer: str, least: int, start: int, end: int) -> tuple[int, int] | None:
        """Where the address begins and ends that ends with the number at [start, end)."""
        before = buffer[max(least, start - _LONGEST) : start].rstrip(_BETWEEN).lower()
        if before.endswith(_NUMBER_SIGNS):
            before = before[: before.rindex(" ")].rstrip(_BETWEEN)
        if not before.endswith(self._all):
            return None
        text = max((one for one in self._all if before.endswith(one)), key=len)
        at = max(least, start - _LONGEST) + len(before) - len(text)
        if at > least and (buffer[at - 1].isalnum() or buffer[at - 1] in "._"):
            return None
        more = _ON.match(buffer, end)
        end = more.end() if more else end
        return (at, end) if self._is_sure[text] or self._is_told(buffer, least, at, end) else None

    def _is_told(self, buffer: str, least: int, start: int, end: int) -> bool:
        if self._houses.has_postcode(buffer, end) or _TOWN.match(buffer, end):
            return True
        return self._houses.lives(buffer[max(least, start - _BEFORE) : start])
