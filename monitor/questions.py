"""Questions as the command line, the pages and the API ask them: index, release, analysis.

The only room between an index and a reader. Which tier answers is decided by whoever calls:
counts for everybody, posts for those who hold a purpose.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from analysis import periods
from analysis.compare import Comparison, Coverage, compare
from analysis.elsewhere import ELSEWHERE, Elsewhere, elsewhere
from analysis.release import Released, Tier, release
from base.errors import BadInput
from base.time import now
from monitor.entering import effective
from monitor.sources.breaks import Break, breaks, within
from monitor.sources.doubts import doubts
from monitor.workspace import Workspace
from store.index import IndexMissing, check_seen
from store.looked import Doubts, Looked, looked_at, of_city, why
from store.query import Query
from taxonomy.codes import codes

Base = Literal["seen", "relevant"]


@dataclass(frozen=True)
class Compared:
    """A comparison and what it was asked of. notes: what was lost of it, by city."""

    comparison: Comparison
    query: Query
    tier: Tier
    generation: str
    tagger: tuple[str, ...]
    looked: dict[str, Looked]
    notes: tuple[tuple[str, str], ...] = ()


def with_period(query: Query, today: date | None = None) -> Query:
    """The Query with the last whole 13 weeks of the grid where it names no period."""
    if query.since is None and query.until is None:
        last = periods.before("13 weeks", today or now().date())
        return query.replace(since=last.since, until=last.until)
    if query.since is None or query.until is None:
        raise BadInput(
            "half a period", expected="--since and --until, or neither (the last 13 whole weeks)"
        )
    return query


def figures(
    workspace: Workspace,
    query: Query,
    by: Sequence[str],
    tier: Tier,
    *,
    base: bool = False,
    wanted: Collection[tuple[str | None, ...]] = (),
) -> Released:
    """Released figures by cell. base: of all posts seen, from coverage.

    Raises IndexMissing: with the command that builds it, or without posts with those that
    bring some.
    """
    index = workspace.index
    try:
        raw = index.seen(query, by) if base else index.counts(query, by)
    except IndexMissing as error:
        if workspace.lake.files("posts"):
            raise
        raise IndexMissing(
            "there are no posts yet",
            where=error.where,
            hint="`unite import FILE --city CITY` or `unite collect` brings posts in; "
            "`unite demo` shows made-up ones",
        ) from error
    return release(raw, query, tier, workspace.keys.release, wanted)


def best_base(query: Query) -> Base:
    """`seen` where coverage can answer for the Query's filters (areas apart), else `relevant`."""
    try:
        check_seen(query.replace(areas=(), fold_stories=False))
    except BadInput:
        return "relevant"
    return "relevant" if query.fold_stories else "seen"


def compare_cities(
    workspace: Workspace, query: Query, tier: Tier, base: Base | None = None
) -> Compared:
    """Cities × areas: shares with intervals, of all posts seen or of the relevant ones."""
    asked = with_period(query)
    cities = asked.cities or _followed(workspace)
    areas = asked.areas or tuple(codes().areas)
    asked = asked.replace(cities=cities)
    chosen = base or best_base(asked)
    of_base = asked.replace(areas=(), relevant=None if chosen == "seen" else True)
    parts = figures(
        workspace, asked, ("city", "area"), tier, wanted=[(c, a) for c in cities for a in areas]
    )
    bases = figures(
        workspace, of_base, ("city",), tier, base=chosen == "seen", wanted=[(c,) for c in cities]
    )
    assert asked.since is not None
    assert asked.until is not None
    windows = workspace.lake.read("windows")
    known = doubts(workspace, windows)
    looked = dict(looked_at(windows, asked.since, asked.until, known))
    crossing = elsewhere_of(workspace, cities, asked.since, asked.until, tier)
    coverage = {
        city: Coverage(found.share, found.sources, crossing[city].came, crossing[city].went)
        for city, found in ((city, of_city(looked, city)) for city in cities)
    }
    return Compared(
        compare(parts, bases, cities, areas, coverage),
        asked,
        tier,
        parts.generation,
        parts.tagger,
        looked,
        tuple(_notes(windows, known, looked, cities, asked.since, asked.until)),
    )


def _notes(
    windows: pa.Table, known: Doubts, looked: Mapping[str, Looked], cities: Sequence[str],
    since: date, until: date,
) -> Iterator[tuple[str, str]]:  # fmt: skip
    """Of each city that lost some: how many weeks, and why."""
    until = min(until, now().date())  # what is to come was not lost
    days = (until - since).days
    starts = range(0, days, 7)
    for city in cities:
        found = looked.get(city)
        lost = [] if found is None else [
            i for i in starts if not found.is_whole(i, min(i + 7, days))
        ]  # fmt: skip
        if lost:
            said = why(windows, city, since, until, known)
            yield city, f"{len(lost)} of {len(starts)} weeks incomplete ({said})"


def elsewhere_of(
    workspace: Workspace, cities: Sequence[str], since: date, until: date, tier: Tier
) -> dict[str, Elsewhere]:
    """How many posts about each city were found elsewhere, and its sources' posts about elsewhere.

    Of all posts seen in the period, whatever else a question filters: like coverage.
    """
    wanted = [(city, ELSEWHERE) for city in cities]
    every = Query(since=since, until=until, relevant=None)
    of_city = every.replace(cities=tuple(cities))
    return elsewhere(
        figures(workspace, of_city, ("city", "origin"), tier, base=True, wanted=wanted),
        figures(workspace, every, ("home", "origin"), tier, base=True, wanted=wanted),
        cities,
    )


def _followed(workspace: Workspace) -> tuple[str, ...]:
    """The cities that have sources, or that anything was looked at in."""
    registry = workspace.registry
    looked = set(pc.unique(workspace.lake.read("windows", ["home"])["home"]).to_pylist())
    return tuple(sorted({*registry.with_sources, *(looked & registry.cities.keys())}))


def looked_of(workspace: Workspace, since: date, until: date) -> dict[str, Looked]:
    """What was looked at, by city."""
    windows = workspace.lake.read("windows")
    return dict(looked_at(windows, since, until, doubts(workspace, windows)))


def breaks_of(workspace: Workspace, query: Query) -> tuple[Break, ...]:
    """The days within the Query's period on which the sources of its cities changed."""
    overlay = effective.overlay_of(workspace.settings)
    windows = workspace.lake.read("windows")
    found = (b for c in query.cities
             for b in breaks(workspace.registry.home(c), overlay, windows))  # fmt: skip
    return within(found, query.since, query.until)
