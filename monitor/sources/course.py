"""One source day by day: posts, which days were looked at in full, silences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from monitor.sources.usual import PAST, Counts, Days, Usual, usual

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Course:
    """posts, looked: of each day from `first` on. silences: stretches [first, end) of days."""

    first: date
    posts: Counts
    looked: Days
    silences: tuple[tuple[int, int], ...]

    def day(self, number: int) -> date:
        """The day that stands at a place."""
        return self.first + number * _DAY

    @property
    def last_whole(self) -> int | None:
        """The place of the last day that was looked at in full."""
        there = np.flatnonzero(self.looked)
        return int(there[-1]) if len(there) else None

    @property
    def last_post(self) -> date | None:
        """The newest day with a post."""
        there = np.flatnonzero(self.posts)
        return self.day(int(there[-1])) if len(there) else None

    @property
    def silence(self) -> tuple[int, int] | None:
        """The silence that goes on."""
        last = self.silences[-1] if self.silences else None
        return last if last is not None and last[1] >= len(self.posts) else None

    def last_days(self, until: date) -> tuple[int | None, ...]:
        """Posts of the 8 weeks before `until`; None where a day was not looked at in full."""
        begin = (until - self.first).days - PAST
        return tuple(
            int(self.posts[d]) if 0 <= d < len(self.posts) and self.looked[d] else None
            for d in range(begin, begin + PAST)
        )

    def usual_last(self) -> Usual | None:
        """What is usual on a day as the last whole one."""
        day = self.last_whole
        return None if day is None else usual(self.posts, self.looked, day)

    def mean(self) -> float:
        """Posts a day on days that were looked at, from the first post on, silences left out."""
        counts = self.looked.copy()
        for begin, end in self.silences:
            counts[begin:end] = False
        posted = np.flatnonzero(self.posts)
        if not len(posted):
            return 0.0
        counts[: posted[0]] = False
        return float(self.posts[counts].mean()) if counts.any() else 0.0

    def said(self, begin: int, end: int) -> str:
        """A silence in words."""
        mean = self.mean()
        often = f"{mean:.0f} posts a day" if mean >= 2 else f"{mean * 7:.0f} posts a week"
        last = " on" if end >= len(self.posts) else f" to {self.day(end - 1)}"
        return f"gave nothing from {self.day(begin)}{last}, though it usually has {often}"


def midnight_of(day: date) -> datetime:
    """The moment a day begins in UTC, as windows are counted."""
    return datetime.combine(day, time(), UTC)
