"""Dimensions as numbers: what makes a row's cell, with one numbering for all segments.

Each segment numbers its own codes; an axis knows what each of these numbers is in a numbering
that all segments of the generation share, and how a shared number is written in a cell's key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from store.embedded.pairs import Column, Ints
from store.embedded.reader import Attached, Generation
from store.embedded.tables import CLOSED
from store.index import MANY
from store.query import Query, lies_in

_EPOCH = date(1970, 1, 1)
_BASE = _EPOCH.year * 12


@dataclass(frozen=True, eq=False)
class Axis:
    """A dimension with one value a post.

    column: of a segment's posts. size: how many shared numbers. number(place of the segment,
    column) → shared numbers; label(shared number) → as in the key.
    """

    column: str
    size: int
    number: Callable[[int, Column], Ints]
    label: Callable[[int], str | None]


@dataclass(frozen=True, eq=False)
class ManyAxis:
    """A dimension with none, one or many values a post: per segment, the codes of each set.

    start, length: where a set's shared numbers stand in `flat`.
    """

    column: str
    size: int
    label: Callable[[int], str | None]
    start: list[Ints]
    length: list[Ints]
    flat: list[Ints]

    def spread(self, place: int, column: Column) -> tuple[Ints, Ints]:
        """(which row, its shared number) for each code of each row."""
        length = self.length[place][column]
        row = np.repeat(np.arange(len(column)), length)
        before = np.cumsum(length) - length
        at = np.repeat(self.start[place][column] - before, length)
        at += np.arange(len(row))
        return row, self.flat[place][at]


def axis(
    name: str, query: Query, generation: Generation, countries: Mapping[str, str]
) -> Axis | ManyAxis:
    """The axis of a dimension of `store.index`."""
    segments = generation.segments
    if name in MANY:
        return _many(MANY[name], query, generation)
    if name in ("day", "week", "month"):
        return _calendar(name, segments)
    if name == "hate":
        return _fixed("_hate", (None, "no", "yes"))
    if name in CLOSED:
        return _fixed(f"_{name}", (None, *CLOSED[name][1]))
    if name == "country":
        return _coded("city", [
            [None if c is None else countries.get(c) for c in s.codes["city"]] for s in segments
        ])  # fmt: skip
    return _coded(name, [s.codes[name] for s in segments])


def _fixed(column: str, labels: Sequence[str | None]) -> Axis:
    return Axis(column, len(labels), lambda _, given: given.astype(np.int64), labels.__getitem__)


def _coded(field: str, codes: Sequence[Sequence[str | None]]) -> Axis:
    """An axis of the codes that the segments number each in its own way."""
    labels: list[str | None] = [None, *sorted({c for listed in codes for c in listed if c})]
    shared = {code: number for number, code in enumerate(labels)}
    numbers = [np.array([shared[c] for c in listed], np.int64) for listed in codes]
    return Axis(
        f"_{field}", len(labels), lambda place, given: numbers[place][given], labels.__getitem__
    )


def _calendar(name: str, segments: Sequence[Attached]) -> Axis:
    first = min((s.first for s in segments if s.rows), default=0) - 6
    size = max((s.last for s in segments if s.rows), default=0) - first + 1
    if name == "month":
        low = _month(np.array([first]))[0]
        return Axis(
            "_day",
            int(_month(np.array([first + size]))[0] - low + 1),
            lambda _, given: _month(given.astype(np.int64)) - low,
            lambda number: "{:04d}-{:02d}".format(*_year_month(int(low) + number)),
        )

    def number(_: int, given: Column) -> Ints:
        days = given.astype(np.int64)
        # 1970-01-01 was a Thursday
        return (days - (days + 3) % 7 if name == "week" else days) - first

    return Axis("_day", size, number, lambda n: (_EPOCH + timedelta(days=first + n)).isoformat())


def _month(days: Ints) -> Ints:
    """Months since January 1970."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _year_month(months: int) -> tuple[int, int]:
    year, month = divmod(_BASE + months, 12)
    return year, month + 1


def _many(field: str, query: Query, generation: Generation) -> ManyAxis:
    asked = getattr(query, field)
    key = (field, asked)
    if key not in generation.memo:
        generation.memo[key] = _many_of(field, asked, generation.segments)
    found = generation.memo[key]
    assert isinstance(found, ManyAxis)
    return found


def _many_of(field: str, asked: tuple[str, ...], segments: Sequence[Attached]) -> ManyAxis:
    def wanted(code: str) -> bool:
        if not asked:
            return True
        if field == "places":
            return any(lies_in(code, one) for one in asked)
        return code in asked

    members = {code for s in segments for codes in s.sets[field] for code in codes}
    labels = sorted(filter(wanted, members))
    shared = {code: number for number, code in enumerate(labels)}
    start, length, flat = [], [], []
    for segment in segments:
        cells = [[shared[c] for c in codes if c in shared] for codes in segment.sets[field]]
        sizes = np.array([len(c) for c in cells], np.int64)
        length.append(sizes)
        start.append(np.cumsum(sizes) - sizes)
        flat.append(np.array([n for c in cells for n in c], np.int64))
    return ManyAxis(f"_{field}", len(labels), labels.__getitem__, start, length, flat)
