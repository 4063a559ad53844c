"""How each source is: when it was last looked at, what it brings against its own past, what fails.

Comes in: windows, coverage, failures and quotas of one installation. Goes out: a Health for each
listed source, and for each that was looked at and is listed no more; worst first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from base.time import month_of, now
from monitor import demo
from monitor.sources import doubts, quotas, verdict
from monitor.sources.alerts import Trouble
from monitor.sources.course import Course
from monitor.sources.failures import Failure, failures
from monitor.sources.looks import Gap, Looks, by_source
from monitor.sources.usual import PAST, Usual
from monitor.sources.verdict import STATES
from monitor.workspace import Workspace
from store.looked import Key
from store.tables import connect

_DAY = timedelta(days=1)


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


def health(
    workspace: Workspace, cities: Collection[str] = (), at: datetime | None = None
) -> list[Health]:
    """The sources of these homes (of all, without any), worst state first.

    In the demo those that brought posts: nobody looks at what is listed.
    """
    for code in cities:
        workspace.registry.home(code)
    windows = workspace.lake.read("windows")
    at = at or _today(workspace, windows)
    courses, looks = doubts.courses(workspace, windows), by_source(windows, at - PAST * _DAY)
    failed, left = failures(workspace.database), quotas.told(workspace.database)
    newest = _newest(workspace, at)
    listed = {} if demo.is_invented(workspace.home) else workspace.registry.listed
    retired = doubts.ended(workspace, windows)
    found = []
    for key in sorted({*listed, *looks}):
        if cities and key[0] not in cities:
            continue
        platform, age = newest.get(key, ("", None))
        source = listed.get(key)
        found.append(_of(
            key, source.platform if source else platform, at, courses.get(key),
            looks.get(key, Looks()), failed.get(key), age,
            is_retired=key in retired, quota=left.get(source.platform if source else "", ""),
        ))  # fmt: skip
    return sorted(found, key=lambda h: (STATES.index(h.state), h.home, h.source))


def _of(
    key: Key, platform: str, at: datetime, course: Course | None, looks: Looks,
    failure: Failure | None, age: timedelta | None, *, is_retired: bool, quota: str,
) -> Health:  # fmt: skip
    since = at - timedelta(days=PAST)
    last, before = looks.items(since)
    found = verdict.troubles(at, course, looks, failure)
    state, says = verdict.state(at, course, looks, failure, found, is_retired=is_retired)
    return Health(
        *key, platform, state, says, looks.last, looks.rhythm(since), age,
        course.last_post if course else None, course.last_days(at.date()) if course else (),
        course.usual_last() if course else None, *last, *before,
        sum(w["dropped"] for w in looks.since(since)),
        looks.gaps(course, at.date()) if course else (), quota, () if is_retired else found,
    )  # fmt: skip


def _newest(workspace: Workspace, at: datetime) -> Mapping[Key, tuple[str, timedelta | None]]:
    """By source: its platform, and how old its newest post was when it was taken.

    Of the posts of this month and the two before: an older one says nothing of today.
    """
    months = {month_of(at - timedelta(days=d)) for d in (0, 31, 62)}
    partitions = [key for key in workspace.lake.files("posts") if key[1] in months]
    with connect() as con:
        columns = ("home", "source", "platform", "collected", "created")
        workspace.lake.view(con, "posts", "posts", partitions, columns=columns)
        rows = con.sql(
            "select home, source, any_value(platform), arg_max(collected - created, created)"
            " from posts group by home, source"
        ).fetchall()
    return {(home, source): (platform, age) for home, source, platform, age in rows}


def _today(workspace: Workspace, windows: pa.Table) -> datetime:
    """Now; in the demo, whose time stands still, the end of the last look."""
    last: datetime | None = pc.max(windows["until"]).as_py()
    return last if last and demo.is_invented(workspace.home) else now()
