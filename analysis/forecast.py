"""What a city's volume can answer: will a figure be shown, and which change would be noticed?

From the posts of D days looked at, for a period of h days looked at without gap:

- Posts: x h/D. Authors: posts / c with c = 1 + (c_D - 1) h/D posts an author, from the spread
  over author folds; the same authors go on writing, so a longer period has more posts of each.
- Shown: chance that N independent authors, N negative binomial (a Poisson number whose mean is
  only known from the x/c_D seen so far, Jeffreys' prior), are at least 3 and write 5 posts.
- Smallest change: the share p1 after which the difference of two such periods, less 0.84 of its
  standard errors (80 % power), still excludes zero at 5 % by the interval that comparisons and
  pages use (`analysis.share.interval`, Newcombe's difference). The design effect is
  1 + (author part) h/D + (story part); a story is over soon, an author is not.

Units: posts, authors; shares 0 to 1; rise and fall as parts of the present share (0.5: by half).
Literature: Cohen (1988), Statistical Power Analysis; Newcombe (1998), Statistics in Medicine 17;
Kish (1965) for the design effect; Wilson & Hilferty (1931) for the interval of the posts.
Limits: assumes that the days looked at were usual ones: what an incident brings is not foreseen,
and nothing says what the posts stand for. Where the same people write before and after, a change
is noticed sooner than told here. Of a suppressed figure only its bound, fewer than 5 posts, is
used.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from analysis.release import LEAST_PERSONS, LEAST_POSTS, Cell, Tier
from analysis.rounding import BASE, VARIANCE
from analysis.share import Spread, Z, interval, spread

PERIODS: Mapping[str, int] = {"week": 7, "4 weeks": 28, "13 weeks": 91}
LEAST_DAYS = 14
POWER = 0.8
_Z_POWER = NormalDist().inv_cdf(POWER)
_SURE, _LIKELY, _HARDLY = 0.9, 0.5, 0.1
_MOST = 20.0  # a rise beyond twentyfold is no answer
_WORDS = (
    (0.1, "a tenth"), (0.2, "a fifth"), (0.25, "a quarter"), (1 / 3, "a third"), (0.5, "half"),
    (2 / 3, "two thirds"),
)  # fmt: skip

Shown = Literal["enough", "perhaps", "few", "unknown"]


@dataclass(frozen=True)
class Outlook:
    """One subject in one period to come.

    shown: whether the figure will pass the small-cell rule: `enough` (chance 0.9), `perhaps`,
    `few`; `unknown` where too few were seen to tell. chance: of that, 0 to 1. posts, low, high:
    expected, and the 95 % interval, rounded to base 5. authors: independent ones, at least. rise,
    fall: the smallest change of the share that would be noticed; None where none would.
    """

    period: str
    shown: Shown
    chance: float | None = None
    posts: int | None = None
    low: int | None = None
    high: int | None = None
    authors: int | None = None
    rise: float | None = None
    fall: float | None = None


@dataclass(frozen=True)
class Sample:
    """A share p of n posts to come. effect: its design effect. stretch: (t / z)² of the interval.
    rounds: whether figures will be rounded to base 5."""

    p: float
    n: float
    effect: float
    stretch: float
    rounds: bool


def outlooks(part: Cell, base: Cell, days: float) -> tuple[Outlook, ...]:
    """A figure and its base of `days` days looked at → an outlook for each period."""
    return tuple(_outlook(name, part, base, days) for name in PERIODS)


def sample(part: Cell, base: Cell, days: float, period: str) -> Sample | None:
    """The share as a period to come would hold it; None where it has no interval."""
    found = spread(part, base)
    if found is None or not part.posts or not base.posts or base.replicates is None:
        return None
    times = PERIODS[period] / days
    effect = 1 + found.authors * times + found.stories
    rounds = base.replicates.tier is Tier.COUNTS
    n = base.posts * times
    p = min(1.0, part.posts / base.posts)
    return Sample(p, n, min(effect, n), found.stretch, rounds)


def smallest(one: Sample, other: Sample, *, is_rise: bool) -> float | None:
    """The smallest change of the share, as a part of it, that would be told in four of five times.

    one: the share as it is; of `other` only the volume counts, its share is the changed one.
    """
    p = one.p
    end = min(1.0, p * (1 + _MOST)) if is_rise else 0.0
    if not _is_told(one, other, end):
        return None
    near, far = p, end
    for _ in range(40):
        middle = (near + far) / 2
        near, far = (near, middle) if _is_told(one, other, middle) else (middle, far)
    return abs(far - p) / p


def _is_told(one: Sample, other: Sample, q: float) -> bool:
    """Whether a share that became q in `other` is told apart with POWER."""
    p = one.p
    before = interval(p, one.n, one.effect * one.stretch, rounds=one.rounds)
    after = interval(q, other.n, other.effect * other.stretch, rounds=other.rounds)
    less, more = (before, after) if q > p else (after, before)
    reach = math.hypot(more.share - more.low, less.high - less.share)
    error = math.sqrt(_variance(one, p) + _variance(other, q))
    return abs(q - p) - _Z_POWER * error > reach


def _variance(of: Sample, p: float) -> float:
    rounding = VARIANCE * (1 + p * p) / of.n**2 if of.rounds else 0.0
    return p * (1 - p) * of.effect * of.stretch / of.n + rounding


def _outlook(period: str, part: Cell, base: Cell, days: float) -> Outlook:
    times = PERIODS[period] / days
    found = spread(part, base)
    if part.posts is None or not part.posts or found is None:
        # fewer than the rule wants: at best one less, each by another author
        best = _chance(LEAST_POSTS - 1, Spread(1.0, 0.0, 0.0, 1.0), times)
        return Outlook(period, "few" if best < _LIKELY else "unknown")
    chance = _chance(part.posts, found, times)
    cluster = _cluster(found, times)
    mean, voices = part.posts * times, part.posts / found.cluster
    low, high = _reach(mean, mean * cluster + mean**2 / max(voices, 0.5))
    shown: Shown = "enough" if chance >= _SURE else "perhaps" if chance >= _HARDLY else "few"
    told = sample(part, base, days, period)
    rise, fall = (
        (smallest(told, told, is_rise=True), smallest(told, told, is_rise=False))
        if told is not None and shown != "few"
        else (None, None)
    )
    return Outlook(
        period, shown, round(chance * 20) / 20, _base5(mean), math.floor(low / BASE) * BASE,
        math.ceil(high / BASE) * BASE, round(mean / cluster),
        None if rise is None else round(rise, 3), None if fall is None else round(fall, 3),
    )  # fmt: skip


def _cluster(found: Spread, times: float) -> float:
    return 1 + (found.cluster - 1) * times


def _chance(posts: int, found: Spread, times: float) -> float:
    """That a period `times` as long as what was seen passes the small-cell rule."""
    cluster = _cluster(found, times)
    shape = posts / found.cluster + 0.5
    mean = shape * found.cluster * times / cluster
    least = max(LEAST_PERSONS, math.ceil(LEAST_POSTS / cluster))
    part = mean / (mean + shape)
    fewer = sum(
        math.exp(
            math.lgamma(k + shape) - math.lgamma(shape) - math.lgamma(k + 1)
            + shape * math.log1p(-part) + k * math.log(part)
        )
        for k in range(least)
    )  # fmt: skip
    return max(0.0, 1 - fewer)


def _reach(mean: float, variance: float) -> tuple[float, float]:
    """95 % of a gamma with this mean and variance."""
    shape = mean**2 / variance

    def point(z: float) -> float:
        return mean * max(0.0, 1 - 1 / (9 * shape) + z / (3 * math.sqrt(shape))) ** 3

    return point(-Z), point(Z)


def _base5(posts: float) -> int:
    return max(BASE, round(posts / BASE) * BASE)


def said(name: str, found: tuple[Outlook, ...]) -> str:
    """What can be asked about a subject, in one sentence: of 4 weeks, else of 13, else nothing."""
    by = {o.period: o for o in found}
    month, quarter = by["4 weeks"], by["13 weeks"]
    if month.shown == "enough" and _change(month):
        return f"{name}: about {month.posts} posts in 4 weeks; {_change(month)}"
    if quarter.shown == "enough":
        told = _change(quarter) or "no change could be told from chance"
        return f"{name}: about {quarter.posts} posts in 13 weeks; {told}"
    if quarter.shown == "perhaps":
        return f"{name}: about {quarter.posts} posts in 13 weeks, perhaps too few: add sources"
    if quarter.shown == "unknown":
        start = "too few in 4 weeks; " if month.shown == "few" else ""
        return f"{name}: {start}too few so far to tell for 13 weeks: add sources, or wait"
    return f"{name}: too few even in 13 weeks: add sources"


def _change(of: Outlook) -> str:
    """The smallest change in words, rounded up; empty where none would be noticed."""
    if of.rise is None:
        return ""
    larger = max(of.rise, of.rise if of.fall is None else of.fall)
    if of.fall is not None:
        for part, name in _WORDS:
            if larger <= part + 1e-9:
                return f"a change of {name} or more would be noticed"
    if of.rise <= 1:
        return "a doubling would be noticed"
    return f"only a rise to {math.ceil(of.rise - 1e-9) + 1} times would be noticed"
