"""The entries of all lists by column: 70,000 of them are read at every start, few are looked at.

A sequence of `Entry` in which each becomes an object when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

import pyarrow as pa
import pyarrow.compute as pc

from taxonomy.model import Entry, Slang

COLUMNS = ("list", "language", "code", "term", "match", "where", "example")
CONTEXTS = ("with_words", "without")
SLANG = ("kind", "strength", "reclaimed", "literal", "since", "meaning")

_AT_ONCE = 10_000

Words = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Entries(Sequence[Entry]):
    """columns: of COLUMNS, arrays of strings. contexts: of CONTEXTS, for each row the number of
    its words in `words`, which rows share. slang: row → the values of SLANG.
    """

    columns: Mapping[str, pa.Array]
    contexts: Mapping[str, pa.Array]
    words: pa.ListArray
    slang: Mapping[int, tuple[str, int, bool, bool, str, str]]
    _made: dict[int, Entry] = field(default_factory=dict, repr=False)
    _words: dict[int, Words] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Entries:
        """The columns of entries that are objects already."""
        every = list(entries)
        words: dict[Words, int] = {}
        return cls(
            {n: pa.array([getattr(e, n) for e in every], pa.string()) for n in COLUMNS},
            {
                n: pa.array(
                    [words.setdefault(getattr(e, n), len(words)) for e in every], pa.int32()
                )
                for n in CONTEXTS
            },
            pa.array(list(words), pa.list_(pa.string())),
            {
                n: (e.kind, e.strength, e.reclaimed, e.literal, e.since, e.meaning)
                for n, e in enumerate(every)
                if isinstance(e, Slang)
            },
            dict(enumerate(every)),
        )

    def __len__(self) -> int:
        return len(self.columns["term"])

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Entry, ...]: ...
    def __getitem__(self, place: int | slice) -> Entry | tuple[Entry, ...]:
        if isinstance(place, slice):
            return tuple(self[n] for n in range(*place.indices(len(self))))
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        if place not in self._made:
            # one at a time no array is made for it: 7 µs against 50
            cells = [self.columns[name][place].as_py() for name in COLUMNS]
            numbers = [self.contexts[name][place].as_py() for name in CONTEXTS]
            self._made[place] = self._entry(place, cells, numbers)
        return self._made[place]

    def __iter__(self) -> Iterator[Entry]:
        """All entries; none is kept as an object."""
        for first in range(0, len(self), _AT_ONCE):
            yield from self._entries(range(first, min(first + _AT_ONCE, len(self))))

    def _entries(self, places: Sequence[int]) -> Iterator[Entry]:
        """The entries at some places: many at once cost a tenth."""
        taken = pa.array(places, pa.int64())
        columns = (self.columns[name].take(taken).to_pylist() for name in COLUMNS)
        contexts = (self.contexts[name].take(taken).to_pylist() for name in CONTEXTS)
        for place, cells, numbers in zip(
            places, zip(*columns, strict=True), zip(*contexts, strict=True), strict=True
        ):
            yield self._entry(place, cells, numbers)

    def _entry(self, place: int, cells: Sequence[str], numbers: Iterable[int]) -> Entry:
        list_, language, code, term, match, where, example = cells
        with_words, without = map(self._context, numbers)
        plain = (list_, language, code, term, match, with_words, without, where, example)
        more = self.slang.get(place)
        return Entry(*plain) if more is None else Slang(*plain, *more)

    def _context(self, number: int) -> Words:
        found = self._words.get(number)
        if found is None:
            found = self._words[number] = tuple(self.words[number].as_py())
        return found

    def select(self, list_name: str, language: str | None = None) -> Iterator[Entry]:
        """The entries of one list, of one language or of all."""
        fits = pc.equal(self.columns["list"], list_name)
        if language is not None:
            fits = pc.and_(fits, pc.equal(self.columns["language"], language))
        places = pc.indices_nonzero(fits).to_pylist()
        new = [place for place in places if place not in self._made]
        self._made.update(zip(new, self._entries(new), strict=True))
        return (self._made[place] for place in places)

    def languages(self, list_name: str) -> frozenset[str]:
        """The languages that have entries in a list."""
        fits = pc.equal(self.columns["list"], list_name)
        return frozenset(self.columns["language"].filter(fits).unique().to_pylist())

    def and_more(self, entries: Iterable[Entry]) -> Entries:
        """These, and others after them."""
        more = Entries.of(entries)
        size, first = len(self), len(self.words)
        return Entries(
            {n: pa.concat_arrays([self.columns[n], more.columns[n]]) for n in COLUMNS},
            {
                n: pa.concat_arrays(
                    [self.contexts[n], pc.add(more.contexts[n], pa.scalar(first, pa.int32()))]
                )
                for n in CONTEXTS
            },
            pa.concat_arrays([self.words, more.words]),
            {**self.slang, **{n + size: s for n, s in more.slang.items()}},
            {**self._made, **{n + size: e for n, e in more._made.items()}},
        )
