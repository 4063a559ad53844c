"""Persons in each cell: the most distinct authors under one month's key, and who has none.

The minimum rule stands on this number, so it is exact where it matters: pairs of cell and author
are told apart by a composite aggregation as long as there are at most EXACT of them, and in
every cell that may be small however many there are in all. Else the server's estimate is taken
(HyperLogLog++, far below ± 0.5 % at this precision), and the cell is marked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from store.elastic.asking import Asking, Raw
from store.elastic.template import NAMELESS, PERSON

EXACT = 40_000
SMALL = 100  # persons; below, a cell may be small
_PRECISION = 40_000  # the most that the server knows
_CELLS_AT_ONCE = 500  # clauses of one search
_NAMED = {"term": {"who": PERSON}}
_ESTIMATE = {"authors": {"cardinality": {"field": "author", "precision_threshold": _PRECISION}}}
Ints = npt.NDArray[np.int64]


def persons(
    asking: Asking, cells: Sequence[Raw], personal: Ints, exact: int | None = None
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """(authors of each cell, whether the number is near and not exact).

    personal: posts of persons in each cell; their sum bounds the pairs. exact: EXACT.
    """
    most = EXACT if exact is None else exact
    near: set[Raw] = set()
    if int(personal.sum()) <= most:
        named = _told_apart(asking)
    else:
        named, pairs = _estimated(asking)
        if pairs <= most:
            named = _told_apart(asking)
        else:
            small = [raw for raw, count in named.items() if count < SMALL]
            near = named.keys() - set(small)
            for start in range(0, len(small), _CELLS_AT_ONCE):
                some = small[start : start + _CELLS_AT_ONCE]
                told = _told_apart(asking, [asking.lies_in(some)])
                named |= {raw: told[raw] for raw in some}
    return (
        np.array([named.get(raw, 0) for raw in cells], np.int64),
        np.array([raw in near for raw in cells], bool),
    )


def nameless(asking: Asking) -> Counter[Raw]:
    """The sources of personal posts without an author, in each cell: each counts as a person."""
    found = asking.buckets({"source": "source"}, only=[{"term": {"who": NAMELESS}}])
    return Counter(raw for raw, _, _ in found)


def _told_apart(asking: Asking, only: Sequence[dict[str, Any]] = ()) -> dict[Raw, int]:
    pairs = asking.buckets({"akey": "akey", "author": "author"}, only=[_NAMED, *only])
    return _most(Counter((raw, akey) for raw, (akey, _), _ in pairs))


def _estimated(asking: Asking) -> tuple[dict[Raw, int], int]:
    """(authors of each cell, how many pairs of cell and author there are), about."""
    found = asking.buckets({"akey": "akey"}, only=[_NAMED], aggs=_ESTIMATE)
    counted = {(raw, akey): int(b["authors"]["value"]) for raw, (akey,), b in found}
    return _most(counted), sum(counted.values())


def _most(counted: dict[tuple[Raw, str], int]) -> dict[Raw, int]:
    most: dict[Raw, int] = defaultdict(int)
    for (raw, _), count in counted.items():
        most[raw] = max(most[raw], count)
    return dict(most)
