"""From rows to cells: the counting itself, in numpy.

Each segment gives a `Part`: what can be added up is added up, and what must be told apart
across segments (authors of a month, stories) is kept as pairs of cell and 64-bit hash, each
pair once. `merge` adds the parts and counts the pairs. Exact, but for two texts with one hash
(2**-64 a pair).

Stories cost little: a row that its story is named after (a head) is a story of its own; only
the other rows of a story, near-duplicates, are told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from base.errors import BadInput
from store.embedded.axes import Axis, ManyAxis
from store.embedded.pairs import Column, Hashes, Ints, Pairs, joined, marks_of
from store.embedded.tables import NAMELESS, PERSON, VOICE
from store.unseal import Cells

FOLDS = 64
COLUMNS = ("_bits", "_key", "_author", "_akey", "_story", "_tagger")
_WIDEST = 1 << 62
_DENSE = 1 << 23


@dataclass(frozen=True, eq=False)
class Part:
    """One segment's cells. cells: shared cell numbers, ascending; the rest is per cell or pairs.

    authors: extra is the shared number of the author's month. nameless: hash is the source.
    tails: rows that are not their story's head; hash is the story, extra its fold. headed,
    headed_folds: posts that are heads. story, is_head, sfold: a value a row; row, cell: for
    each row of each cell.
    """

    cells: Ints
    posts: Ints
    key: Ints
    others: Ints
    folds: Ints
    sfolds: Ints
    headed: Ints
    headed_folds: Ints
    authors: Pairs
    nameless: Pairs
    tails: Pairs
    story: Hashes
    is_head: npt.NDArray[np.bool_]
    sfold: Column
    row: Ints | None
    cell: Ints

    def heads(self, bits: npt.NDArray[np.bool_]) -> Pairs:
        """The heads whose hash has its bit set: those that tails may belong to."""
        near = self.is_head & bits[self.story & np.uint64(len(bits) - 1)]
        if self.row is None:
            which = row = np.flatnonzero(near)
        else:
            which = np.flatnonzero(near[self.row])
            row = self.row[which]
        return Pairs(self.cell[which], self.story[row], self.sfold[row])


def part(
    place: int, rows: Mapping[str, Column], axes: Sequence[Axis | ManyAxis], akeys: Axis
) -> Part | None:
    """What one segment's rows add. None when they make no cell."""
    numbers, row = _cell_numbers(place, rows, axes)
    if not len(numbers):
        return None
    cells, cell = _present(numbers)
    count = len(cells)
    bits, story = rows["_bits"], rows["_story"].astype(np.uint64)
    is_head, sfold = bits >> 14 == 1, bits >> 6 & 63

    def of(column: Column, which: Column | None = None) -> Column:
        if row is None:
            return column if which is None else column[which]
        return column[row] if which is None else column[row[which]]

    bits = of(bits)
    who = bits >> 12 & 3
    named, nameless = np.flatnonzero(who == PERSON), np.flatnonzero(who == NAMELESS)
    tails = np.flatnonzero(bits >> 14 == 0)
    key = of(rows["_key"])
    posts = np.bincount(cell, minlength=count)
    sfolds = _by_fold(cell, bits >> 6 & 63, count)
    return Part(
        cells=cells,
        posts=posts,
        # halves, so that a float64 sum of weights stays exact
        key=_sum(cell, key >> 16, count) * 65536 + _sum(cell, key & 65535, count),
        others=np.bincount(cell[who == VOICE], minlength=count),
        folds=_by_fold(cell, bits & 63, count),
        sfolds=sfolds,
        headed=posts - np.bincount(cell[tails], minlength=count),
        headed_folds=sfolds - _by_fold(cell[tails], of(sfold, tails), count),
        authors=Pairs(
            cell[named],
            of(rows["_author"], named).astype(np.uint64),
            akeys.number(place, of(rows["_akey"], named)).astype(np.int32),
        ).once(),
        nameless=Pairs(
            cell[nameless], of(rows["_author"], nameless).astype(np.uint64), cell[nameless]
        ).once(),
        tails=Pairs(cell[tails], of(story, tails).astype(np.uint64), of(sfold, tails)).once(),
        story=story,
        is_head=is_head,
        sfold=sfold,
        row=row,
        cell=cell,
    )


