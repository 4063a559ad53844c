"""Cities side by side: which share of a city's posts talks about an area of integration?

Share = posts of the city that are about the area / all posts seen (or all relevant posts) of the
city in the same period; the interval is that of `analysis.share`. A post about several areas
counts once in each, so the shares of a city do not add up to one.
Two cities are told apart in an area when the interval of their difference excludes zero:
Newcombe's, from the two intervals, d ± sqrt((p1 - l1)² + (u2 - p2)²), widened for the number of
pairs in the area (Bonferroni). Otherwise they are a tie.
Units: shares and intervals 0 to 1 (95 %), posts, coverage as the share of days looked at.
Literature: Newcombe (1998), Interval estimation for the difference between independent
proportions, Statistics in Medicine 17, method 10; Zou & Donner (2008).
Limits: says what the collected posts talk about, not what inhabitants think; "delinquency" is
talk about crime, not crime. Sources differ between cities: see `coverage` and `sources`.
No data (nobody looked), few (suppressed), zero (looked, found none; see `analysis.release` for
where it is told) and unmeasured (no model for the city's language) are four different answers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist
from typing import Literal

from analysis.release import Released
from analysis.share import LEVEL, Share, Z, share
from base.errors import BadInput

_SAID = {"few": "too few", "zero": "zero", "no_data": "without data", "unmeasured": "unmeasured"}


@dataclass(frozen=True)
class Coverage:
    """What was looked at in a city: share of the period's days with a window (0-1), sources.

    came, went: posts seen, as in `analysis.elsewhere`; None where too few.
    """

    days: float
    sources: tuple[str, ...] = ()
    came: int | None = None
    went: int | None = None


_NOBODY = Coverage(0.0)


@dataclass(frozen=True)
class Row:
    """One city and area. posts, base: released figures, in posts; None where suppressed.

    base_name: of which posts the share is. share, low, high, coverage: 0 to 1. sources: codes.
    from_elsewhere: posts seen about the city, from sources of other cities; about_elsewhere:
    posts seen of its own sources, about other cities; of the city, whatever the area.
    """

    city: str
    area: str
    state: Literal["ok", "few", "zero", "no_data", "unmeasured"]
    posts: int | None
    base: int | None
    base_name: Literal["seen", "relevant"]
    share: float | None
    low: float | None
    high: float | None
    coverage: float
    sources: tuple[str, ...]
    from_elsewhere: int | None = None
    about_elsewhere: int | None = None


@dataclass(frozen=True)
class Comparison:
    """Rows by city and area, in the order asked; apart: (area, city, city) told apart."""

    rows: tuple[Row, ...]
    apart: frozenset[tuple[str, str, str]]

    def ties(self, city: str, area: str) -> tuple[str, ...]:
        """The cities with a share that this city's cannot be told apart from."""
        shares = {r.city for r in self.rows if r.area == area and r.share is not None}
        others = [r.city for r in self.rows if r.area == area and r.city in shares - {city}]
        told = {c for a, *pair in self.apart if a == area and city in pair for c in pair}
        return tuple(c for c in others if city in shares and c not in told)

    def __str__(self) -> str:
        """The result in one sentence."""
        cities = len({r.city for r in self.rows})
        areas = len({r.area for r in self.rows})
        start = f"{_count(cities, 'city', 'cities')} by {_count(areas, 'area', 'areas')}: "
        found = _largest(self)
        if found is None:
            said = "no two cities can be told apart"
        else:
            more, less = found
            said = (
                f"in {_count(len({a for a, *_ in self.apart}), 'area', 'areas')} some can be told"
                f" apart, most clearly in talk about {more.area}: {_say(more)} against"
                f" {_say(less)} of {more.base_name} posts"
            )
        missing = Counter[str](r.state for r in self.rows)
        rest = [f"{missing[state]} {name}" for state, name in _SAID.items() if missing[state]]
        return start + said + (f"; {', '.join(rest)}" if rest else "") + "."


