"""What a source usually brings, and when silence or unread items are beyond chance.

Comes in: posts a day of one source, in the order of days, and which days were looked at. Goes
out: stretches of silence, the usual number of posts on a day, whether too many items could not
be read. Pure: knows no table and no clock.

Rule of silence. The past of a stretch without posts is the 8 weeks before it: the days that were
looked at, from the first post on, without earlier silences; at least 14 of them. It gives each
weekday a mean m (drawn towards the mean of all days, and lowered by two standard errors, because
few days say it), and all of them an overdispersion k, so that a day has no post with chance
(1 + m / k) ** -k, but never a smaller one than its past can tell: of n days on which posts were
expected z had none, so (z + 1/2) / (n + 1). A stretch is silent once the chance of all its days
together is below 1 in 10,000 and it is longer than one and a half times the longest pause of that
past. A source of a post a month is therefore never called silent: nothing could be known.

Rule of unread items. Among the last items of a source (20 or those of a week), at least 5 and a
fifth could not be read, and by its own past (drawn towards 1 in 20) the chance of so many is
below 1 in 10,000.

Measured by tests/unit/test_usual.py on simulated sources that never fall silent; the figures
stand in docs/sources.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt

PAST = 56  # days
CHANCE = 1e-4
_LEAST_PAST = 14  # days that were looked at
_PAUSES = 1.5
_DRAWN = 2.0  # days of the overall mean beside each weekday's own
_LEAST_UNREAD, _LEAST_SHARE = 5, 0.2
_PRIOR = (1, 20)  # unread, of so many items
_NOISE = 3.0

Counts = npt.NDArray[np.int64]
Days = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Usual:
    """Posts that a day of its weekday usually has: the median and a robust interval."""

    middle: float
    low: float
    high: float


def silences(counts: Counts, looked: Days, truly: Days | None = None) -> list[tuple[int, int]]:
    """The silent stretches [first, end) of days; the last may reach the end of the days.

    looked: days looked at in full. truly: days that somebody knows were silent in truth; they
    are no silence, and count as any other day.
    """
    posted = np.flatnonzero(counts > 0)
    if not len(posted):
        return []
    known = np.zeros(len(counts), bool) if truly is None else truly
    usable = looked.copy()
    usable[: posted[0]] = False
    found: list[tuple[int, int]] = []
    for before, after in zip(posted, [*posted[1:], len(counts)], strict=True):
        first, end = int(before) + 1, int(after)
        empty = [d for d in range(first, end) if looked[d] and not known[d]]
        if empty and _is_silent(counts, usable, empty):
            found.append((empty[0], end))
            usable[empty] = False
    return found


def usual(counts: Counts, looked: Days, day: int) -> Usual | None:
    """What is usual on that day: the same weekday of the 8 weeks before; None before 4 weeks.

    The interval is three robust standard deviations wide to each side (from the median absolute
    deviation, never less than chance alone gives so few posts).
    """
    same = [int(counts[d]) for d in range(day - 7, max(-1, day - PAST - 1), -7) if looked[d]]
    if len(same) < 4:
        return None
    middle = float(median(same))
    spread = max(1.4826 * median(abs(n - middle) for n in same), math.sqrt(max(middle, 1.0)))
    return Usual(middle, max(0.0, middle - _NOISE * spread), middle + _NOISE * spread)


def is_unread(unread: int, items: int, past_unread: int, past_items: int) -> bool:
    """Whether so many of the last items could not be read that its past does not explain it."""
    if unread < _LEAST_UNREAD or unread < _LEAST_SHARE * items:
        return False
    p = min(1.0, (past_unread + _PRIOR[0]) / (past_items + _PRIOR[1]))
    below = sum(math.comb(items, i) * p**i * (1 - p) ** (items - i) for i in range(unread))
    return 1.0 - below < CHANCE


def _is_silent(counts: Counts, usable: Days, empty: list[int]) -> bool:
    past = np.flatnonzero(usable[max(0, empty[0] - PAST) : empty[0]]) + max(0, empty[0] - PAST)
    if len(past) < _LEAST_PAST or len(empty) <= _PAUSES * _longest_pause(counts[past]):
        return False
    weekday = past % 7
    means, k = _fit(counts[past], weekday)
    # the past itself says how often a day on which posts are expected has none (Jeffreys)
    expected = counts[past][means[weekday] >= 1]
    most = -math.log((np.count_nonzero(expected == 0) + 0.5) / (len(expected) + 1))
    against = 0.0
    for day in empty:
        m = means[day % 7]
        against += min(k * math.log1p(m / k), most if m >= 1 else math.inf)
    return against > -math.log(CHANCE)


def _longest_pause(counts: Counts) -> int:
    """The most days beside each other without a post."""
    longest = here = 0
    for n in counts:
        here = here + 1 if n == 0 else 0
        longest = max(longest, here)
    return longest


def _fit(counts: Counts, weekday: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.float64], float]:
    """Means by weekday, lowered, and the overdispersion k by moments."""
    overall = float(counts.mean())
    sums = np.bincount(weekday, counts, 7)
    means = (sums + _DRAWN * overall) / (np.bincount(weekday, minlength=7) + _DRAWN)
    expected = means[weekday]
    excess = float(((counts - expected) ** 2 - expected).sum())
    k = float((expected**2).sum()) / excess if excess > 0 else math.inf
    k = min(max(k, 0.05), 1e6)
    variance = overall + overall**2 / k
    error = math.sqrt(variance / len(counts))
    return means * max(0.2, 1 - 2 * error / overall) if overall else means, k
