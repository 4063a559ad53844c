"""Overlapping matches of one post: the longest wins.

Comes in: hits in any order. Goes out: hits in the order of rows and beginnings; within one list
and code none overlaps another. A trap takes away the hits of its own place inside it;
then places yield to a longer place whatever its code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from taxonomy.model import ASIDE, PLACES, TRAP, VOCABULARY

Numbers = npt.NDArray[np.int64]
_BITS = 32  # of a key are for what stands behind; more than a text or a list can have


@dataclass(frozen=True)
class Hits:
    """Rules that hold: the row of the batch, where in its text, the rule's number."""

    row: Numbers
    start: Numbers
    end: Numbers
    rule: Numbers
    put_in: Numbers  # 1 where the words are only read in another word

    def take(self, places: Numbers) -> Hits:
        columns = (self.row, self.start, self.end, self.rule, self.put_in)
        return Hits(*(column[places] for column in columns))


@dataclass(frozen=True, eq=False)
class Kinds:
    """Of each rule: kind: rules of one number may not overlap; 0 for places and traps. code: a
    number for its code."""

    kind: Numbers
    code: Numbers
    is_trap: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, lists: pa.StringArray, codes: pa.StringArray) -> Kinds:
        """Words of the vocabulary and terms put aside overlap as they like: each has its own
        kind."""
        of_list, of_code = (column.dictionary_encode() for column in (lists, codes))
        code = of_code.indices.to_numpy().astype(np.int64)
        kind = of_list.indices.to_numpy().astype(np.int64) * (len(of_code.dictionary) + 1)
        kind += code + 1
        kind[_is_in(lists, PLACES, TRAP)] = 0
        free = _is_in(lists, VOCABULARY, ASIDE)
        kind[free] = kind.max(initial=0) + 1 + np.arange(int(free.sum()))
        return cls(kind, code, _is_in(lists, TRAP))


def _is_in(lists: pa.StringArray, *names: str) -> npt.NDArray[np.bool_]:
    found = pc.is_in(lists, pa.array(names, pa.string())).to_numpy(zero_copy_only=False)
    return found.astype(np.bool_)


def resolve(hits: Hits, kinds: Kinds, most: int) -> Hits:
    """The hits that stand, at most `most` in one row."""
    if not len(hits.row):
        return hits
    at, last = (hits.row << _BITS) | hits.start, (hits.put_in << _BITS) | hits.rule
    hits = hits.take(np.lexsort((last, -hits.end, at)))
    kept = ~kinds.is_trap[hits.rule]
    group = (hits.row << _BITS) | kinds.kind[hits.rule]
    order = np.argsort(group, kind="stable")
    twice = _twice(hits, kinds, order, group)
    kept[twice] = False
    order = order[~twice[order]]
    group, start, end = group[order], hits.start[order], hits.end[order]
    overlaps = (group[1:] == group[:-1]) & (start[1:] < end[:-1])
    # only where something overlaps hits are looked at one by one
    for number in np.unique(group[1:][overlaps]).tolist():
        low, high = np.searchsorted(group, (number, number + 1)).tolist()
        members = order[low:high]
        rule = hits.rule[members]
        of_group = [
            _Hit(*hit)
            for hit in zip(start[low:high].tolist(), end[low:high].tolist(),
                           kinds.code[rule].tolist(), kinds.is_trap[rule].tolist(), strict=True)
        ]  # fmt: skip
        is_place = number & ((1 << _BITS) - 1) == 0
        gone = np.ones(len(members), np.bool_)
        gone[_standing(of_group, is_place=is_place)] = False
        kept[members[gone]] = False
    hits = hits.take(np.flatnonzero(kept))
    rank = np.arange(len(hits.row)) - np.searchsorted(hits.row, hits.row)
    return hits.take(np.flatnonzero(rank < most))


def _twice(hits: Hits, kinds: Kinds, order: Numbers, group: Numbers) -> npt.NDArray[np.bool_]:
    """Which hits say of the same words what the one before them in their group says: names that
    a place has in all languages and in this one."""
    of = (group, hits.start, hits.end, kinds.code[hits.rule], kinds.is_trap[hits.rule])
    same = np.ones(max(len(order) - 1, 0), np.bool_)
    for column in of:
        ordered = column[order]
        same &= ordered[1:] == ordered[:-1]
    found = np.zeros(len(order), np.bool_)
    found[order[1:][same]] = True
    return found


class _Hit(NamedTuple):
    start: int
    end: int
    code: int
    is_trap: bool


def _standing(hits: Sequence[_Hit], *, is_place: bool) -> list[int]:
    """Which hits of one kind in one row stand, in the order of their beginning."""
    places = list(range(len(hits)))
    return _longest(hits, _untrapped(hits) if is_place else places, together=is_place)


def _untrapped(hits: Sequence[_Hit]) -> list[int]:
    """The places that stand inside no trap of theirs."""
    traps = [hit for hit in hits if hit.is_trap]
    return [
        n
        for n, hit in enumerate(hits)
        if not hit.is_trap
        and not any(
            trap.code == hit.code and trap.start <= hit.start and hit.end <= trap.end
            for trap in traps
        )
    ]


def _longest(hits: Sequence[_Hit], places: list[int], *, together: bool) -> list[int]:
    """The longest hits without overlap; `together`: different codes of one span both stand."""
    if all(hits[a].end <= hits[b].start for a, b in pairwise(places)):
        return places
    kept: list[int] = []
    taken = bytearray(max(hits[n].end for n in places))
    codes: dict[tuple[int, int], set[int]] = {}
    for n in sorted(places, key=lambda n: (hits[n].start - hits[n].end, n)):
        start, end, code, _ = hits[n]
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            codes[start, end] = {code}
            kept.append(n)
        elif together and code not in codes.get((start, end), {code}):
            codes[start, end].add(code)
            kept.append(n)
    return kept
