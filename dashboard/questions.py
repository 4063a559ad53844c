"""What cards ask: cities by areas, a share over time, parts of a whole; released figures only.

Each takes the Site and a Query with a period of the grid. Shares of areas are of all posts seen
where coverage can answer for the Query's filters, all others of the posts on integration.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from analysis.compare import Row
from analysis.elsewhere import Elsewhere
from analysis.periods import Period, containing
from analysis.release import Cell, Key, Released, Tier
from analysis.share import share
from base.errors import BadInput
from dashboard import formats, words
from dashboard.components.bars import Part
from dashboard.components.card import Foot
from dashboard.components.trend import Mark, Point
from dashboard.site import Site
from monitor import questions
from monitor.questions import Compared
from monitor.sources.breaks import within
from store.looked import Looked, of_city
from store.query import Query

TIER = Tier.COUNTS


def compared(site: Site, query: Query, areas: Sequence[str] = ()) -> Compared:
    """The cities of the Query by these areas (all, without any)."""
    asked = query.replace(areas=tuple(areas))
    found: Compared = site.remember(
        asked, lambda: questions.compare_cities(site.workspace, asked, TIER)
    )
    return found


def figures(
    site: Site, query: Query, by: Sequence[str], wanted: Collection[Key] = (), *, base: bool = False
) -> Released:
    """Released figures of the counts tier; base: of all posts seen."""
    return questions.figures(site.workspace, query, by, TIER, base=base, wanted=wanted)


def ends(query: Query) -> tuple[date, date]:
    """The two ends of a Query that has both."""
    if query.since is None or query.until is None:
        raise BadInput("half a period", expected="since and until, or neither")
    return query.since, query.until


def looked(site: Site, query: Query, city: str) -> Looked:
    """What was looked at in a city, up to today."""
    return of_city(site.looked(*ends(query)), city)


def elsewhere(site: Site, query: Query) -> dict[str, Elsewhere]:
    """By city: posts about it from sources of other cities, and the other way round."""
    since, until = ends(query)
    found: dict[str, Elsewhere] = site.remember(
        ("elsewhere", query.cities, since, until),
        lambda: questions.elsewhere_of(site.workspace, query.cities, since, until, TIER),
    )
    return found


def foot(
    site: Site, query: Query, posts: int | None, city: str, *about: str, base: str = "relevant"
) -> Foot:
    """What stands under a figure of one city."""
    seen = looked(site, query, city)
    of = f"of {formats.plural(posts, 'post')} {words.OF[base]}" if posts else words.FEW
    if not posts and max(seen.days, default=0.0) <= 0:
        of = words.NOBODY
    return Foot(of, seen.days, seen.sources, (*about, *words.figure(base)), site.is_invented,
                site.tagged())  # fmt: skip


def whole(query: Query) -> Query:
    """The Query of all languages, platforms and voices: a figure by a closed column takes no
    second one."""
    return query.replace(languages=(), platforms=(), voices=())


def series(site: Site, query: Query, area: str) -> tuple[str, dict[str, list[Point]]]:
    """An area's share over time in each city: by week, or by month where most weeks are too few.

    The step, the same for all cities, and by city the points of at least the half year (the
    year, by month) up to the period's end.
    """
    weeks = _series(site, query, area, "week")
    looked = [p for points in weeks.values() for p in points if p.state != "no_data"]
    if sum(1 for p in looked if p.share is not None) * 2 >= len(looked):
        return "week", weeks
    return "month", _series(site, query, area, "month")


def marks(site: Site, city: str, points: Sequence[Point]) -> list[Mark]:
    """The days within a series on which the city's sources changed; one mark a day."""
    if not points:
        return []
    found: dict[date, list[str]] = {}
    end = containing(points[-1].step, points[-1].start).until
    for one in within(site.breaks(city), points[0].start, end):
        found.setdefault(one.day, []).append(str(one))
    return [Mark(day, formats.listed(said)) for day, said in found.items()]


def _series(site: Site, query: Query, area: str, step: str) -> dict[str, list[Point]]:
    since, until = ends(query)
    after = site.elapsed(until)
    until = containing(step, after).since  # the last step that is over
    back = until - (timedelta(weeks=26) if step == "week" else timedelta(days=364))
    periods = _periods(step, containing(step, min(since, back)).since, until)
    if not periods:
        return {c: [] for c in query.cities}
    looked = site.looked(periods[0].since, until)
    asked = query.replace(areas=(), since=periods[0].since, until=until)
    names = [p.since.isoformat()[: 10 if step == "week" else 7] for p in periods]
    keys = [(c, name) for c in query.cities for name in names]
    parts = figures(site, asked.replace(areas=(area,)), ("city", step), keys)
    is_seen = questions.best_base(asked) == "seen"
    of = asked.replace(relevant=None) if is_seen else asked
    bases = figures(site, of, ("city", step), keys, base=is_seen)
    found = {}
    for city in query.cities:
        there = [_state(of_city(looked, city), p, periods[0].since) for p in periods]
        first = next((i for i, s in enumerate(there) if s != "no_data"), len(there))
        # before the first look there is nothing to leave open
        found[city] = [
            _point(
                p,
                parts.cell(city, name),
                bases.cell(city, name),
                state,
                site.why(city, p.since, p.until) if state == "incomplete" else "",
            )
            for p, name, state in list(zip(periods, names, there, strict=True))[first:]
        ]
    return found


def mix(site: Site, query: Query, column: str) -> tuple[list[Row], Cell]:
    """Values of a closed column (`lang`, `platform`, `voice`, `tone`, `place` …) of one city.

    Rows by falling share, those too few last; the value stands where an area stands. A null
    value is left out. And the base.
    """
    city = query.cities[0]
    parts = figures(site, query, ("city", column))
    base = figures(site, query, ("city",), [(city,)]).cell(city)
    rows = [_row(city, c, base) for c in parts.cells if c.key[0] == city and c.key[1] is not None]
    return sorted(rows, key=lambda r: -1.0 if r.share is None else r.share, reverse=True), base


def parts(rows: Sequence[Row], names: Sequence[tuple[str, str, str]]) -> list[Part]:
    """Parts of a bar in a fixed order. names: (value, style, words)."""
    found = {r.area: r for r in rows}
    return [
        Part(kind, words, found[v].share if v in found else None,
             found[v].base if v in found else None)
        for v, kind, words in names
    ]  # fmt: skip


def _row(city: str, cell: Cell, base: Cell) -> Row:
    of = share(cell, base)
    return Row(
        city=city, area=str(cell.key[1]), state=cell.state, posts=cell.posts, base=base.posts,
        base_name="relevant", share=of.share if of else None, low=of.low if of else None,
        high=of.high if of else None, coverage=1.0, sources=(),
    )  # fmt: skip


def _periods(step: str, since: date, until: date) -> list[Period]:
    found = []
    while since < until:
        found.append(containing(step, since))
        since = found[-1].until
    return found


def _state(looked: Looked, period: Period, first: date) -> str:
    """Whether a period was looked at: no_data, incomplete, or ok."""
    begin, end = (period.since - first).days, (period.until - first).days
    if max(looked.days[begin:end], default=0.0) <= 0:
        return "no_data"
    return "ok" if looked.is_whole(begin, end) else "incomplete"


def _point(at: Period, part: Cell, base: Cell, state: str, why: str) -> Point:
    of = share(part, base)
    if state != "ok":
        return Point(at.kind, at.since, state, why=why)
    if of is None:
        return Point(at.kind, at.since, "few")
    return Point(at.kind, at.since, "ok", of.share, of.low, of.high, base.posts)
