"""The looks at one source: how often it is looked at, and how many of its items can be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from monitor.sources.course import Course, midnight_of
from monitor.sources.usual import PAST
from store.looked import Key

_ITEMS = 20
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Gap:
    """Days of the last 8 weeks that were not looked at in full, or not in truth, and why.

    until is not in it.
    """

    since: date
    until: date
    reason: str


@dataclass(frozen=True)
class Looks:
    """Rows of WINDOW, oldest first. good: looked at. explained: gaps with a reason."""

    good: list[dict[str, Any]] = field(default_factory=list)
    explained: list[dict[str, Any]] = field(default_factory=list)

    @property
    def last(self) -> datetime | None:
        """Up to when the source was looked at."""
        return self.good[-1]["until"] if self.good else None

    def since(self, moment: datetime) -> list[dict[str, Any]]:
        """The good ones that end after a moment."""
        return [w for w in self.good if w["until"] > moment]

    def rhythm(self, moment: datetime) -> timedelta | None:
        """The usual time between looks since a moment; None before three of them."""
        ends = [w["until"] for w in self.since(moment)]
        steps = [(b - a).total_seconds() for a, b in pairwise(ends) if b > a]
        return timedelta(seconds=median(steps)) if len(steps) >= 2 else None

    def items(self, moment: datetime) -> tuple[tuple[int, int], tuple[int, int]]:
        """(unread, all) of the newest looks that make 20 items or a week, and of those before."""
        last, before = [0, 0], [0, 0]
        for look in reversed(self.since(moment)):
            is_last = last[1] < _ITEMS and look["until"] > self.good[-1]["until"] - _WEEK
            part = last if is_last else before
            part[0] += look["unmapped"]
            part[1] += look["fetched"]
        return (last[0], last[1]), (before[0], before[1])

    def gaps(self, course: Course, until: date) -> tuple[Gap, ...]:
        """Of the 8 weeks before `until`, the newest first."""
        if course.last_whole is None:
            return ()
        end = (until - course.first).days
        begin = max(int(course.looked.argmax()), end - PAST)  # from its first whole day on
        found: list[Gap] = []
        for number in range(begin, end):
            if number < len(course.looked) and course.looked[number]:
                continue
            day = course.day(number)
            reason = self._reason(day)
            if found and (found[-1].until, found[-1].reason) == (day, reason):
                found[-1] = Gap(found[-1].since, day + _DAY, reason)
            else:
                found.append(Gap(day, day + _DAY, reason))
        last = course.last_whole + 1
        found += [Gap(course.day(a), course.day(min(b, last)), "looked at, and nothing was there")
                  for a, b in course.silences if b > begin]  # fmt: skip
        return tuple(sorted(found, key=lambda g: g.since, reverse=True))

    def _reason(self, day: date) -> str:
        begin = midnight_of(day)
        for look in self.explained:
            if look["since"] < begin + _DAY and look["until"] > begin:
                return str(look["reason"])
        return "nobody looked"


def by_source(windows: pa.Table, since: datetime) -> dict[Key, Looks]:
    """The looks at each source that end after a moment, and before that its last."""
    found: dict[Key, Looks] = {}
    last = windows.group_by(["home", "source"]).aggregate([("until", "max")])
    recent = windows.join(last, ["home", "source"]).filter(
        (pc.field("until") > since) | (pc.field("until") == pc.field("until_max"))
    )
    for row in recent.sort_by([("until", "ascending")]).to_pylist():
        mine = found.setdefault((row["home"], row["source"]), Looks())
        (mine.good if row["reason"] is None else mine.explained).append(row)
    return found
