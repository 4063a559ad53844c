"""The periods of the grid: weeks, blocks of 4, 13 and 52 weeks, months, quarters, years.

Blocks of weeks are counted from one fixed Monday, so that 13 blocks of four and 4 of thirteen
make one of fifty-two and no two blocks of a kind overlap: with blocks that may begin on any
Monday, `tests/unit/test_attack.py` recovers suppressed cells from their differences.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

from base.errors import BadInput, unknown

EPOCH = date(2001, 1, 1)  # a Monday; the first day of block 0 of every length
BLOCKS = {"week": 1, "4 weeks": 4, "13 weeks": 13, "52 weeks": 52}
CALENDAR = {"month": 1, "quarter": 3, "year": 12}
KINDS = (*BLOCKS, *CALENDAR)


@dataclass(frozen=True)
class Period:
    """One period of the grid; until is the first day not in it."""

    kind: str
    since: date
    until: date

    def __str__(self) -> str:
        return f"{self.since} to {self.until} ({self.kind})"


def containing(kind: str, day: date) -> Period:
    """The period of a kind that a day lies in."""
    if not MINYEAR + 1 < day.year < MAXYEAR - 1:
        raise BadInput(f"the day {day} is out of range")
    if kind in BLOCKS:
        length = 7 * BLOCKS[kind]
        start = EPOCH + timedelta(days=(day - EPOCH).days // length * length)
        return Period(kind, start, start + timedelta(days=length))
    if kind in CALENDAR:
        months = CALENDAR[kind]
        index = (day.year * 12 + day.month - 1) // months * months
        return Period(kind, _first(index), _first(index + months))
    raise unknown("period", kind, KINDS)


def before(kind: str, day: date) -> Period:
    """The last period of a kind that was over when `day` began."""
    return containing(kind, containing(kind, day).since - timedelta(days=1))


def exactly(since: date, until: date) -> Period | None:
    """The period of the grid with these ends."""
    found = (containing(kind, since) for kind in KINDS)
    return next((p for p in found if (p.since, p.until) == (since, until)), None)


def nearest(since: date, until: date) -> Period:
    """The period of the grid whose two ends lie fewest days away."""
    return min(_around(since), key=lambda p: abs((p.since - since).days)
               + abs((p.until - until).days))  # fmt: skip


def _around(day: date) -> Iterator[Period]:
    for kind in KINDS:
        here = containing(kind, day)
        yield here
        yield containing(kind, here.until)


def _first(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)
