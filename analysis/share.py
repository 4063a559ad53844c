"""A share of a base, with the interval that authors and stories leave it.

Formula. p = x / n. Posts of one author, and copies of one story, are no independent voices, so
the variance is the two-way delete-a-group jackknife over 64 folds of authors and of stories:

    V = V(fold) + V(story_fold) - V(posts),   V(fold) = 63/64 * sum over g of (p_g - p)^2,
    p_g = (x - x_g) / (n - n_g),              V(posts) = p (1 - p) / n,

never less than V(posts), the binomial variance. The interval is Wilson's with n / deff posts,
deff = V / V(posts), and Student's t with the degrees of freedom that the spread over folds has
(Satterthwaite), so a share that rests on two busy authors gets a wide one. At 0 and 1 the
jackknife is blind: there deff is the effective size of a fold's clusters in the base. Of posts
seen only author folds exist; the stories' part is then taken from the numerator. Of stories,
each its own cluster, V = V(story_fold).

In the counts tier x and n are rounded to base 5: the interval takes in both roundings (variance
4 posts² each, squares added), and the width only changes in steps of a fourth root of two, so
that it does not betray the exact counts.

Units: shares 0 to 1, intervals of 95 %. Literature: Kott (2001), The delete-a-group jackknife,
Journal of Official Statistics 17; Cameron, Gelbach & Miller (2011), Robust inference with
multiway clustering, JBES 29; Wilson (1927); Korn & Graubard (1998) for the effective sample.
Limits: says how far chance among authors and stories reaches, not whether the sources are
representative; with fewer than about 10 authors in the base it is too narrow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from analysis.release import Cell, Tier
from analysis.replicates import Replicates, Unit, opened
from analysis.rounding import VARIANCE
from base.errors import BadInput
from store.raw import Numbers

LEVEL = 0.95
Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
_STEP = 2**0.25


@dataclass(frozen=True)
class Share:
    """A share and its 95 % interval, each 0 to 1."""

    share: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.share:.1%} ({self.low:.1%} to {self.high:.1%})"


@dataclass(frozen=True)
class Spread:
    """How far the posts of a cell are from independent voices.

    cluster: posts per independent author. authors, stories: by how much each raises the variance
    of the share above a binomial's (0: not at all). stretch: (t / z)² of the interval.
    In the counts tier each only changes in coarse steps, as the width of an interval does.
    """

    cluster: float
    authors: float
    stories: float
    stretch: float


def spread(part: Cell, base: Cell) -> Spread | None:
    """The spread of a share over authors and stories; None where it has no interval."""
    if part.replicates is None or base.replicates is None:
        return None
    _check(part.replicates, base.replicates)
    rounds = base.replicates.tier is Tier.COUNTS
    x_folds, _ = opened(part.replicates)
    found = _variances(part.replicates, base.replicates)
    cluster = _cluster_size(x_folds)
    if found is None:  # every post of the base is one of the part's
        return Spread(_step(cluster, rounds), 0.0, 0.0, 1.0)
    authors, stories = (max(0.0, v / found.binomial - 1) for v in (found.author, found.story))
    if not math.isfinite(authors + stories):
        return None
    return Spread(
        _step(cluster, rounds), _step(1 + authors, rounds) - 1, _step(1 + stories, rounds) - 1,
        _step((student(found.freedom) / Z) ** 2, rounds),
    )  # fmt: skip


def _step(widening: float, rounds: bool) -> float:
    """A factor of the interval's width as it may be known: in the counts tier in coarse steps."""
    return _STEP ** math.ceil(math.log(widening, _STEP) - 1e-9) if rounds else widening


def share(part: Cell, base: Cell) -> Share | None:
    """The share of `part` in `base`; None when one of them is too few or the base is empty."""
    if part.posts is None or base.posts is None or base.replicates is None:
        return None
    _check(part.replicates, base.replicates)
    rounds = base.replicates.tier is Tier.COUNTS
    n = base.posts
    p = min(1.0, part.posts / n)
    widening = _step(_widening(part.replicates, base.replicates), rounds)
    return interval(p, n, widening, rounds=rounds)


