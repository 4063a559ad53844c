"""What is wrong with a source, and the one word for how it is.

States, the first that fits: retired (no longer listed) · failing (its last look failed) ·
unmapped (too many of its last items could not be read) · silent (no posts, beyond chance) · late
(not looked at for three times its usual rhythm) · new (less than two weeks known) · ok. The rules
of unmapped and silent, and how often they are wrong, stand in `monitor.sources.usual`. A failed
look becomes a trouble that somebody should know when only somebody can mend it, or after a day
and three looks.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.sources.alerts import Trouble
from monitor.sources.course import Course, midnight_of
from monitor.sources.failures import Failure
from monitor.sources.looks import Looks
from monitor.sources.usual import PAST, is_unread

STATES = ("failing", "unmapped", "silent", "late", "new", "ok", "retired")  # worst first
_YOUNG = 14  # days
_LATE = 3  # times the usual rhythm
_SHORTEST, _UNTRIED = timedelta(hours=2), timedelta(days=1)  # of a rhythm; where none is known
_PATIENCE, _TRIES = timedelta(days=1), 3


def troubles(
    at: datetime, course: Course | None, looks: Looks, failure: Failure | None
) -> tuple[Trouble, ...]:
    """What somebody should know, the worst first."""
    found = []
    if failure is not None and (
        failure.is_terminal or (failure.times >= _TRIES and at - failure.since >= _PATIENCE)
    ):
        found.append(Trouble("failing", failure.since, _failing(failure)))
    last, before = looks.items(at - timedelta(days=PAST))
    if is_unread(*last, *before):
        since = next(w["since"] for w in reversed(looks.good) if w["unmapped"])
        past = f"{before[0] / before[1]:.0%}" if before[1] else "none known"
        said = (f"{last[0]} of its last {last[1]} items could not be read, {past} before"
                f" ({since:%Y-%m-%d})")  # fmt: skip
        found.append(Trouble("unmapped", since, said))
    if course is not None and course.silence is not None:
        begin = course.silence[0]
        said = course.said(*course.silence)
        found.append(Trouble("silent", midnight_of(course.day(begin)), said))
    return tuple(found)


def state(
    at: datetime, course: Course | None, looks: Looks, failure: Failure | None,
    found: tuple[Trouble, ...], *, is_retired: bool,
) -> tuple[str, str]:  # fmt: skip
    """The first state that fits, and a sentence. found: its troubles."""
    last = looks.last
    if is_retired:
        said = f"; last looked at on {last:%Y-%m-%d}" if last else ""
        return "retired", f"no longer listed, or brought in as a file{said}"
    if failure is not None:
        return "failing", _failing(failure)
    if found:
        return found[0].what, found[0].says
    if last is None:
        return "new", "nobody has looked at it yet"
    rhythm = looks.rhythm(at - timedelta(days=PAST)) or _UNTRIED
    if at - last > _LATE * max(rhythm, _SHORTEST):
        return "late", (f"not looked at since {last:%Y-%m-%d %H:%M} UTC; usually every"
                        f" {span(rhythm)}")  # fmt: skip
    known = 0 if course is None else int(course.looked.sum())
    if course is None or known < _YOUNG:
        return "new", f"looked at on {known} whole days; its usual is known after {_YOUNG}"
    return "ok", _as_usual(course)


def span(length: timedelta) -> str:
    """A length of time as a person says it: 40 minutes, 6 hours, 3 days."""
    minutes = length.total_seconds() / 60
    if minutes < 90:
        return f"{max(minutes, 0):.0f} minutes"
    return f"{minutes / 60:.0f} hours" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days"


def _failing(failure: Failure) -> str:
    return f"fails since {failure.since:%Y-%m-%d}: {failure.says}"


def _as_usual(course: Course) -> str:
    """The last whole day against its own past."""
    found, day = course.usual_last(), course.last_whole
    if found is None or day is None:
        return "too young to say what is usual"
    count = int(course.posts[day])
    way = "fewer than" if count < found.low else "more than" if count > found.high else "as"
    return f"{count} posts on {course.day(day)}, {way} usual ({found.low:.0f} to {found.high:.0f})"
