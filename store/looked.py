"""What was looked at: the windows of each source, as shares of a period and as days.

A window without reason was looked at; one with a reason is a gap that somebody explained; what
no window covers is a gap too. A look that lost posts without saying so (`Lost`) is none. No data
is never zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from store.schema import STREAM
from store.tables import connect

_MANY = 2_000
LEAST_KEPT = 0.9  # of what the sources usually bring; below, a figure is incomplete
_DAY, _HALF = timedelta(days=1), 0.5

Span = tuple[datetime, datetime]
Key = tuple[str, str]  # home, source


@dataclass(frozen=True)
class Lost:
    """A stretch of a source that was looked at, yet what it gave cannot be trusted, and why."""

    home: str
    source: str
    since: datetime
    until: datetime
    reason: str


@dataclass(frozen=True)
class Doubts:
    """What is known of sources beyond their windows.

    lost: stretches that count as not looked at. usual: posts a day that a source usually brings.
    ended: sources that are no longer collected: they count up to their last window.
    """

    lost: tuple[Lost, ...] = ()
    usual: Mapping[Key, float] = field(default_factory=dict)
    ended: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class Looked:
    """One city in one period. share: covered days × sources / all of them, 0–1.

    days: the same share for each day, from the first. reasons: what explained gaps and lost
    stretches say. kept: each day's share again, each source weighing what it usually brings; 1
    on days on which no source counted, as nothing was lost.
    """

    share: float
    sources: tuple[str, ...]
    days: tuple[float, ...]
    reasons: tuple[str, ...]
    kept: tuple[float, ...] = ()

    def is_whole(self, first: int = 0, end: int | None = None) -> bool:
        """Whether so little was lost in the days [first, end) that their figures can be shown."""
        part = self.kept[first:end]
        return not part or sum(part) / len(part) >= LEAST_KEPT


NOBODY = Looked(0.0, (), (), ())  # of a city that nobody ever looked at
_NONE = Doubts()


def looked_at(
    windows: pa.Table, since: date, until: date, doubts: Doubts = _NONE
) -> Mapping[str, Looked]:
    """By home, for the days [since, until), counted in UTC: a city's clock moves them by hours.

    windows: WINDOW columns. A source counts from the first day it was ever looked at. A stream
    looks at every city: its windows count in each, and stand under STREAM for the others.
    """
    by_home: dict[str, dict[str, _Sourced]] = defaultdict(dict)
    for (home, source), found in _sourced(windows, since, until, doubts).items():
        by_home[home][source] = found
    streams = by_home.get(STREAM, {})
    return {home: _summed({**streams, **parts}, since, until) for home, parts in by_home.items()}


def of_city(looked: Mapping[str, Looked], city: str) -> Looked:
    """What was looked at for a city: by its own sources and the streams, or by these alone."""
    return looked.get(city) or looked.get(STREAM) or NOBODY


def looked_by_source(
    windows: pa.Table, since: date, until: date, doubts: Doubts = _NONE
) -> Mapping[Key, Looked]:
    """The same for each source by itself."""
    found = _sourced(windows, since, until, doubts)
    return {key: _summed({key[1]: part}, since, until) for key, part in found.items()}


def why(windows: pa.Table, home: str, since: date, until: date, doubts: Doubts = _NONE) -> str:
    """Which sources of a home lost part of the period, and why, as far as anybody knows."""
    mine = windows.filter(pc.equal(windows["home"], home))
    said = []
    for key, found in sorted(looked_by_source(mine, since, until, doubts).items()):
        if key not in doubts.ended and min(found.kept) < _HALF:  # of one day
            reasons = "; ".join(found.reasons) or "not looked at"
            said.append(f"{key[1]}: {reasons}")
    return "; ".join(said) or "not looked at"


@dataclass
class _Sourced:
    """One source in a period. began, ends: between which it counts, None for never, no end."""

    began: datetime | None = None
    ends: datetime | None = None
    spans: list[Span] = field(default_factory=list)
    lost: list[Span] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    usual: float = 0.0


def _sourced(windows: pa.Table, since: date, until: date, doubts: Doubts) -> dict[Key, _Sourced]:
    first, last = _midnight(since), _midnight(until)
    found: dict[Key, _Sourced] = defaultdict(_Sourced)
    for row in windows.group_by(["home", "source"]).aggregate([]).to_pylist():
        found[row["home"], row["source"]] = _Sourced()
    good = windows.filter(pc.is_null(windows["reason"]))
    ends = good.group_by(["home", "source"]).aggregate([("since", "min"), ("until", "max")])
    for row in ends.to_pylist():
        key = row["home"], row["source"]
        found[key] = _Sourced(row["since_min"], row["until_max"] if key in doubts.ended else None,
                              usual=doubts.usual.get(key, 0.0))  # fmt: skip
    here = windows.filter(pc.and_(pc.less(windows["since"], last),
                                  pc.greater(windows["until"], first)))  # fmt: skip
    for row in _joined(here.filter(pc.is_null(here["reason"]))).to_pylist():
        found[row["home"], row["source"]].spans.append((row["since"], row["until"]))
    for row in here.filter(pc.is_valid(here["reason"])).to_pylist():
        found[row["home"], row["source"]].reasons.append(row["reason"])
    for lost in doubts.lost:
        if lost.since < last and lost.until > first and (lost.home, lost.source) in found:
            found[lost.home, lost.source].lost.append((lost.since, lost.until))
            found[lost.home, lost.source].reasons.append(lost.reason)
    return dict(found)


def _joined(looks: pa.Table) -> pa.Table:
    """The looks at each source; where they are many, those that touch or overlap as one.

    Looks of every hour are 24 a day and source, and Python takes its time for each. It changes
    no share: what is left apart here is merged later.
    """
    if looks.num_rows < _MANY:
        return looks
    with connect() as con:
        con.register("looks", looks.select(["home", "source", "since", "until"]))
        return con.sql(_JOIN).to_arrow_table()


_JOIN = """
    with marked as (
        select *, since > max(until) over (
            partition by home, source order by since, until
            rows between unbounded preceding and 1 preceding
        ) as is_apart
        from looks where since < until
    ),
    numbered as (
        select *, count(*) filter (is_apart) over (
            partition by home, source order by since, until rows unbounded preceding
        ) as part
        from marked
    )
    select home, source, min(since) as since, max(until) as until
    from numbered group by home, source, part order by home, source, since