def merge(
    parts: Sequence[Part], axes: Sequence[Axis | ManyAxis], months: int, *, fold_stories: bool
) -> Cells:
    """The cells of all segments together. months: how many months authors can be of."""
    cells, _ = _present(np.concatenate([p.cells for p in parts]) if parts else np.zeros(0, int))
    count = len(cells)
    at = [np.searchsorted(cells, p.cells) for p in parts]

    def added(name: str, *shape: int) -> Ints:
        total = np.zeros((count, *shape), np.int64)
        for where, p in zip(at, parts, strict=True):
            total[where] += getattr(p, name)  # a part has each cell once
        return total

    def moved(pairs: Sequence[Pairs]) -> list[Pairs]:
        return [Pairs(w[p.cell], p.hash, p.extra) for w, p in zip(at, pairs, strict=True)]

    # few tails, many heads: a bit a tail tells apart the heads that no tail can belong to
    tails = joined(moved([p.tails for p in parts]))
    marks = marks_of([tails])
    heads = joined(moved([p.heads(marks) for p in parts]))
    once = joined([heads, tails]).once()
    stories = added("headed") + _count(once, count) - _count(heads, count)
    posts, folds, sfolds = added("posts"), added("folds", FOLDS), added("sfolds", FOLDS)
    if fold_stories:
        posts, folds = stories, added("headed_folds", FOLDS)
        folds = folds + _by_fold(once.cell, once.extra, count)
        folds = sfolds = folds - _by_fold(heads.cell, heads.extra, count)
    nameless = joined(moved([p.nameless for p in parts])).once()
    persons = added("others") + _count(nameless, count)
    persons = persons + _most(moved([p.authors for p in parts]), count, months)
    order, keys = _labels(cells, axes)
    return Cells(
        keys=keys,
        posts=posts[order],
        stories=stories[order],
        persons=persons[order],
        key=(added("key") & 0xFFFFFFFF)[order],
        folds=folds[order],
        story_folds=sfolds[order],
    )


def _cell_numbers(
    place: int, rows: Mapping[str, Column], axes: Sequence[Axis | ManyAxis]
) -> tuple[Ints, Ints | None]:
    """The shared cell number of each row; with dimensions of many values, and which row it is."""
    total = len(rows["_bits"])
    numbers, row = np.zeros(total, np.int64), None
    widest = 1
    for axis in axes:
        widest *= max(1, axis.size)
        if widest > _WIDEST:
            raise BadInput("too many dimensions at once", hint="ask for fewer")
        column = rows[axis.column] if row is None else rows[axis.column][row]
        if isinstance(axis, ManyAxis):
            which, number = axis.spread(place, column)
            numbers = numbers[which]
            row = which if row is None else row[which]
        else:
            number = axis.number(place, column)
        numbers = numbers * axis.size + number
    return numbers, row


def _present(numbers: Ints) -> tuple[Ints, Ints]:
    """The numbers that occur, ascending, and the place of each among them."""
    if len(numbers) and numbers.max() < min(_DENSE, 64 + 8 * len(numbers)):
        there = np.zeros(int(numbers.max()) + 1, bool)
        there[numbers] = True
        cells = np.flatnonzero(there)
        return cells, (np.cumsum(there) - 1)[numbers]
    cells, places = np.unique(numbers, return_inverse=True)
    return cells, places


def _sum(cell: Ints, values: Ints, count: int) -> Ints:
    return np.bincount(cell, weights=values, minlength=count).astype(np.int64)


def _by_fold(cell: Ints, fold: Column, count: int) -> Ints:
    return np.bincount(cell * FOLDS + fold, minlength=count * FOLDS).reshape(count, FOLDS)


def _count(pairs: Pairs, count: int) -> Ints:
    return np.bincount(pairs.cell, minlength=count)


def _most(parts: Sequence[Pairs], count: int, months: int) -> Ints:
    """The most distinct authors of each cell under one month.

    Each part has its pairs once. A month that several parts hold is told apart: against the
    part that holds most of it, only the authors of the other parts can repeat.
    """
    held = np.array([np.bincount(p.extra, minlength=months) for p in parts]).reshape(-1, months)
    largest = held.argmax(axis=0) if len(parts) else np.zeros(months, int)
    shared = np.count_nonzero(held, axis=0) > 1
    alone, again = list(parts), []
    if shared.any():
        small = [p.pick(shared[p.extra] & (largest[p.extra] != i)) for i, p in enumerate(parts)]
        marks = marks_of(small)
        last = np.uint64(len(marks) - 1)
        for i, p in enumerate(parts):
            is_large = largest[p.extra] == i
            near = is_large & shared[p.extra] & marks[p.hash & last]
            alone[i] = p.pick(is_large & ~near)
            small.append(p.pick(near))
        again = [joined(small).once()]
    if count * months <= _DENSE:
        total = np.zeros(count * months, np.int64)
        for p in (*alone, *again):
            total += np.bincount(p.cell * months + p.extra, minlength=count * months)
        dense: Ints = total.reshape(count, months).max(axis=1)
        return dense
    everything = joined((*alone, *again))
    most = np.zeros(count, np.int64)
    found, times = np.unique(everything.cell * months + everything.extra, return_counts=True)
    np.maximum.at(most, found // months, times)
    return most


def _labels(
    cells: Ints, axes: Sequence[Axis | ManyAxis]
) -> tuple[Ints, list[tuple[str | None, ...]]]:
    """The keys in ascending order, None last, and the order that brings cells there."""
    columns: list[list[str | None]] = []
    rest = cells
    for axis in reversed(axes):
        rest, number = np.divmod(rest, max(1, axis.size))
        known = {n: axis.label(n) for n in np.unique(number).tolist()}
        columns.append([known[n] for n in number.tolist()])
    keys = list(zip(*reversed(columns), strict=True)) if axes else [() for _ in cells]
    order = sorted(range(len(keys)), key=lambda i: [(k is None, k or "") for k in keys[i]])
    return np.array(order, np.int64), [keys[i] for i in order]
