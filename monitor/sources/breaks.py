"""The days on which a city's sources changed: from there on its figures rest on something else.

Comes in: a city of the registry, the installation's changes, the windows of the lake. Goes out:
a dated Break for each source that was added, changed or retired, or that nobody has looked at
since. What a city began with is no break.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from base.time import day_of, zone
from monitor.entering.overlay import Overlay
from monitor.homes import Home

ADDED, CHANGED, RETIRED, STOPPED = "added", "changed", "retired", "stopped"
WHAT = (ADDED, CHANGED, RETIRED, STOPPED)
_LATE = timedelta(days=14)  # not looked at for so long beside the city's others: it stopped


@dataclass(frozen=True)
class Break:
    """One change of a city's sources. day: in the city's time, from which it holds. what: added,
    changed, retired, stopped (looked at no more, though still listed). name: of the source."""

    city: str
    day: date
    what: str
    source: str
    name: str

    def __str__(self) -> str:
        said = "not looked at any more" if self.what == STOPPED else self.what
        return f"{self.name} {said}"


def breaks(home: Home, overlay: Overlay, windows: pa.Table) -> tuple[Break, ...]:
    """The breaks of a city by day. windows: WINDOW columns, of any cities."""
    ends = _ends(home, windows)
    found = {
        (day, what, source)
        for day, what, source in (
            *_listed(home, ends),
            *_changed(home, overlay),
            *_looked(home, ends),
        )
    }
    return tuple(
        Break(home.code, day, what, source, _name(home, source))
        for day, what, source in sorted(found, key=lambda one: (one[0], WHAT.index(one[1]), one[2]))
    )


def within(found: Iterable[Break], since: date | None, until: date | None) -> tuple[Break, ...]:
    """Those after the first day of a period, up to its end: at its first day nothing breaks."""
    return tuple(
        b for b in found if (since is None or b.day > since) and (until is None or b.day < until)
    )


def _ends(home: Home, windows: pa.Table) -> Mapping[str, tuple[date, date]]:
    """By source, the first day that was looked at and the first after the last, local."""
    mine = windows.filter(pc.and_(pc.equal(windows["home"], home.code),
                                  pc.is_null(windows["reason"])))  # fmt: skip
    ends = mine.group_by("source").aggregate([("since", "min"), ("until", "max")])
    local = zone(home.time_zone)

    def day(moment: datetime) -> date:
        return day_of(moment, local)

    return {
        row["source"]: (day(row["since_min"]), day(row["until_max"])) for row in ends.to_pylist()
    }


def _listed(home: Home, ends: Mapping[str, tuple[date, date]]) -> Iterator[tuple[date, str, str]]:
    """What the registry says: since when and until when a source is listed."""
    start = min((first for first, _ in ends.values()), default=None)
    start = start or min((s.since for s in home.spans.values() if s.since), default=None)
    for source, span in home.spans.items():
        # one that was looked at began with its first window, which may reach back
        if span.since and source not in ends and start and span.since > start:
            yield span.since, ADDED, source
        if span.until:
            yield span.until, RETIRED, source


def _changed(home: Home, overlay: Overlay) -> Iterator[tuple[date, str, str]]:
    """Changes of what a source is; one that was undone later holds between the two days."""
    for change in overlay.changes:
        if (change.city, change.of, change.action) != (home.code, "source", "change"):
            continue
        if change.undone == change.day:
            continue
        for entry in change.entries:
            yield change.day, CHANGED, entry["code"]
            if change.undone:
                yield change.undone, CHANGED, entry["code"]


def _looked(home: Home, ends: Mapping[str, tuple[date, date]]) -> Iterator[tuple[date, str, str]]:
    """What the windows say: who joined after the city began, who was left behind."""
    if not ends:
        return
    start = min(first for first, _ in ends.values())
    newest = max(last for _, last in ends.values())
    for source, (first, last) in ends.items():
        if first > start:
            yield first, ADDED, source
        span = home.spans.get(source)
        if newest - last > _LATE and not (span and span.until):
            yield last, STOPPED, source


def _name(home: Home, source: str) -> str:
    note = home.notes.get(source)
    return note.name if note and note.name else source