"""


def _summed(sources: Mapping[str, _Sourced], since: date, until: date) -> Looked:
    first, count = _midnight(since), max((until - since).days, 1)
    begun = {n: s for n, s in sorted(sources.items()) if s.began and s.began < _midnight(until)}
    own = {name: _own_days(source, first, count) for name, source in begun.items()}
    weigh = any(s.usual > 0 for s in begun.values())
    covered, expected, days, kept = 0.0, 0.0, [], []
    for day in range(count):
        asked = _asked(begun, first + day * _DAY)
        got = sum(own[n][day] for n in begun)
        covered, expected = covered + got, expected + len(asked)
        days.append(_share(got, len(asked)))
        heavy = sum(begun[n].usual * own[n][day] for n in begun)
        usual = sum(begun[n].usual for n in asked)
        kept.append(_share(heavy, usual) if weigh and usual else days[-1] if asked else 1.0)
    reasons = dict.fromkeys(r for _, s in sorted(sources.items()) for r in s.reasons)
    seen = tuple(n for n in begun if any(own[n]))
    return Looked(_share(covered, expected), seen, tuple(days), tuple(reasons), tuple(kept))


def _own_days(source: _Sourced, first: datetime, count: int) -> list[float]:
    """How much of each day the source was looked at."""
    days = [0.0] * count
    last = first + count * _DAY
    looks = _merged((max(b, first), min(e, last)) for b, e in source.spans)
    for begin, end in _without(looks, list(_merged(source.lost))):
        for day in range((begin - first).days, min((end - first).days + 1, count)):
            start = first + day * _DAY
            days[day] += max((min(end, start + _DAY) - max(begin, start)) / _DAY, 0.0)
    return days


def _asked(begun: Mapping[str, _Sourced], day: datetime) -> list[str]:
    """The sources that count on a day. Where all have ended, all are missed."""
    there = [n for n, s in begun.items() if s.began and s.began < day + _DAY]
    lasting = [n for n in there if (ends := begun[n].ends) is None or day < ends]
    return lasting or there


def _share(part: float, whole: float) -> float:
    return min(part / whole, 1.0) if whole else 0.0


def _without(spans: Iterable[Span], lost: Collection[Span]) -> Iterator[Span]:
    """Spans without what lies in `lost`; both in order."""
    for begin, end in spans:
        for gone, back in lost:
            if gone < end and back > begin:
                if begin < gone:
                    yield begin, gone
                begin = max(begin, back)
        if begin < end:
            yield begin, end


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans that do not overlap, in order."""
    held: Span | None = None
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