def compare(
    parts: Released,
    bases: Released,
    cities: Sequence[str],
    areas: Sequence[str],
    coverage: Mapping[str, Coverage],
    unmeasured: Collection[tuple[str, str]] = (),
) -> Comparison:
    """Rows of every city and area from figures by city and area, and bases by city.

    bases: of posts seen where their Query asks relevant=None, else of relevant posts. coverage:
    by city; a city that is missing there was not looked at. unmeasured: (city, area) without a
    model. Every (city, area) asked must stand in `parts`, every city in `bases` (release's
    `wanted`). Raises BadInput when the two do not belong together.
    """
    _check(parts, bases)
    rows = tuple(
        _row(parts, bases, city, area, coverage.get(city, _NOBODY), (city, area) in unmeasured)
        for city in dict.fromkeys(cities)
        for area in dict.fromkeys(areas)
    )
    return Comparison(rows, _apart(rows))


def _check(parts: Released, bases: Released) -> None:
    if parts.by != ("city", "area") or bases.by != ("city",):
        raise BadInput(
            f"figures by {', '.join(parts.by)} and bases by {', '.join(bases.by)}",
            expected="figures by city, area and bases by city",
        )
    asked, base = parts.query, bases.query
    for name in ("since", "until", "fold_stories"):
        if getattr(asked, name) != getattr(base, name):
            raise BadInput(f"figures and bases differ in {name}", expected="the same question")
    if (parts.tier, parts.generation) != (bases.tier, bases.generation):
        raise BadInput(
            "figures and bases of different tiers or states of the index",
            hint="ask for both again",
        )


def _row(
    parts: Released, bases: Released, city: str, area: str, looked: Coverage, blind: bool
) -> Row:
    name: Literal["seen", "relevant"] = "seen" if bases.query.relevant is None else "relevant"
    base = bases.cell(city)
    days = min(1.0, max(0.0, looked.days))
    if not days > 0:
        return Row(
            city, area, "no_data", None, None, name, None, None, None, 0.0, looked.sources,
            looked.came, looked.went,
        )  # fmt: skip
    if blind:
        return Row(
            city, area, "unmeasured", None, base.posts, name, None, None, None, days,
            looked.sources, looked.came, looked.went,
        )  # fmt: skip
    part = parts.cell(city, area)
    of = share(part, base)
    return Row(
        city, area, part.state, part.posts, base.posts, name,
        of.share if of else None, of.low if of else None, of.high if of else None,
        days, looked.sources, looked.came, looked.went,
    )  # fmt: skip


def _apart(rows: Sequence[Row]) -> frozenset[tuple[str, str, str]]:
    found = set()
    for area in {r.area for r in rows}:
        shares = [(r.city, s) for r in rows if r.area == area and (s := _share(r))]
        pairs = list(combinations(shares, 2))
        stretch = NormalDist().inv_cdf(1 - (1 - LEVEL) / 2 / max(1, len(pairs))) / Z
        for (one, a), (other, b) in pairs:
            more, less = (a, b) if a.share >= b.share else (b, a)
            reach = math.hypot(more.share - more.low, less.high - less.share)
            if more.share - less.share > stretch * reach:
                found.add((area, *sorted((one, other))))
    return frozenset((a, c, d) for a, c, d in found)


def _share(row: Row) -> Share | None:
    if row.share is None or row.low is None or row.high is None:
        return None
    return Share(row.share, row.low, row.high)


def _largest(comparison: Comparison) -> tuple[Row, Row] | None:
    """The rows of the widest difference that is told apart, the larger first."""
    rows = {(r.city, r.area): r for r in comparison.rows}
    pairs = [(rows[one, area], rows[other, area]) for area, one, other in sorted(comparison.apart)]
    if not pairs:
        return None
    one, other = max(pairs, key=lambda pair: abs((pair[0].share or 0) - (pair[1].share or 0)))
    return (one, other) if (one.share or 0) >= (other.share or 0) else (other, one)


def _say(row: Row) -> str:
    return f"{row.city} {_share(row)}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
