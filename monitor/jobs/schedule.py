"""When a job is due: at the ticks of a period, counted from one Monday, in UTC.

Between two ticks lies a window; a job that was late has one window for all that it missed. So
the windows of its runs follow each other without hole or overlap, whatever the clock did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from collectors.collector import Window

_MONDAY = datetime(2001, 1, 1, tzinfo=UTC)
_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(hours=6)


@dataclass(frozen=True)
class Every:
    """A tick each `period`; `offset`: how long after midnight the first one of a day lies."""

    period: timedelta
    offset: timedelta = timedelta()

    def tick(self, at: datetime) -> datetime:
        """The last tick that is not after a moment."""
        first = _MONDAY + self.offset
        return first + (at - first) // self.period * self.period

    def following(self, at: datetime) -> datetime:
        """The first tick after a moment."""
        return self.tick(at) + self.period

    def window(self, covered: datetime | None, at: datetime) -> Window | None:
        """What is due: from where the last run came to up to the last tick; None before a tick.

        covered: None where none ran yet: then the last whole window; and so where a clock that was
        wrong told that more than a period ahead of now is done.
        """
        last, done = self.tick(at), self._believed(covered, at)
        if done is None:
            return Window(last - self.period, last)
        return Window(done, last) if done < last else None

    def covered(self, known: datetime | None, window: Window, at: datetime) -> datetime:
        """Up to when a job is done without a hole, after it was done for a window."""
        done = self._believed(known, at)
        if done is None:
            return window.until
        return max(done, window.until) if window.since <= done else done

    def next_due(self, covered: datetime | None, at: datetime) -> datetime:
        """When a job is due that was done up to `covered`; may lie in the past."""
        done = self._believed(covered, at)
        return self.tick(at) if done is None else self.following(done)

    def _believed(self, covered: datetime | None, at: datetime) -> datetime | None:
        return None if covered is None or covered > at + self.period else covered


def pause(tries: int, asked: float | None = None) -> timedelta:
    """How long to wait after so many failures in a row; asked: the least that was said, seconds."""
    own = min(_FIRST_RETRY * 2 ** min(max(tries - 1, 0), 20), _LONGEST_RETRY)
    return max(own, min(timedelta(seconds=asked or 0), timedelta(days=1)))


def is_too_far(moment: datetime, at: datetime) -> bool:
    """Whether a moment to wait for was written by a clock that was wrong."""
    return moment > at + timedelta(days=1)
