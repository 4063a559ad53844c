"""Overlapping matches of one post: the longest wins.

Comes in: hits in any order. Goes out: hits in the order of rows and beginnings; within one list
and code none overlaps another. A trap takes away the hits of its own place inside it;
then places yield to a longer place whatever its code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from taxonomy.model import ASIDE, PLACES, TRAP, VOCABULARY
from taxonomy.taxonomy import Entry

Numbers = npt.NDArray[np.int64]


class Hit(NamedTuple):
    """A rule that holds at [start, end) of a text; number is its place among the rules."""

    start: int
    end: int
    number: int


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


def kinds(lists: pa.StringArray, codes: pa.StringArray) -> Numbers:
    """A number for each entry: entries of one number may not overlap; 0 for places and traps.

    Words of the vocabulary and terms put aside overlap as they like: each has its own number.
    """
    of_list, of_code = (column.dictionary_encode() for column in (lists, codes))
    number: Numbers = of_list.indices.to_numpy().astype(np.int64) * (len(of_code.dictionary) + 1)
    number += of_code.indices.to_numpy() + 1
    number[pc.is_in(lists, pa.array([PLACES, TRAP])).to_numpy(zero_copy_only=False)] = 0
    free = pc.is_in(lists, pa.array([VOCABULARY, ASIDE])).to_numpy(zero_copy_only=False)
    number[free] = number.max(initial=0) + 1 + np.arange(int(free.sum()))
    return number


def resolve(
    hits: Hits,
    entries: Sequence[Entry],
    kind_of: Numbers,
    is_trap: npt.NDArray[np.bool_],
    most: int,
) -> Hits:
    """The hits that stand, at most `most` in one row."""
    hits = hits.take(np.lexsort((hits.rule, hits.put_in, -hits.end, hits.start, hits.row)))
    kind = kind_of[hits.rule] if len(hits.rule) else hits.rule
    order = np.lexsort((np.arange(len(kind)), kind, hits.row))
    row, start, end, of = hits.row[order], hits.start[order], hits.end[order], kind[order]
    overlaps = (row[1:] == row[:-1]) & (of[1:] == of[:-1]) & (start[1:] < end[:-1])
    kept = np.ones(len(row), np.bool_)
    # only rows where something overlaps are looked at one by one
    for number in np.unique(row[1:][overlaps]).tolist():
        low, high = np.searchsorted(hits.row, (number, number + 1)).tolist()
        of_row = [
            Hit(*hit)
            for hit in zip(*(a[low:high].tolist() for a in (hits.start, hits.end, hits.rule)),
                           strict=True)
        ]  # fmt: skip
        kept[low:high] = _standing(of_row, entries, kind[low:high].tolist())
    kept &= ~is_trap[hits.rule]
    hits = hits.take(np.flatnonzero(kept))
    rank = np.arange(len(hits.row)) - np.searchsorted(hits.row, hits.row)
    return hits.take(np.flatnonzero(rank < most))


def _standing(hits: list[Hit], entries: Sequence[Entry], kind: list[int]) -> list[bool]:
    """Which hits of one row stand."""
    stands = [False] * len(hits)
    order = sorted(range(len(hits)), key=kind.__getitem__)
    for number, group in groupby(order, key=kind.__getitem__):
        places = list(group)
        if number == 0:
            places = _untrapped(hits, places, entries)
        for at in _longest(hits, places, together=number == 0, entries=entries):
            stands[at] = True
    return stands


def _untrapped(hits: list[Hit], places: list[int], entries: Sequence[Entry]) -> list[int]:
    """The places that stand inside no trap of theirs."""
    traps = [hits[n] for n in places if entries[hits[n].number].list == TRAP]
    found = []
    for n in places:
        hit, entry = hits[n], entries[hits[n].number]
        if entry.list != TRAP and not any(
            entries[trap.number].code == entry.code
            and trap.start <= hit.start
            and hit.end <= trap.end
            for trap in traps
        ):
            found.append(n)
    return found


def _longest(
    hits: list[Hit], places: list[int], *, together: bool, entries: Sequence[Entry]
) -> list[int]:
    """The longest hits without overlap; `together`: different codes of one span both stand."""
    if all(hits[a].end <= hits[b].start for a, b in pairwise(places)):
        return places
    kept: list[int] = []
    taken = bytearray(max(hits[n].end for n in places))
    codes: dict[tuple[int, int], set[str]] = {}
    for n in sorted(places, key=lambda n: (hits[n].start - hits[n].end, n)):
        hit = hits[n]
        code = entries[hit.number].code if together else ""
        if not any(taken[hit.start : hit.end]):
            taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
            codes[hit.start, hit.end] = {code}
            kept.append(n)
        elif together and code not in codes.get((hit.start, hit.end), {code}):
            codes[hit.start, hit.end].add(code)
            kept.append(n)
    return kept
