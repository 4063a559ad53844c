"""Collection that was lost without an error: what figures must leave out, and how much it weighs.

Comes in: windows, coverage and acknowledged alerts of one installation. Goes out: `Doubts` for
`store.looked`: stretches in which a source was looked at and gave nothing, against its own past,
or gave mostly items that could not be read; what each source usually brings; which sources are no
longer collected. Worked out from what is kept, so the same whenever it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from monitor import demo
from monitor.sources import alerts
from monitor.sources.course import Course, midnight_of
from monitor.sources.usual import silences
from monitor.workspace import Workspace
from store.looked import Doubts, Key, Lost, looked_by_source

_FULL = 0.85  # of a day in UTC: a city's own days end up to three hours earlier
_LEAST_UNREAD, _UNREAD = 5, 0.5
_DAY = timedelta(days=1)


def doubts(workspace: Workspace, windows: pa.Table | None = None) -> Doubts:
    """What figures of this installation must leave out. windows: where they were read already."""
    windows = workspace.lake.read("windows") if windows is None else windows
    found = courses(workspace, windows)
    lost = [*_unread(windows)]
    for (home, source), course in found.items():
        for begin, end in course.silences:
            lost.append(Lost(home, source, midnight_of(course.day(begin)),
                             midnight_of(course.day(end)), course.said(begin, end)))  # fmt: skip
    usual = {key: course.mean() for key, course in found.items()}
    return Doubts(tuple(lost), usual, ended(workspace, windows))


def courses(workspace: Workspace, windows: pa.Table) -> dict[Key, Course]:
    """Every source that was ever looked at, day by day up to its last whole day."""
    good = windows.filter(pc.is_null(windows["reason"]))
    if not good.num_rows:
        return {}
    counted = workspace.lake.read("coverage", ["home", "source", "day", "seen"])
    posts: dict[Key, dict[date, int]] = {}
    for row in counted.group_by(["home", "source", "day"]).aggregate([("seen", "sum")]).to_pylist():
        posts.setdefault((row["home"], row["source"]), {})[row["day"]] = row["seen_sum"]
    first, last = pc.min(good["since"]).as_py().date(), pc.max(good["until"]).as_py().date()
    known = _known(workspace)
    found = {}
    for key, there in looked_by_source(good, first, last + _DAY).items():
        days = np.array(there.days) >= _FULL
        mine = posts.get(key, {})
        counts = np.array([mine.get(first + d * _DAY, 0) for d in range(len(days))], np.int64)
        truly = np.zeros(len(days), bool)
        for begin, end in known.get(key, ()):
            truly[max(0, (begin - first).days) : max(0, (end - first).days)] = True
        found[key] = Course(first, counts, days, tuple(silences(counts, days, truly)))
    return found


def ended(workspace: Workspace, windows: pa.Table) -> frozenset[Key]:
    """The sources that were looked at and are not listed (any more). The demo lists none."""
    if demo.is_invented(workspace.home):
        return frozenset()
    registry = workspace.registry
    streams = {stream.code for stream in registry.streams}  # also followed for single cities
    there = windows.group_by(["home", "source"]).aggregate([])
    looked = zip(there["home"].to_pylist(), there["source"].to_pylist(), strict=True)
    return frozenset(key for key in looked if key not in registry.listed and key[1] not in streams)


def _known(workspace: Workspace) -> Mapping[Key, list[tuple[date, date]]]:
    """The days that sources were silent in truth, as somebody acknowledged."""
    found: dict[Key, list[tuple[date, date]]] = {}
    for alert in alerts.truly_silent(workspace.database):
        end = date.max if alert.ended_at is None else alert.ended_at.date()
        found.setdefault((alert.home, alert.source), []).append((alert.since.date(), end))
    return found


def _unread(windows: pa.Table) -> list[Lost]:
    """Looks most of whose items could not be read, unless another look read the same time."""
    bad = windows.filter(
        pc.and_(pc.greater_equal(windows["unmapped"], _LEAST_UNREAD),
                pc.greater_equal(windows["unmapped"], pc.multiply(windows["fetched"], _UNREAD)))
    ).to_pylist()  # fmt: skip
    return [
        Lost(w["home"], w["source"], w["since"], w["until"],
             f"{w['unmapped']} of {w['fetched']} items could not be read")
        for w in bad
        if not _was_mended(w, windows)
    ]  # fmt: skip


def _was_mended(bad: Mapping[str, object], windows: pa.Table) -> bool:
    """Whether a look that could read its items covers the same time."""
    same = pc.and_(pc.equal(windows["home"], bad["home"]),
                   pc.equal(windows["source"], bad["source"]))  # fmt: skip
    over = pc.and_(pc.less_equal(windows["since"], bad["since"]),
                   pc.greater_equal(windows["until"], bad["until"]))  # fmt: skip
    read = pc.less(windows["unmapped"], pc.multiply(windows["fetched"], _UNREAD))
    return bool(pc.any(pc.and_(pc.and_(same, over), read)).as_py())
