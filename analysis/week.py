"""One week of a city against what is usual there: which areas are talked about more, or less?

The week is set beside the block of 13 weeks that it lies in or, in the first four weeks of a
block, beside the block before. An area counts when the interval of the difference of its two
shares (Newcombe, as in `analysis.compare`) excludes zero at 95 %, widened for the number of areas
(Bonferroni).
Units: shares 0 to 1 of the base that `analysis.compare` took. Literature: Newcombe (1998), as
there. Limits: where the week lies in the block, the block holds its posts too; the difference is
then smaller, and the interval wider, than against the rest of the block: fewer areas are named
than could be, never more. Seasons are not taken out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

from analysis.compare import Comparison, Row
from analysis.periods import Period, before, containing
from analysis.share import LEVEL, Z
from base.errors import BadInput

_YOUNG = timedelta(weeks=4)


@dataclass(frozen=True)
class Week:
    """The areas of a week that differ from usual.

    more, less: codes of areas told apart from usual, the clearest first. is_told: whether any
    area has a share in the week and in the usual block. lost: why collection of either was
    incomplete; nothing is then told, for what changed may be what was collected.
    """

    week: Period
    usual: Period
    more: tuple[str, ...]
    less: tuple[str, ...]
    is_told: bool
    lost: str = ""

    def __str__(self) -> str:
        """The result in one sentence."""
        start = f"Week of {self.week.since} against {self.usual}: "
        if self.lost:
            return f"{start}not told, as collection was incomplete ({self.lost})."
        if not self.is_told:
            return start + "too few posts to tell."
        said = [f"more about {', '.join(self.more)}"] if self.more else []
        said += [f"less about {', '.join(self.less)}"] if self.less else []
        return start + ("; ".join(said) or "as usual") + "."


def periods(newest: date) -> tuple[Period, Period]:
    """The last whole week up to the newest day, and the block that says what is usual."""
    week = before("week", newest + timedelta(days=1))
    usual = containing("13 weeks", week.since)
    if week.since - usual.since < _YOUNG:
        usual = before("13 weeks", week.since)
    return week, usual


def week(
    now: Comparison, usual: Comparison, city: str, asked: tuple[Period, Period], lost: str = ""
) -> Week:
    """Which areas does the city talk about more, or less, than usual? asked: as `periods` says.

    lost: what of the two periods was not collected, and why; empty where they are whole.
    """
    pairs = _pairs(now.rows, usual.rows, city)
    if lost:
        return Week(*asked, (), (), False, lost)
    changes = [(change(one, other, len(pairs)), one.area) for one, other in pairs]
    return Week(
        *asked,
        tuple(area for d, area in sorted(changes, reverse=True) if d > 0),
        tuple(area for d, area in sorted(changes) if d < 0),
        any(one.share is not None and other.share is not None for one, other in pairs),
    )


def change(now: Row, usual: Row, tried: int) -> float:
    """The difference of two shares where it is told among so many tried, else 0."""
    if now.share is None or now.low is None or now.high is None:
        return 0.0
    if usual.share is None or usual.low is None or usual.high is None:
        return 0.0
    stretch = NormalDist().inv_cdf(1 - (1 - LEVEL) / 2 / tried) / Z
    found = now.share - usual.share
    if found > 0:
        reach = math.hypot(now.share - now.low, usual.high - usual.share)
    else:
        reach = math.hypot(now.high - now.share, usual.share - usual.low)
    return found if abs(found) > stretch * reach else 0.0


def _pairs(now: Sequence[Row], usual: Sequence[Row], city: str) -> list[tuple[Row, Row]]:
    """The two rows of each area. Raises BadInput when the areas or the bases differ."""
    first = {r.area: r for r in now if r.city == city}
    other = {r.area: r for r in usual if r.city == city}
    if set(first) != set(other) or {r.base_name for r in first.values()} != {
        r.base_name for r in other.values()
    }:
        raise BadInput(
            f"the week and the usual of {city} do not belong together",
            expected="the same areas, of the same base",
        )
    return [(first[a], other[a]) for a in first]
