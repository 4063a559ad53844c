"""Connected components of near-duplicate signatures; pure, order-independent.

Rows with equal signatures are compared once. Exactness: a pair is linked if and only if its
signatures share a band, at least LEAST of 64 values agree, and at most `reach` seconds lie
between the two rows.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nlp.signature import bands

LEAST = 0.7
_CHUNK = 2_000_000  # pairs compared at a time: 64 × 2 bytes each way

Indexes = npt.NDArray[np.int64]


def components(
    signatures: npt.NDArray[np.uint16],
    seconds: npt.NDArray[np.float64],
    reach: float,
    only: npt.NDArray[np.bool_] | None,
) -> Indexes:
    """For each of n rows the index of its component's first row, rows ordered as given.

    signatures: uint16[n, 64]. seconds: float64[n]. only: if given, links between two rows that
    are both False are not looked for.
    """
    count = len(signatures)
    if count == 0:
        return np.zeros(0, np.int64)
    as_void = np.ascontiguousarray(signatures).view(f"V{signatures.shape[1] * 2}").ravel()
    _, first, kind = np.unique(as_void, return_index=True, return_inverse=True)
    kind = kind.ravel()
    unique = signatures[first]
    wanted = None
    if only is not None:
        wanted = np.zeros(len(first), np.bool_)
        np.logical_or.at(wanted, kind, only)
    pairs = _similar_pairs(unique, wanted)
    parent = np.arange(count, dtype=np.int64)
    for left, right in _row_links(kind, seconds, pairs, reach):
        _union(parent, left, right)
    return np.array([_root(parent, i) for i in range(count)], np.int64)


def _similar_pairs(unique: npt.NDArray[np.uint16], wanted: npt.NDArray[np.bool_] | None) -> Indexes:
    """[m, 2] indexes of distinct signatures that share a band and agree enough."""
    found: list[Indexes] = [np.zeros((0, 2), np.int64)]
    keys = bands(unique)
    for column in keys.T:
        rows = np.arange(len(unique))
        if wanted is not None:  # only buckets that hold a wanted row
            rows = np.flatnonzero(np.isin(column, column[wanted]))
        order = rows[np.argsort(column[rows], kind="stable")]
        sorted_keys = column[order]
        step = 1
        alive = np.flatnonzero(sorted_keys[1:] == sorted_keys[:-1])
        while len(alive):  # pairs at distance `step` within a bucket
            pairs = np.stack([order[alive], order[alive + step]], axis=1)
            if wanted is not None:
                pairs = pairs[wanted[pairs[:, 0]] | wanted[pairs[:, 1]]]
            for start in range(0, len(pairs), _CHUNK):
                part = pairs[start : start + _CHUNK]
                agree = (unique[part[:, 0]] == unique[part[:, 1]]).mean(axis=1)
                found.append(np.sort(part[agree >= LEAST], axis=1))
            step += 1
            alive = alive[alive + step < len(order)]
            alive = alive[sorted_keys[alive] == sorted_keys[alive + step]]
    return np.unique(np.concatenate(found), axis=0)


def _row_links(
    kind: Indexes, seconds: npt.NDArray[np.float64], pairs: Indexes, reach: float
) -> list[tuple[int, int]]:
    """Row pairs that suffice: neighbours in time within equal, and between similar, signatures.

    If two rows are within reach, so are all rows between them, so neighbours connect them.
    """
    order = np.lexsort((seconds, kind))
    same = (kind[order[1:]] == kind[order[:-1]]) & (
        seconds[order[1:]] - seconds[order[:-1]] <= reach
    )
    links = list(zip(order[:-1][same].tolist(), order[1:][same].tolist(), strict=True))
    starts = np.searchsorted(kind[order], np.arange(kind.max() + 2))
    first, last = seconds[order[starts[:-1]]], seconds[order[starts[1:] - 1]]
    is_chain = np.ones(len(first), np.bool_)  # no gap beyond reach within the kind
    is_chain[kind[order[1:]][~same & (kind[order[1:]] == kind[order[:-1]])]] = False
    # Two chains are linked if and only if their spans overlap or lie within reach.
    left, right = pairs.T
    both_chains = is_chain[left] & is_chain[right]
    gap = np.maximum(first[left], first[right]) - np.minimum(last[left], last[right])
    near = both_chains & (gap <= reach)
    any_of = order[starts[:-1]]
    links += zip(any_of[left[near]].tolist(), any_of[right[near]].tolist(), strict=True)
    for a, b in pairs[~both_chains].tolist():
        rows = np.concatenate([order[starts[a] : starts[a + 1]], order[starts[b] : starts[b + 1]]])
        rows = rows[np.argsort(seconds[rows], kind="stable")]
        close = seconds[rows[1:]] - seconds[rows[:-1]] <= reach
        links.extend(zip(rows[:-1][close].tolist(), rows[1:][close].tolist(), strict=True))
    return links


def _root(parent: Indexes, row: int) -> int:
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = int(parent[row])
    return row


def _union(parent: Indexes, left: int, right: int) -> None:
    low, high = sorted((_root(parent, left), _root(parent, right)))
    parent[high] = low
