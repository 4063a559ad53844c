"""What cards ask of one city: areas, weeks, parts of a whole, districts, and this week in words.

Each takes the Site and a Query with one city and a period of the grid, and answers with released
figures only. Shares are of the city's relevant posts that the Query asks for.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

from analysis.compare import Row
from analysis.periods import Period, before, containing
from analysis.release import Cell, Key, Released, Tier
from analysis.share import LEVEL, Z, share
from base.errors import BadInput
from dashboard import formats, words
from dashboard.components.bars import Part
from dashboard.components.card import Foot
from dashboard.components.trend import Point
from dashboard.site import Site
from monitor import questions
from monitor.questions import Compared
from store.looked import Looked
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
    return site.looked(*ends(query)).get(city, Looked(0.0, (), (), ()))


def foot(
    site: Site, query: Query, posts: int | None, city: str, *about: str, base: str = "relevant"
) -> Foot:
    """What stands under a figure of one city."""
    seen = looked(site, query, city)
    of = f"of {formats.plural(posts, 'post')} {words.OF[base]}" if posts else words.FEW
    return Foot(of, seen.days, seen.sources, (*about, *words.figure(base)), site.is_invented)


def series(site: Site, query: Query, city: str, area: str) -> tuple[str, list[Point]]:
    """An area's share over time: by week, or by month where most weeks are too few.

    The step and the points of at least the half year (the year, by month) up to the period's end.
    """
    weeks = _series(site, query, city, area, "week")
    told = sum(1 for p in weeks if p.share is not None)
    there = sum(1 for p in weeks if p.state != "no_data")
    if told * 2 >= there:
        return "week", weeks
    return "month", _series(site, query, city, area, "month")


def _series(site: Site, query: Query, city: str, area: str, step: str) -> list[Point]:
    since, until = ends(query)
    after = site.elapsed(until)
    until = containing(step, after).since  # the last step that is over
    back = until - (timedelta(weeks=26) if step == "week" else timedelta(days=364))
    periods = _periods(step, containing(step, min(since, back)).since, until)
    if not periods:
        return []
    looked = site.looked(periods[0].since, until).get(city, Looked(0.0, (), (), ()))
    seen = [_any(looked, p, periods[0].since) for p in periods]
    while seen and not seen[0]:  # before the first look there is nothing to leave open
        periods, seen = periods[1:], seen[1:]
    if not periods:
        return []
    asked = query.replace(cities=(city,), areas=(), since=periods[0].since, until=until)
    keys = [(p.since.isoformat()[: 10 if step == "week" else 7],) for p in periods]
    parts = figures(site, asked.replace(areas=(area,)), (step,), keys)
    is_seen = questions.best_base(asked) == "seen"
    of = asked.replace(relevant=None) if is_seen else asked
    bases = figures(site, of, (step,), keys, base=is_seen)
    return [
        _point(p, parts.cell(*key), bases.cell(*key), is_there)
        for p, key, is_there in zip(periods, keys, seen, strict=True)
    ]


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


@dataclass(frozen=True)
class Week:
    """The last whole week of a city against the 13 weeks before it, by area.

    more, less: areas told apart from usual, the clearest first. is_told: whether the week has
    enough posts. names: how areas are called.
    """

    since: date
    more: tuple[str, ...]
    less: tuple[str, ...]
    is_told: bool

    def __str__(self) -> str:
        """The result in one sentence."""
        if not self.is_told:
            return "Last week: too few posts to tell."
        if not self.more and not self.less:
            return "Last week: much as usual."
        said = [f"more about {formats.listed(self.more, 2)}"] if self.more else []
        if self.less:
            said.append(f"less about {formats.listed(self.less, 2)}")
        return f"Last week: {'; '.join(said)} than usual."


def week(site: Site, city: str, cities: Sequence[str] = ()) -> Week:
    """Which areas are talked about more, or less, than in the block of 13 weeks before?

    An area counts when the interval of the difference (Newcombe, as in `analysis.compare`)
    excludes zero at 95 %, widened for the number of areas (Bonferroni). cities: asked for
    together with this one, so that a page of many cities asks once.
    """
    now = before("week", site.newest() + timedelta(days=1))
    usual = containing("13 weeks", now.since)
    if now.since - usual.since < timedelta(weeks=4):
        usual = before("13 weeks", now.since)
    found = []
    for period in (now, usual):
        asked = Query(cities=tuple(cities) or (city,), since=period.since, until=period.until)
        rows = compared(site, asked).comparison.rows
        found.append({r.area: r for r in rows if r.city == city})
    pairs = [(found[0][a], found[1][a]) for a in found[0]]
    told = [(_change(a, b, len(pairs)), site.names.area(a.area)) for a, b in pairs]
    return Week(
        now.since,
        tuple(name.lower() for d, name in sorted(told, reverse=True) if d > 0),
        tuple(name.lower() for d, name in sorted(told) if d < 0),
        any(a.share is not None and b.share is not None for a, b in pairs),
    )


def _change(now: Row, usual: Row, tried: int) -> float:
    """The difference of two shares where it is told, else 0."""
    if None in (now.share, now.low, now.high, usual.share, usual.low, usual.high):
        return 0.0
    assert now.share is not None and now.low is not None and now.high is not None  # noqa: PT018
    assert usual.share is not None and usual.low is not None and usual.high is not None  # noqa: PT018
    stretch = NormalDist().inv_cdf(1 - (1 - LEVEL) / 2 / tried) / Z
    change = now.share - usual.share
    if change > 0:
        reach = math.hypot(now.share - now.low, usual.high - usual.share)
    else:
        reach = math.hypot(now.high - now.share, usual.share - usual.low)
    return change if abs(change) > stretch * reach else 0.0


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


def _any(looked: Looked, period: Period, first: date) -> bool:
    days = looked.days[(period.since - first).days : (period.until - first).days]
    return max(days, default=0.0) > 0


def _point(at: Period, part: Cell, base: Cell, is_there: bool) -> Point:
    of = share(part, base)
    if not is_there:
        return Point(at.kind, at.since, "no_data")
    if of is None:
        return Point(at.kind, at.since, "few")
    return Point(at.kind, at.since, "ok", of.share, of.low, of.high, base.posts)
