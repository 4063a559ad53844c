"""The entries of all lists by column: 70,000 of them are read at every start, few are looked at.

A sequence of `Entry` in which each becomes an object when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import overload

from taxonomy.model import Entry, Slang

COLUMNS = ("list", "language", "code", "term", "match", "where", "example")
CONTEXTS = ("with_words", "without")
SLANG = ("kind", "strength", "reclaimed", "literal", "since", "meaning")


@dataclass(frozen=True, eq=False)
class Entries(Sequence[Entry]):
    """columns: of COLUMNS, equally long. contexts: of CONTEXTS, tuples of words that rows share.
    slang: row → the values of SLANG.
    """

    columns: Mapping[str, Sequence[str]]
    contexts: Mapping[str, Sequence[tuple[str, ...]]]
    slang: Mapping[int, tuple[str, int, bool, bool, str, str]]
    _made: dict[int, Entry] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Entries:
        """The columns of entries that are objects already."""
        every = list(entries)
        return cls(
            {name: [getattr(e, name) for e in every] for name in COLUMNS},
            {name: [getattr(e, name) for e in every] for name in CONTEXTS},
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
        found = self._made.get(place)
        if found is None:
            found = self._made[place] = self._entry(place)
        return found

    def _entry(self, place: int) -> Entry:
        list_, language, code, term, match, where, example = (
            self.columns[name][place] for name in COLUMNS
        )
        with_words, without = (self.contexts[name][place] for name in CONTEXTS)
        plain = (list_, language, code, term, match, with_words, without, where, example)
        more = self.slang.get(place)
        return Entry(*plain) if more is None else Slang(*plain, *more)

    def select(self, list_name: str, language: str | None = None) -> Iterator[Entry]:
        """The entries of one list, of one language or of all."""
        pairs = zip(self.columns["list"], self.columns["language"], strict=True)
        for place, (of_list, of_language) in enumerate(pairs):
            if of_list == list_name and language in (None, of_language):
                yield self[place]

    def languages(self, list_name: str) -> frozenset[str]:
        """The languages that have entries in a list."""
        pairs = zip(self.columns["list"], self.columns["language"], strict=True)
        return frozenset(language for of_list, language in pairs if of_list == list_name)

    def and_more(self, entries: Iterable[Entry]) -> Entries:
        """These, and others after them."""
        more = Entries.of(entries)
        size = len(self)
        return Entries(
            {n: [*self.columns[n], *more.columns[n]] for n in COLUMNS},
            {n: [*self.contexts[n], *more.contexts[n]] for n in CONTEXTS},
            dict(chain(self.slang.items(), ((n + size, s) for n, s in more.slang.items()))),
            dict(chain(self._made.items(), ((n + size, e) for n, e in more._made.items()))),
        )