def interval(p: float, n: float, widening: float, *, rounds: bool) -> Share:
    """A share p of n posts, of which `widening` make an independent voice, with its interval.

    rounds: whether both figures are rounded to base 5.
    """
    low, high = wilson(p, n / widening)
    if rounds:
        reach = Z**2 * VARIANCE * ((p > 0) + p**2) / n**2
        low = p - math.sqrt((p - low) ** 2 + reach)
        high = p + math.sqrt((high - p) ** 2 + reach)
    return Share(p, max(0.0, low), min(1.0, high))


def wilson(p: float, n: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share p of n, which need not be whole."""
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return min(p, max(0.0, centre - half)), max(p, min(1.0, centre + half))


def jackknife(part: Numbers, base: Numbers) -> tuple[float, float]:
    """Delete-a-group variance of sum(part) / sum(base), and its degrees of freedom.

    Infinite when one group holds the whole base.
    """
    x, n, groups = part.sum(), base.sum(), len(base)
    left = n - base
    if (left <= 0).any():
        return math.inf, 1.0
    squares = ((x - part) / left - x / n) ** 2
    variance = (groups - 1) / groups * squares.sum()
    # E z^4 = 3 (E z^2)^2 for normal z: equal groups have `groups` degrees, one busy group 3
    fourth = (squares**2).sum()
    freedom = 3 * squares.sum() ** 2 / fourth if fourth > 0 else math.inf
    return float(variance), float(min(freedom, groups - 1))


@dataclass(frozen=True)
class _Variances:
    """Of a share: as if each post were a voice, by author, by story; degrees of freedom."""

    binomial: float
    author: float
    story: float
    freedom: float


def _variances(part: Replicates | None, base: Replicates) -> _Variances | None:
    """None for a share of 0 or 1, where the jackknife is blind."""
    n_folds, n_stories = opened(base)
    n = int(n_folds.sum())
    x_folds, x_stories = opened(part) if part is not None else (np.zeros_like(n_folds),) * 2
    p = x_folds.sum() / n
    binomial = p * (1 - p) / n
    if not 0 < p < 1:
        return None
    by_author, freedom = jackknife(x_folds, n_folds)
    if base.unit is Unit.STORIES:
        return _Variances(binomial, by_author, binomial, freedom)
    if base.unit is Unit.SEEN:
        # posts that come in stories spread more over the story folds than posts by themselves
        over = ((x_stories - x_stories.mean()) ** 2).sum() * 64 / 63 - x_stories.sum()
        return _Variances(binomial, by_author, binomial + max(0.0, float(over)) / n**2, freedom)
    by_story, other = jackknife(x_stories, n_stories)
    return _Variances(binomial, by_author, by_story, min(freedom, other))


def _widening(part: Replicates | None, base: Replicates) -> float:
    """By what the number of posts is divided: design effect × (t / z)²; at least 1."""
    n_folds, _ = opened(base)
    n = float(n_folds.sum())
    found = _variances(part, base)
    if found is None:
        return _cluster_size(n_folds)
    variance = found.author + found.story - found.binomial
    if not math.isfinite(variance):
        return n
    return min(n, max(1.0, variance / found.binomial) * (student(found.freedom) / Z) ** 2)


def _cluster_size(folds: Numbers) -> float:
    """Posts per independent voice, from the spread of a base over its folds; at least 1."""
    groups, n = len(folds), folds.sum()
    return max(1.0, float(((folds - n / groups) ** 2).sum() * groups / (groups - 1) / n))


def student(freedom: float) -> float:
    """The 97.5 % point of Student's t (Hill's expansion; to 1 % from 3 degrees up)."""
    v = max(freedom, 3.0)
    g = (
        (Z**3 + Z) / 4,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
        (79 * Z**9 + 776 * Z**7 + 1482 * Z**5 - 1920 * Z**3 - 945 * Z) / 92160,
    )
    return Z + sum(term / v ** (i + 1) for i, term in enumerate(g))


def _check(part: Replicates | None, base: Replicates) -> None:
    if part is None:
        return
    if part.tier is not base.tier:
        raise BadInput("a share of figures of two tiers", expected="both in one tier")
    if part.unit is not base.unit and (part.unit, base.unit) != (Unit.POSTS, Unit.SEEN):
        raise BadInput(
            f"a share of {part.unit} in {base.unit}", expected="posts in posts or in posts seen"
        )
