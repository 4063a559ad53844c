"""The matches of a batch as arrays, for the steps that count and compare them.

Comes in: a batch with `matches` (and `text`). Goes out: for each match its row, list, code and
offsets; which of two kinds of match stand near each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from store.schema import CODES, MATCH
from taxonomy.model import ASIDE, VOCABULARY

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

_REACH = 1 << 32  # more than any offset: rows stay apart when offsets are compared


@dataclass(frozen=True)
class Evidence:
    """row, start, end: of each match, in the order of the batch. list_of, code_of, term_of:
    numbers into lists, codes, terms."""

    size: int
    row: Numbers
    start: Numbers
    end: Numbers
    list_of: Numbers
    code_of: Numbers
    term_of: Numbers
    lists: tuple[str, ...]
    codes: tuple[str, ...]
    terms: tuple[str, ...]

    @classmethod
    def of(cls, posts: pa.RecordBatch) -> Evidence:
        column = posts.column("matches")
        flat = column.flatten()
        numbers = []
        names = []
        for field in ("list", "code", "term"):
            encoded = flat.field(field).dictionary_encode()
            numbers.append(encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64))
            names.append(tuple(encoded.dictionary.to_pylist()))
        return cls(
            posts.num_rows,
            _parents(column),
            flat.field("start").to_numpy(zero_copy_only=False).astype(np.int64),
            flat.field("end").to_numpy(zero_copy_only=False).astype(np.int64),
            *numbers,
            *names,
        )

    def is_of(self, list_name: str, codes: Collection[str] | None = None) -> Flags:
        """Which matches are of a list, and of one of some codes."""
        if list_name not in self.lists:
            return np.zeros(len(self.row), np.bool_)
        found: Flags = self.list_of == self.lists.index(list_name)
        if codes is not None:
            wanted = np.array([code in codes for code in self.codes], np.bool_)
            found &= wanted[self.code_of]
        return found

    @property
    def areas(self) -> Flags:
        """Which matches stand for an area of the post: its terms, and words that tell it."""
        return self.is_of("terms") | self.is_of(VOCABULARY)

    def speak_of_areas(self, codes: Collection[str] | None = None) -> Flags:
        """Which matches are words of an area, also of one that the post is not about."""
        lists = ("terms", VOCABULARY, ASIDE)
        return np.logical_or.reduce([self.is_of(name, codes) for name in lists])

    def has(self, matches: Flags) -> Flags:
        """Which rows have one of these matches."""
        return np.bincount(self.row[matches], minlength=self.size).astype(np.bool_)

    def count(self, matches: Flags) -> Numbers:
        """How many of these matches each row has."""
        return np.bincount(self.row[matches], minlength=self.size)

    def most(self, matches: Flags, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The greatest value among these matches in each row, 0 where there is none."""
        found = np.zeros(self.size)
        np.maximum.at(found, self.row[matches], values[matches])
        return found

    def near(self, these: Flags, those: Flags, reach: int) -> Flags:
        """Which of `these` have one of `those` in their row that overlaps them or stands at most
        `reach` characters away."""
        found = np.zeros(len(self.row), np.bool_)
        places = np.flatnonzero(these)
        if not len(places) or not those.any():
            return found
        ends = np.sort(self.row[those] * _REACH + self.end[those])
        starts = np.sort(self.row[those] * _REACH + self.start[those])
        base = self.row[places] * _REACH
        # those that begin before the window closes, less those that end before it opens
        low = base + np.maximum(self.start[places] - reach, 0)
        begun = np.searchsorted(starts, base + self.end[places] + reach, side="right")
        ended = np.searchsorted(ends, low, side="left")
        found[places] = begun > ended
        return found

    def follows(self, these: Flags, those: Flags, within: int) -> Flags:
        """Which of `these` begin at most `within` characters behind the end of one of `those`."""
        found = np.zeros(len(self.row), np.bool_)
        ends = np.sort(self.row[those] * _REACH + self.end[those])
        base, start = self.row[these] * _REACH, self.start[these]
        low = np.searchsorted(ends, base + np.maximum(start - within, 0), side="left")
        found[these] = np.searchsorted(ends, base + start, side="right") > low
        return found

    def rows(self, list_name: str) -> Iterator[tuple[int, list[tuple[int, str, str]]]]:
        """(row, [(place of the match, code, term)]) for each row with matches of a list."""
        places = np.flatnonzero(self.is_of(list_name))
        found = (
            (row, at, self.codes[code], self.terms[term])
            for row, at, code, term in zip(
                self.row[places].tolist(), places.tolist(),
                self.code_of[places].tolist(), self.term_of[places].tolist(), strict=True,
            )
        )  # fmt: skip
        for row, of_row in groupby(found, key=itemgetter(0)):
            yield row, [hit[1:] for hit in of_row]


def measured(posts: pa.RecordBatch, languages: frozenset[str]) -> Flags:
    """Which rows are in one of some languages: those that have the words for a head."""
    known = pc.is_in(
        posts.column("lang").cast(pa.string()), pa.array(sorted(languages), pa.string())
    )
    found: Flags = known.to_numpy(zero_copy_only=False)
    return found


def _parents(column: pa.ListArray) -> Numbers:
    offsets = column.offsets.to_numpy(zero_copy_only=False)
    return np.repeat(np.arange(len(column)), np.diff(offsets))


def codes_array(codes: Sequence[Sequence[str]]) -> pa.ListArray:
    """Codes of each row as a column."""
    return pa.array(codes, CODES)


def distinct(evidence: Evidence, matches: Flags) -> pa.ListArray:
    """The different codes of some matches in each row, sorted."""
    order = sorted(range(len(evidence.codes)), key=lambda n: evidence.codes[n])
    rank = np.empty(max(len(order), 1), np.int64)
    rank[order] = np.arange(len(order))
    width = len(rank)
    keys = np.unique(evidence.row[matches] * width + rank[evidence.code_of[matches]])
    offsets = np.searchsorted(keys // width, np.arange(evidence.size + 1))
    names = pa.array([evidence.codes[n] for n in order], pa.string())
    values = names.take(pa.array(keys % width)) if len(keys) else pa.array([], pa.string())
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values).cast(CODES)


def without_matches(posts: pa.RecordBatch, places: Sequence[int]) -> pa.ListArray:
    """`matches` less those at some places."""
    column = posts.column("matches")
    kept = np.ones(len(column.flatten()), np.bool_)
    kept[list(places)] = False
    return kept_matches(column, kept)


def kept_matches(column: pa.ListArray, kept: Flags) -> pa.ListArray:
    """A column of matches with those that are kept."""
    sizes = np.bincount(_parents(column)[kept], minlength=len(column))
    offsets = pa.array(np.concatenate([[0], np.cumsum(sizes)]), pa.int32())
    values = column.flatten().filter(pa.array(kept))
    return pa.ListArray.from_arrays(offsets, values).cast(pa.list_(MATCH))
