"""The last whole week of a city against what is usual there, in one sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

from analysis.compare import Row
from analysis.periods import before, containing
from analysis.share import LEVEL, Z
from dashboard import formats
from dashboard.questions import compared
from dashboard.site import Site
from store.query import Query


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
