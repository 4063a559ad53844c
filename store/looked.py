"""What was looked at: the windows of each source, as shares of a period and as days.

A window without reason was looked at; one with a reason is a gap that somebody explained; what
no window covers is a gap too. No data is never zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pyarrow as pa

_DAY = timedelta(days=1)
_NOBODY_LEFT: Mapping[tuple[str, str], date] = {}
_NO_SOURCES: Mapping[str, list[tuple[datetime, datetime]]] = {}


@dataclass(frozen=True)
class Looked:
    """One city in one period. share: covered days × sources / all of them, 0–1.

    days: the same share for each day, from the first. reasons: what explained gaps say.
    """

    share: float
    sources: tuple[str, ...]
    days: tuple[float, ...]
    reasons: tuple[str, ...]


def looked_at(
    windows: pa.Table,
    since: date,
    until: date,
    retired: Mapping[tuple[str, str], date] = _NOBODY_LEFT,
) -> Mapping[str, Looked]:
    """By home, for the days [since, until), counted in UTC: a city's clock moves them by hours.

    windows: WINDOW columns. retired: (home, source) → the day from which nobody means to look. A
    source counts from the first day it was ever looked at to that day.
    """
    by_home: dict[str, dict[str, list[tuple[datetime, datetime]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    reasons: dict[str, list[str]] = defaultdict(list)
    first, last = _midnight(since), _midnight(until)
    columns = ("home", "source", "since", "until", "reason")
    for home, source, begin, end, reason in zip(
        *(windows[c].to_pylist() for c in columns), strict=True
    ):
        if reason is None:
            by_home[home][source].append((begin, end))
        elif begin < last and end > first:
            reasons[home].append(reason)
    return {
        home: _of_home(
            sources,
            first,
            last,
            tuple(dict.fromkeys(reasons[home])),
            {s: _midnight(day) for (of, s), day in retired.items() if of == home},
        )
        for home, sources in {**dict.fromkeys(reasons, _NO_SOURCES), **by_home}.items()
    }


def _of_home(
    sources: Mapping[str, list[tuple[datetime, datetime]]],
    first: datetime,
    last: datetime,
    reasons: tuple[str, ...],
    retired: Mapping[str, datetime],
) -> Looked:
    count = max((last - first).days, 1)
    covered = [0.0] * count
    expected = [0] * count
    seen = []
    for source, spans in sorted(sources.items()):
        began = min(begin for begin, _ in spans)
        gone = retired.get(source, last)
        if began >= last:
            continue
        for day in range(count):
            expected[day] += first + (day + 1) * _DAY > began and first + day * _DAY < gone
        parts = list(_merged((max(b, first), min(e, last)) for b, e in spans))
        if parts:
            seen.append(source)
        for begin, end in parts:
            for day in range((begin - first).days, (end - first).days + 1):
                if day < count:
                    start = first + day * _DAY
                    part = min(end, start + _DAY) - max(begin, start)
                    covered[day] += max(part / _DAY, 0.0)
    days = tuple(min(c / e, 1.0) if e else 0.0 for c, e in zip(covered, expected, strict=True))
    total = sum(expected)
    return Looked(min(sum(covered) / total, 1.0) if total else 0.0, tuple(seen), days, reasons)


def _merged(
    spans: Iterable[tuple[datetime, datetime]],
) -> Iterable[tuple[datetime, datetime]]:
    """Spans that do not overlap, in order."""
    held: tuple[datetime, datetime] | None = None
    for begin, end in sorted(s for s in spans if s[0] < s[1]):
        if held is None or begin > held[1]:
            if held is not None:
                yield held
            held = (begin, end)
        else:
            held = (held[0], max(held[1], end))
    if held is not None:
        yield held


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
