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
from analysis.periods import before, containing
from analysis.release import Cell, Key, Released, Tier
from analysis.share import LEVEL, Z, share
from base.errors import BadInput
from base.time import week_start
from dashboard import formats, words
from dashboard.components.bars import Part
from dashboard.components.card import Foot
from dashboard.components.trend import Point
from dashboard.site import Site
from monitor import questions
from monitor.questions import Compared
from store.looked import Looked
from store.query import Query

LEAST_WEEKS = 26
TIER = Tier.COUNTS


def compared(site: Site, query: Query, areas: Sequence[str] = ()) -> Compared:
    """The cities of the Query by these areas (all, without any)."""
    return questions.compare_cities(site.workspace, query.replace(areas=tuple(areas)), TIER)


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
    return Foot(
        posts, words.OF[base], seen.days, seen.sources, (*about, *words.figure(base)),
        site.is_invented,
    )  # fmt: skip


def weekly(site: Site, query: Query, city: str, area: str) -> list[Point]:
    """An area's share by whole weeks of the period, or of the half year up to its end."""
    since, until = ends(query)
    until = min(week_start(until), week_start(site.newest() + timedelta(days=1)))
    start = min(week_start(since), until - timedelta(weeks=LEAST_WEEKS))
    days = site.looked(start, until).get(city)
    weeks = _weeks(start, until)
    if days is None or not weeks:
        return []
    there = [max(days.days[i : i + 7]) for i in range(0, len(days.days), 7)]
    while there and there[0] <= 0:  # before the first look there is nothing to leave open
        weeks, there = weeks[1:], there[1:]
    if not weeks:
        return []
    asked = query.replace(cities=(city,), areas=(), since=weeks[0], until=until)
    keys = [(w.isoformat(),) for w in weeks]
    parts = figures(site, asked.replace(areas=(area,)), ("week",), keys)
    is_seen = questions.best_base(asked) == "seen"
    of = asked.replace(relevant=None) if is_seen else asked
    bases = figures(site, of, ("week",), keys, base=is_seen)
    return [
        _point(w, parts.cell(w.isoformat()), bases.cell(w.isoformat()), seen)
        for w, seen in zip(weeks, there, strict=True)
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
        said = [f"more about {formats.listed(self.more, 2)} than usual"] if self.more else []
        if self.less:
            said.append(f"less about {formats.listed(self.less, 2)}" + ("" if said else " than usual"))
        return f"Last week: {'; '.join(said)}."


def week(site: Site, city: str) -> Week:
    """Which areas are talked about more, or less, than in the block of 13 weeks before?

    An area counts when the interval of the difference (Newcombe, as in `analysis.compare`)
    excludes zero at 95 %, widened for the number of areas (Bonferroni).
    """
    now = before("week", site.newest() + timedelta(days=1))
    usual = containing("13 weeks", now.since)
    if now.since - usual.since < timedelta(weeks=4):
        usual = before("13 weeks", now.since)
    found = []
    for period in (now, usual):
        asked = Query(cities=(city,), since=period.since, until=period.until)
        found.append({r.area: r for r in compared(site, asked).comparison.rows})
    pairs = [(found[0][a], found[1][a]) for a in found[0]]
    told = [(_change(a, b, len(pairs)), a.area) for a, b in pairs]
    names = site.names
    is_told = any(a.share is not None and b.share is not None for a, b in pairs)
    return Week(
        now.since,
        tuple(names.area(a).lower() for d, a in sorted(told, reverse=True) if d > 0),
        tuple(names.area(a).lower() for d, a in sorted(told) if d < 0),
        is_told,
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
        city, str(cell.key[1]), cell.state, cell.posts, base.posts, "relevant",
        of and of.share, of and of.low, of and of.high, 1.0, (),
    )  # fmt: skip


def _weeks(since: date, until: date) -> list[date]:
    return [since + timedelta(weeks=i) for i in range(max(0, (until - since).days // 7))]


def _point(week: date, part: Cell, base: Cell, there: float) -> Point:
    of = share(part, base)
    if there <= 0:
        return Point(week, "no_data")
    if of is None:
        return Point(week, "few")
    return Point(week, "ok", of.share, of.low, of.high, base.posts)
