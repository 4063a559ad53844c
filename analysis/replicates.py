"""Fold replicates of a released figure: what an interval is computed from and nobody sees.

64 counts by fold of the authors and 64 by fold of the stories, exact. They add up to the exact
count, so nothing prints, compares, copies, pickles, iterates or serialises them; `analysis.share`
reads them and lets out of the counts tier only a coarse factor of the interval's width.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NoReturn, final

from base.errors import NotAllowed
from store.raw import Numbers


class Tier(StrEnum):
    """Who looks: `counts` (fixed grid, rounded) or `posts` (exact, under a stated purpose)."""

    COUNTS = "counts"
    POSTS = "posts"


class Unit(StrEnum):
    """What one count is: a relevant post, a distinct story, or any post seen (from coverage)."""

    POSTS = "posts"
    STORIES = "stories"
    SEEN = "seen"


@final
class Replicates:
    """The replicates of one cell; sealed. tier and unit say what it may be set beside."""

    __slots__ = ("_folds", "_story_folds", "tier", "unit")

    def __init__(self, tier: Tier, unit: Unit, folds: Numbers, story_folds: Numbers) -> None:
        self.tier = tier
        self.unit = unit
        self._folds = folds
        self._story_folds = story_folds

    def __repr__(self) -> str:
        return "<replicates; sealed>"

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise NotAllowed(
            "replicates do not leave the analysis",
            hint="analysis.share gives the share and its interval",
        )

    __reduce__ = __reduce_ex__ = __getstate__ = __copy__ = __deepcopy__ = _refuse
    __iter__ = __len__ = __getitem__ = __array__ = __bytes__ = __format__ = _refuse


def opened(replicates: Replicates) -> tuple[Numbers, Numbers]:
    """Counts by author fold and by story fold. For `analysis.share` (an import contract)."""
    return replicates._folds, replicates._story_folds
