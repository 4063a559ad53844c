"""What the pages and the commands read: released figures of the counts tier, and coverage.

Comes in: a Workspace and a Query on the grid (`analysis.grid`). Goes out: Released, Comparison,
Looked. Raises NotAllowed for a question off the grid, IndexMissing, IndexDamaged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from analysis.compare import Comparison, Coverage, compare
from analysis.release import Key, Released, Tier, release
from base.time import day_of, zone
from monitor.workspace import Workspace
from store.query import Query

Days = npt.NDArray[np.bool_]


def figures(
    workspace: Workspace, query: Query, by: Sequence[str], wanted: Iterable[Key] = ()
) -> Released:
    """The released figures of a question; `wanted` as in `analysis.release`."""
    raw = workspace.index.counts(query, by)
    return release(raw, query, Tier.COUNTS, workspace.keys.release, wanted)


def comparison(
    workspace: Workspace,
    query: Query,
    cities: Sequence[str],
    areas: Sequence[str],
    coverage: Mapping[str, Coverage],
) -> Comparison:
    """Cities by areas: shares of the relevant posts that `query` asks for, whatever its area."""
    asked = query.replace(cities=tuple(cities), areas=())
    one = query.replace(cities=tuple(cities), areas=tuple(areas) if len(areas) == 1 else ())
    cells = [(c, a) for c in cities for a in areas]
    parts = figures(workspace, one, ("city", "area"), cells)
    bases = figures(workspace, asked, ("city",), [(c,) for c in cities])
    return compare(parts, bases, cities, areas, coverage)


@dataclass(frozen=True)
class Gap:
    """Days that were not looked at: until is the first day that was again."""

    since: date
    until: date
    reason: str


@dataclass(frozen=True, eq=False)
class SourceLooked:
    """Which days of one source were looked at, counted from `first`."""

    source: str
    first: date
    days: Days
    gaps: tuple[Gap, ...]

    def within(self, since: date, until: date) -> Days:
        """A flag for each day of [since, until)."""
        found = np.zeros(max(0, (until - since).days), np.bool_)
        start = (self.first - since).days
        low, high = max(0, start), min(len(found), start + len(self.days))
        if low < high:
            found[low:high] = self.days[low - start : high - start]
        return found


@dataclass(frozen=True, eq=False)
class Looked:
    """What was looked at, by city and source, as the lake's windows say. newest: last such day."""

    sources: Mapping[str, tuple[SourceLooked, ...]]
    newest: date | None

    def coverage(self, city: str, since: date, until: date) -> Coverage:
        """Share of the days of [since, until) with a window, and the sources that had one."""
        each = [(s.source, s.within(since, until)) for s in self.sources.get(city, ())]
        there = [(code, days) for code, days in each if days.any()]
        if not there:
            return Coverage(0.0)
        days = np.logical_or.reduce([d for _, d in there])
        return Coverage(float(days.mean()), tuple(code for code, _ in there))

    def strip(self, city: str, since: date, until: date, source: str | None = None) -> list[float]:
        """For each week from `since` on, the share of its source-days that were looked at."""
        each = [
            s.within(since, until) for s in self.sources.get(city, ()) if source in (None, s.source)
        ]
        if not each:
            return [0.0] * -(-(until - since).days // 7)
        share = np.mean(each, axis=0)
        return [float(share[i : i + 7].mean()) for i in range(0, len(share), 7)]


def looked(workspace: Workspace) -> Looked:
    """Coverage as the windows in the lake say. Days are those of the city."""
    columns = ["home", "source", "since", "until", "reason"]
    rows = workspace.lake.read("windows", columns).to_pydict()
    spans: dict[tuple[str, str], list[tuple[date, date, str | None]]] = {}
    zones = {c.code: zone(c.time_zone) for c in workspace.registry.cities.values()}
    for home, source, since, until, reason in zip(*(rows[c] for c in columns), strict=True):
        if home in zones and until > since:
            first = day_of(since, zones[home])
            last = day_of(_just_before(until), zones[home])
            spans.setdefault((home, source), []).append((first, last, reason))
    found: dict[str, list[SourceLooked]] = {}
    for (home, source), listed in sorted(spans.items()):
        found.setdefault(home, []).append(_source(source, listed))
    ends = [s.first + timedelta(days=int(np.flatnonzero(s.days)[-1]))
            for each in found.values() for s in each if s.days.any()]  # fmt: skip
    return Looked({h: tuple(each) for h, each in found.items()}, max(ends, default=None))


def _source(code: str, spans: list[tuple[date, date, str | None]]) -> SourceLooked:
    first = min(s[0] for s in spans)
    days = np.zeros((max(s[1] for s in spans) - first).days + 1, np.bool_)
    gaps = []
    for since, last, reason in spans:
        if reason is None:
            days[(since - first).days : (last - first).days + 1] = True
        else:
            gaps.append(Gap(since, last + timedelta(days=1), reason))
    return SourceLooked(code, first, days, tuple(sorted(gaps, key=lambda g: g.since)))


def _just_before(moment: datetime) -> datetime:
    return moment - timedelta(microseconds=1)
