"""What stands in front of a house number, as words that may be one street's name."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from nlp.recognisers.house import Houses, is_closed, is_composite, is_large
from nlp.recognisers.streets import AFTER, BEFORE, Streets

LONGEST = 7  # words of a street's name with its street word
ABBREVIATED = 5
_WORD = re.compile(r"[^\W_ºª]+")
_JOINS = frozenset((" ", "-", "'", "’", "\u00a0", ".-", ".", ":"))
_QUOTES = re.compile(r"[„“”\"»«‘ºª]")
_LINE = re.compile(r"(?:^|[:,\n\0(]\s*)$")
_TOWN = re.compile(r", ?[^\W\d_]{3,}(?![^\W\d_]| ?\d)")


class Before(NamedTuple):
    """A number and the text in front of it: buffer[least:start]."""

    buffer: str
    least: int
    start: int
    number: str
    is_numbered: bool = False  # a word such as `nr.` stands before the number
    is_signed: bool = False  # and it is one for houses alone: д. 5

    @property
    def end(self) -> int:
        return self.start + len(self.number)

    def words(self) -> list[re.Match[str]]:
        return list(_WORD.finditer(self.buffer, self.least, self.start))

    def begins_line(self, start: int) -> bool:
        """Whether a line, or what a colon or a comma begins, begins at `start`."""
        return _LINE.search(self.buffer, max(self.least, start - 3), start) is not None

    def has_town(self) -> bool:
        return _TOWN.match(self.buffer, self.end) is not None


class Run:
    """The words from one on that end in front of the number and may be one street's name."""

    def __init__(
        self, at: Before, found: list[re.Match[str]], streets: Streets, houses: Houses
    ) -> None:
        """found: the words before the number, the last of them the name's last."""
        self.at, self.streets, self.houses = at, streets, houses
        self.found = found[_first(at.buffer, found, streets) :]
        self.words = [word.group() for word in self.found]
        self.bits = [streets[word] for word in self.words]
        self.last = len(self.words) - 1

    def start(self, k: int) -> int:
        return self.found[k].start()

    def gap(self, k: int) -> str:
        """What stands between word k and the next."""
        return self.at.buffer[self.found[k].end() : self.found[k + 1].start()]

    def is_dotted(self, k: int) -> bool:
        return self.at.buffer[self.found[k].end()] == "."

    @cached_property
    def is_end(self) -> bool:
        """Whether the number is the end of what is said, or goes on as house numbers do."""
        buffer, end = self.at.buffer, self.at.end
        return (
            is_composite(self.at.number)
            or is_closed(buffer, end)
            or self.houses.end(buffer, end) > end
        )

    @cached_property
    def is_large(self) -> bool:
        return is_large(self.at.number)


def _first(buffer: str, found: list[re.Match[str]], streets: Streets) -> int:
    """The first word that nothing parts from the last one."""
    first = last = len(found) - 1
    while first and first > last - LONGEST:
        word = found[first - 1].group()
        gap = _QUOTES.sub("", buffer[found[first - 1].end() : found[first].start()])
        if gap not in _JOINS:
            is_short = gap == ". " and (
                len(word) < ABBREVIATED or word.isdigit() or streets[word] & (BEFORE | AFTER)
            )
            is_slash = gap in ("/ ", "/") and streets[word] & BEFORE  # C/ Mayor 5
            if not is_short and not is_slash:
                break
        first -= 1
    return first
