"""Pairs of a cell and a 64-bit hash: telling apart what must be counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Column = npt.NDArray[np.integer]
NO_INTS, NO_HASHES = np.zeros(0, np.int64), np.zeros(0, np.uint64)
_GOLDEN, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, eq=False)
class Pairs:
    """(cell, hash) pairs, and one small number that belongs to the hash."""

    cell: Ints
    hash: Hashes
    extra: Column

    def pick(self, which: Column | npt.NDArray[np.bool_]) -> Pairs:
        return Pairs(self.cell[which], self.hash[which], self.extra[which])

    def once(self) -> Pairs:
        """Each pair once."""
        return self.pick(first_of_each(self.cell, self.hash))


def joined(pairs: Sequence[Pairs]) -> Pairs:
    """All pairs, one list after another."""
    return Pairs(
        np.concatenate([NO_INTS, *(p.cell for p in pairs)]),
        np.concatenate([NO_HASHES, *(p.hash for p in pairs)]),
        np.concatenate([NO_INTS, *(p.extra for p in pairs)]),
    )


def marks_of(pairs: Sequence[Pairs]) -> npt.NDArray[np.bool_]:
    """A bit for each hash, by its last 22."""
    bits = np.zeros(1 << 22, bool)
    for p in pairs:
        bits[p.hash & np.uint64(len(bits) - 1)] = True
    return bits


def first_of_each(cell: Ints, hashes: Hashes) -> Ints:
    """One place of each distinct (cell, hash), in no order.

    All rows write their own place into a slot of a table; who reads his own place there has
    won, who reads an equal pair's is a repeat, the others try another slot. Each round has a
    winner in every slot, so it ends. Measured twice as fast as sorting.
    """
    key = hashes ^ (cell.astype(np.uint64) * _GOLDEN)
    bits = max(4, (2 * len(key)).bit_length())
    shift = np.uint64(64 - bits)
    table = np.empty(1 << bits, np.int32 if len(key) < 1 << 31 else np.int64)
    left = np.arange(len(key), dtype=table.dtype)
    slot = (key * _MIX) >> shift
    found = [left[:0]]
    turn = int(_MIX)
    while len(left):
        table[slot] = left
        winner = table[slot]
        has_won = winner == left
        found.append(left[has_won])
        winner, left = winner[~has_won], left[~has_won]
        left = left[(hashes[winner] != hashes[left]) | (cell[winner] != cell[left])]
        turn = (turn * int(_GOLDEN)) % (1 << 64)  # odd times odd: another way to scatter
        slot = ((key[left] ^ (key[left] >> np.uint64(29))) * np.uint64(turn)) >> shift
    return np.concatenate(found)
