"""By which stems the entries of the lists and the hints are found: made once, then kept.

Comes in: rules and hints, numbered. Goes out: a table that is kept, and `Found`: for some
languages, the words by which something is found (`closed`), and what such words begin with
(`open`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Listed = tuple[int, str, tuple[str, ...], bool]  # number, language, stems, whether they are open
_SCHEMA = pa.schema(
    [
        ("language", pa.string()), ("stem", pa.string()), ("is_open", pa.bool_()),
        ("numbers", pa.list_(pa.int32())),
    ]
)  # fmt: skip
ByStem = Mapping[str, list[int]]  # stem → what is found by it


@dataclass(frozen=True)
class Found:
    """closed: whole folded word → what it may be. open: beginning of a word → the same."""

    closed: ByStem
    open: ByStem

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.open), default=0)

    def numbers(self, word: str, least: int = 1) -> list[int]:
        """What is found by a word or by one of its beginnings of `least` letters and more."""
        found = list(self.closed.get(word, ()))
        for size in range(least, min(len(word), self._longest) + 1):
            found += self.open.get(word[:size], ())
        return found


def table(listed: Iterable[Listed]) -> pa.Table:
    """All stems, one row for one of one language."""
    rows: dict[tuple[str, str, bool], list[int]] = defaultdict(list)
    for number, language, stems, is_open in listed:
        for stem in stems:
            rows[language, stem, is_open].append(number)
    columns = [*zip(*rows, strict=True), rows.values()] if rows else [[] for _ in _SCHEMA]
    return pa.table([pa.array(list(c), f.type) for c, f in zip(columns, _SCHEMA, strict=True)],
                    _SCHEMA)  # fmt: skip


def found_by(stems: pa.Table, languages: Iterable[str], first: int = 0) -> Found:
    """The stems of some languages. first: is added to the numbers."""
    wanted = pa.array(list(languages), pa.string())
    stems = stems.filter(pc.is_in(stems["language"], wanted))
    closed: dict[str, list[int]] = defaultdict(list)
    open_: dict[str, list[int]] = defaultdict(list)
    words, are_open = (stems[name].to_pylist() for name in ("stem", "is_open"))
    lists = stems["numbers"].combine_chunks()
    # a list for each row by hand: Arrow makes an object of each of them first
    numbers = (lists.flatten().to_numpy().astype(np.int64) + first).tolist()
    ends = np.cumsum(pc.list_value_length(lists).to_numpy()).tolist()
    begin = 0
    for stem, is_open, end in zip(words, are_open, ends, strict=True):
        (open_ if is_open else closed)[stem] += numbers[begin:end]
        begin = end
    return Found(dict(closed), dict(open_))
