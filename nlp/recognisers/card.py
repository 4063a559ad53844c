"""Payment cards: the issuer's prefix and length, and the Luhn checksum."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import luhn

from nlp.recognisers import Lists, Span

_CANDIDATE = re.compile(r"(?<![\w+.,])\d(?:[ \u00a0-]?\d){11,}(?![\w])")
_MOST_DIGITS = 19
_GROUP = re.compile(r"\d+")
# Visa, Mastercard, American Express, Diners, Discover, JCB, Maestro.
_ISSUER = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|2720\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11,13}|6(?:011|5\d\d|4[4-9]\d)\d{12}"
    r"|(?:2131|1800|35\d{3})\d{11}|(?:50|5[6-9]|6[0-9])\d{10,17}"
)


class Card:
    hint = r"\d(?:[ \x{a0}-]?\d){11}"

    def __init__(self, lists: Lists) -> None:
        del lists

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        for found in _CANDIDATE.finditer(buffer):
            for start, end in _cards(found.group()):
                yield Span("card", found.start() + start, found.start() + end, 0.95)


def _cards(shown: str) -> Iterator[tuple[int, int]]:
    """Where cards stand in a run of groups of digits; whole groups only, other numbers beside."""
    groups = list(_GROUP.finditer(shown))
    after = 0  # the first group that is no part of a card yet
    for first in range(len(groups)):
        number = ""
        for last in range(first if first >= after else len(groups), len(groups)):
            number += groups[last].group()
            if len(number) > _MOST_DIGITS:
                break
            if _ISSUER.fullmatch(number) and number.isascii() and luhn.is_valid(number):
                yield groups[first].start(), groups[last].end()
                after = last + 1
                break


RECOGNISER = Card
