"""Release: RawCounts in, Released out; small cells stop here and nowhere else.

The minimum rule, in both tiers: a figure is shown with at least 5 posts and 3 persons (the most
authors under one month's key, `store.unseal.Cells.persons`). Below, the cell says `few`.
Counts tier: only questions on the fixed grid (`analysis.grid`), figures rounded to base 5 at
random under the cell's key (`analysis.rounding`), never shown below 5. There `few` means fewer
than 5 posts or 3 persons, perhaps none: exact zeros beside few ones solve the few ones (see the
attack test), so `zero` is told only for a city's whole year without a further column.
Posts tier: exact figures, any question, exact zeros; the caller holds a purpose.
Limits: whoever asks every day sees a growing cell's figure drawn anew with each post; whoever
publishes posts himself knows them. Neither is prevented here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis import grid
from analysis.replicates import Replicates, Tier, Unit
from analysis.rounding import rounded
from base.errors import BadInput
from store.query import Query
from store.raw import RawCounts
from store.unseal import Cells, unseal

LEAST_POSTS = 5
LEAST_PERSONS = 3

Key = tuple[str | None, ...]
State = Literal["ok", "few", "zero"]

__all__ = ["LEAST_PERSONS", "LEAST_POSTS", "Cell", "Released", "Tier", "release"]


@dataclass(frozen=True)
class Cell:
    """One released figure.

    key: a value of each dimension. state: `ok`, `few` (suppressed) or `zero` (none; in the counts
    tier told for whole years only). posts: the figure in posts (or stories); None when few.
    replicates: opaque; None unless ok.
    """

    key: Key
    state: State
    posts: int | None
    replicates: Replicates | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Released:
    """Figures that may be seen, in ascending order of their keys (None last).

    query: what was asked. generation, tagger: of the index and of the posts counted.
    """

    by: tuple[str, ...]
    tier: Tier
    generation: str
    tagger: tuple[str, ...]
    query: Query
    cells: tuple[Cell, ...]

    @cached_property
    def _place(self) -> dict[Key, Cell]:
        return {cell.key: cell for cell in self.cells}

    def cell(self, *key: str | None) -> Cell:
        """The cell of a key. Raises BadInput when it was neither counted nor wanted."""
        if key not in self._place:
            raise BadInput(
                f"no cell {key!r}", expected=f"by {', '.join(self.by)}; name it in `wanted`"
            )
        return self._place[key]


def release(
    raw: RawCounts, query: Query, tier: Tier, key: bytes, wanted: Iterable[Key] = ()
) -> Released:
    """The figures of `raw`, the answer of an index to `query`.

    key: the installation's secret for rounding, 16 bytes or more. wanted: keys of cells that the
    index leaves out because no post is in them. Raises NotAllowed in the counts tier when the
    question is not on the grid.
    """
    cells = unseal(raw)
    question = grid.check(query, raw.by) if tier is Tier.COUNTS else None
    unit = _unit(query)
    shown = is_shown(cells)
    figures = cells.posts
    if question is not None:
        # posts and stories of one set share a draw; posts seen have no ids, so their number is it
        sets = cells.posts if unit is Unit.SEEN else cells.key
        figures = rounded(cells.posts, sets, key, "seen" if unit is Unit.SEEN else "posts")
    found: dict[Key, Cell] = {}
    tells_zero = question is None or question.tells_zero
    for i, name in enumerate(cells.keys):
        if shown[i]:
            replicates = Replicates(tier, unit, cells.folds[i].copy(), cells.story_folds[i].copy())
            found[name] = Cell(name, "ok", int(figures[i]), replicates)
        elif cells.posts[i]:
            found[name] = Cell(name, "few", None)
    for name in (*cells.keys, *(tuple(k) for k in wanted)):
        if len(name) != len(raw.by):
            raise BadInput(f"the cell {name!r} has no value of each of {', '.join(raw.by)}")
        empty = Cell(name, "zero", 0) if tells_zero else Cell(name, "few", None)
        found.setdefault(name, empty)
    ordered = sorted(found.values(), key=lambda c: [(v is None, v or "") for v in c.key])
    return Released(raw.by, tier, raw.generation, raw.tagger, query, tuple(ordered))


def is_shown(cells: Cells) -> npt.NDArray[np.bool_]:
    """Where the minimum rule lets a figure be shown: the one place where it stands."""
    shown: npt.NDArray[np.bool_] = (cells.posts >= LEAST_POSTS) & (cells.persons >= LEAST_PERSONS)
    return shown


def _unit(query: Query) -> Unit:
    if query.fold_stories:
        return Unit.STORIES
    return Unit.SEEN if query.relevant is None else Unit.POSTS
