"""How each source is: when it was last looked at, what it brings against its own past, what fails.

Comes in: windows, coverage, failures and quotas of one installation. Goes out: a Health for each
listed source, and for each that was looked at and is listed no more; worst first.

States, the first that fits: retired (no longer listed) · failing (its last look failed) ·
unmapped (too many of its last items could not be read) · silent (no posts, beyond chance) · late
(not looked at for three times its usual rhythm) · new (less than two weeks known) · ok. The rules
of unmapped and silent, and how often they are wrong, stand in `monitor.sources.usual`. A source
may have several troubles; a failed look becomes one when it can only be mended by somebody, or
after a day and three looks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from base.time import month_of, now
from monitor import demo
from monitor.sources import allowance, doubts
from monitor.sources.alerts import Trouble
from monitor.sources.doubts import Course
from monitor.sources.failures import Failure, failures
from monitor.sources.usual import PAST, Usual, is_unread, usual
from monitor.workspace import Workspace
from store.looked import Key
from store.tables import connect

STATES = ("failing", "unmapped", "silent", "late", "new", "ok", "retired")  # worst first
_YOUNG = 14  # days
_LATE = 3  # times the usual rhythm
_SHORTEST, _UNTRIED = timedelta(hours=2), timedelta(days=1)  # of a rhythm; where none is known
_PATIENCE, _TRIES = timedelta(days=1), 3
_ITEMS = 20


@dataclass(frozen=True)
class Gap:
    """Days of the last 8 weeks that were not looked at in full, and why; until is not in it."""

    since: date
    until: date
    reason: str


@dataclass(frozen=True)
class Health:
    """One source now.

    looked: up to when it was last looked at. rhythm: usual time between looks. age: how old its
    newest post was when it was taken. posts: of each of the last 56 days, None where it was not
    looked at. usual: of a day as the last one. unread, items: of its last items; past_unread,
    past_items: before. dropped: items of the 8 weeks that are never to be collected. quota: what
    is left of the platform's allowance, in words. troubles: what somebody should know.
    """

    home: str
    source: str
    platform: str
    state: str
    says: str
    looked: datetime | None = None
    rhythm: timedelta | None = None
    age: timedelta | None = None
    last_post: date | None = None
    posts: tuple[int | None, ...] = ()
    usual: Usual | None = None
    unread: int = 0
    items: int = 0
    past_unread: int = 0
    past_items: int = 0
    dropped: int = 0
    gaps: tuple[Gap, ...] = ()
    quota: str = ""
    troubles: tuple[Trouble, ...] = ()

    @property
    def last_day(self) -> int | None:
        """Posts of the last day that was looked at in full."""
        return next((n for n in reversed(self.posts) if n is not None), None)


@dataclass(frozen=True)
class _Looks:
    """The looks of one source, oldest first: rows of WINDOW."""

    good: list[dict[str, Any]]
    explained: list[dict[str, Any]]


def health(
    workspace: Workspace, cities: Collection[str] = (), at: datetime | None = None
) -> list[Health]:
    """The sources of these cities (of all, without any), worst state first."""
    for code in cities:
        workspace.registry.city(code)
    windows = workspace.lake.read("windows")
    at = at or _today(workspace, windows)
    courses, looks = doubts.courses(workspace, windows), _looks(windows)
    failed, left = failures(workspace.database), allowance.left(workspace.database)
    newest = _newest(workspace, at)
    listed = {(s.home, s.code): s for c in workspace.registry.cities.values() for s in c.sources}
    retired = doubts.ended(workspace, windows)
    found = []
    for key in sorted({*listed, *looks}):
        if cities and key[0] not in cities:
            continue
        platform, age = newest.get(key, ("", None))
        source = listed.get(key)
        found.append(_of(
            key, source.platform if source else platform, at, courses.get(key),
            looks.get(key, _Looks([], [])), failed.get(key), age,
            is_retired=key in retired, quota=left.get(source.platform if source else "", ""),
        ))  # fmt: skip
    return sorted(found, key=lambda h: (STATES.index(h.state), h.home, h.source))


def _of(
    key: Key, platform: str, at: datetime, course: Course | None, looks: _Looks,
    failure: Failure | None, age: timedelta | None, *, is_retired: bool, quota: str,
) -> Health:  # fmt: skip
    since = at - timedelta(days=PAST)
    good = looks.good
    looked = good[-1]["until"] if good else None
    rhythm = _rhythm([w["until"] for w in good if w["until"] > since])
    last, before = _items(good, since)
    troubles = _troubles(at, course, failure, last, before, good)
    state, says = _state(at, looked, rhythm, course, failure, troubles, is_retired=is_retired)
    posts = _posts(course, at)
    return Health(
        *key, platform, state, says, looked, rhythm, age, _last_post(course), posts,
        _usual(course), *last, *before, sum(w["dropped"] for w in good if w["until"] > since),
        _gaps(course, looks, at), quota, () if is_retired else troubles,
    )  # fmt: skip


def _troubles(
    at: datetime, course: Course | None, failure: Failure | None, last: tuple[int, int],
    before: tuple[int, int], good: list[dict[str, Any]],
) -> tuple[Trouble, ...]:  # fmt: skip
    found = []
    if failure is not None and (
        failure.is_terminal or (failure.times >= _TRIES and at - failure.since >= _PATIENCE)
    ):
        found.append(Trouble("failing", failure.since, f"fails since {failure.since:%Y-%m-%d}:"
                             f" {failure.says}"))  # fmt: skip
    if is_unread(*last, *before):
        first = next(w for w in reversed(good) if w["unmapped"])
        found.append(Trouble("unmapped", first["since"],
                             f"{last[0]} of its last {last[1]} items could not be read,"
                             f" {_share(*before)} before"))  # fmt: skip
    silence = course.silences[-1] if course and course.silences else None
    if course is not None and silence is not None and silence[1] >= len(course.posts):
        begin = datetime.combine(course.day(silence[0]), time(), UTC)
        found.append(Trouble("silent", begin, doubts.said(course, *silence)))
    return tuple(found)


def _state(
    at: datetime, looked: datetime | None, rhythm: timedelta | None, course: Course | None,
    failure: Failure | None, troubles: tuple[Trouble, ...], *, is_retired: bool,
) -> tuple[str, str]:  # fmt: skip
    """The first state that fits, and a sentence."""
    if is_retired:
        last = f"; last looked at on {looked:%Y-%m-%d}" if looked else ""
        return "retired", f"no longer listed, or brought in as a file{last}"
    if failure is not None:
        return "failing", f"fails since {failure.since:%Y-%m-%d}: {failure.says}"
    if troubles:
        return troubles[0].what, troubles[0].says
    if looked is None:
        return "new", "nobody has looked at it yet"
    usual_rhythm = rhythm or _UNTRIED
    if at - looked > _LATE * max(usual_rhythm, _SHORTEST):
        return "late", (f"not looked at since {looked:%Y-%m-%d %H:%M} UTC; usually every"
                        f" {span(usual_rhythm)}")  # fmt: skip
    known = 0 if course is None else int(course.looked.sum())
    if known < _YOUNG:
        return "new", f"looked at on {known} whole days; its usual is known after {_YOUNG}"
    return "ok", _as_usual(course)


def _as_usual(course: Course | None) -> str:
    """The last whole day against its own past."""
    found, day = _usual(course), _last_whole(course)
    if course is None or found is None or day is None:
        return "too young to say what is usual"
    count = int(course.posts[day])
    way = "fewer than" if count < found.low else "more than" if count > found.high else "as"
    return f"{count} posts on {course.day(day)}, {way} usual ({found.low:.0f} to {found.high:.0f})"


def _rhythm(ends: list[datetime]) -> timedelta | None:
    """The usual time between looks; None before three of them."""
    steps = [(b - a).total_seconds() for a, b in pairwise(ends) if b > a]
    return timedelta(seconds=median(steps)) if len(steps) >= 2 else None


def _items(good: list[dict[str, Any]], since: datetime) -> tuple[tuple[int, int], tuple[int, int]]:
    """(unread, items) of the newest looks that make 20 items or a week, and of those before."""
    last, before = [0, 0], [0, 0]
    for look in reversed([w for w in good if w["until"] > since]):
        is_last = last[1] < _ITEMS and look["until"] > good[-1]["until"] - timedelta(days=7)
        part = last if is_last else before
        part[0] += look["unmapped"]
        part[1] += look["fetched"]
    return (last[0], last[1]), (before[0], before[1])


def _posts(course: Course | None, at: datetime) -> tuple[int | None, ...]:
    if course is None:
        return (None,) * PAST
    first = (at.date() - course.first).days - PAST
    return tuple(
        int(course.posts[d]) if 0 <= d < len(course.posts) and course.looked[d] else None
        for d in range(first, first + PAST)
    )


def _last_whole(course: Course | None) -> int | None:
    if course is None or not course.looked.any():
        return None
    return int(course.looked.nonzero()[0][-1])


def _last_post(course: Course | None) -> date | None:
    if course is None or not course.posts.any():
        return None
    return course.day(int(course.posts.nonzero()[0][-1]))


def _usual(course: Course | None) -> Usual | None:
    day = _last_whole(course)
    return None if course is None or day is None else usual(course.posts, course.looked, day)


def _gaps(course: Course | None, looks: _Looks, at: datetime) -> tuple[Gap, ...]:
    """Runs of days that were not looked at in full, the newest first."""
    if course is None or not looks.good:
        return ()
    begin = max(0, (looks.good[0]["since"].date() - course.first).days + 1,
                (at.date() - course.first).days - PAST)  # fmt: skip
    end = (at.date() - course.first).days
    found: list[Gap] = []
    for number in range(begin, end):
        if number < len(course.looked) and course.looked[number]:
            continue
        day = course.day(number)
        reason = _reason(looks, day)
        if found and (found[-1].until, found[-1].reason) == (day, reason):
            found[-1] = Gap(found[-1].since, day + timedelta(days=1), reason)
        else:
            found.append(Gap(day, day + timedelta(days=1), reason))
    lost = [Gap(course.day(a), course.day(b), "silent: looked at, and nothing was there")
            for a, b in course.silences if b > begin]  # fmt: skip
    return tuple(sorted([*found, *lost], key=lambda g: g.since, reverse=True))


def _reason(looks: _Looks, day: date) -> str:
    begin = datetime.combine(day, time(), UTC)
    for look in looks.explained:
        if look["since"] < begin + timedelta(days=1) and look["until"] > begin:
            return str(look["reason"])
    return "nobody looked"


def _looks(windows: pa.Table) -> dict[Key, _Looks]:
    found: dict[Key, _Looks] = {}
    for row in windows.sort_by([("until", "ascending")]).to_pylist():
        mine = found.setdefault((row["home"], row["source"]), _Looks([], []))
        (mine.good if row["reason"] is None else mine.explained).append(row)
    return found


def _newest(workspace: Workspace, at: datetime) -> Mapping[Key, tuple[str, timedelta | None]]:
    """By source: its platform, and how old its newest post was when it was taken.

    Of the posts of this month and the two before: an older one says nothing of today.
    """
    months = {month_of(at - timedelta(days=d)) for d in (0, 31, 62)}
    partitions = [key for key in workspace.lake.files("posts") if key[1] in months]
    with connect() as con:
        workspace.lake.view(con, "posts", "posts", partitions)
        rows = con.sql(
            "select home, source, any_value(platform), arg_max(collected - created, created)"
            " from posts group by home, source"
        ).fetchall()
    return {(home, source): (platform, age) for home, source, platform, age in rows}


def _today(workspace: Workspace, windows: pa.Table) -> datetime:
    """Now; in the demo, whose time stands still, the end of the last look."""
    last: datetime | None = pc.max(windows["until"]).as_py()
    return last if last and demo.is_invented(workspace.home) else now()


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "none known"


def span(length: timedelta) -> str:
    """A length of time as a person says it: 40 minutes, 6 hours, 3 days."""
    minutes = length.total_seconds() / 60
    if minutes < 90:
        return f"{max(minutes, 0):.0f} minutes"
    return f"{minutes / 60:.0f} hours" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days"
