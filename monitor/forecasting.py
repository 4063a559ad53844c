"""What the volume of a city can answer: released figures of what was looked at, into forecasts.

Figures of the counts tier alone, of one period of the grid, so a forecast tells nothing that a
comparison would not. Days that nobody looked at are left out, not taken for days without posts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pyarrow as pa

from analysis.forecast import LEAST_DAYS, PERIODS, Outlook, Sample, outlooks, sample, smallest
from analysis.periods import Period, before, containing
from analysis.release import Cell, Key, Tier
from base.time import now
from monitor import questions
from monitor.cities import City
from monitor.measured import is_measured
from monitor.workspace import Workspace
from store.looked import Looked, looked_at, of_city
from store.query import Query
from taxonomy.codes import codes

_MONTH, _QUARTER = 28, 91
_KINDS = ("month", "4 weeks", "quarter", "13 weeks", "year", "52 weeks")


@dataclass(frozen=True)
class Line:
    """One subject of a city. kind: overall, area, hate, tone or district. samples: by period.

    is_measured: False where the figure comes from a model that nobody tested in the city's
    languages: it will be shown as unmeasured, however many posts there are.
    """

    kind: str
    code: str
    name: str
    outlooks: tuple[Outlook, ...]
    samples: dict[str, Sample | None]
    is_measured: bool = True


@dataclass(frozen=True)
class Forecast:
    """A city's forecast. period: what it rests on; days: looked at in it; missing: until LEAST_DAYS
    are; open_days: nobody looked at since the first look in it."""

    city: str
    period: Period
    days: float
    missing: int
    open_days: int
    lines: tuple[Line, ...]

    @property
    def is_preliminary(self) -> bool:
        return self.missing > 0


def forecast(workspace: Workspace, city: City, today: date | None = None) -> Forecast:
    """What the city's volume can answer; without lines where nobody has looked yet."""
    period, looked = _rests_on(workspace, city.code, today or now().date())
    days = sum(looked.days)
    missing = max(0, math.ceil(LEAST_DAYS - days - 1e-6))
    seen = [i for i, share in enumerate(looked.days) if share > 0]
    open_days = sum(1 for share in looked.days[seen[0] : seen[-1] + 1] if share == 0) if seen else 0
    lines = tuple(_lines(workspace, city, period, days)) if seen else ()
    return Forecast(city.code, period, days, missing, open_days, lines)


def against(one: Line, other: Line, period: str) -> float | None:
    """The smallest difference that two cities' figures of a period would show."""
    mine, theirs = one.samples[period], other.samples[period]
    if mine is None or theirs is None:
        return None
    return smallest(mine, theirs, is_rise=True)


def _rests_on(workspace: Workspace, city: str, today: date) -> tuple[Period, Looked]:
    """The period of the grid with most days looked at, up to a quarter's; then the newest."""
    windows = workspace.lake.read("windows")
    newest = _newest(windows, city, today)
    found = []
    for kind in _KINDS:
        here = containing(kind, newest)
        for period in (here, before(kind, here.since + timedelta(days=1))):
            looked = of_city(looked_at(windows, period.since, period.until), city)
            days = min(sum(looked.days), _QUARTER)
            found.append(((days, period.until, -len(looked.days)), period, looked))
    _, period, looked = max(found, key=lambda f: f[0])
    return period, looked


def _newest(windows: pa.Table, city: str, today: date) -> date:
    columns = (windows[name].to_pylist() for name in ("home", "until", "reason"))
    ends = [u for home, u, reason in zip(*columns, strict=True) if home == city and reason is None]
    return min(today, (max(ends) - timedelta(microseconds=1)).date()) if ends else today


def _lines(workspace: Workspace, city: City, period: Period, days: float) -> Iterator[Line]:
    asked = Query(cities=(city.code,), since=period.since, until=period.until)

    def figures(*by: str, wanted: Sequence[str] = (), base: bool = False) -> dict[str | None, Cell]:
        keys: list[Key] = [(city.code, w) for w in wanted] if by else [(city.code,)]
        found = questions.figures(
            workspace, asked.replace(relevant=None) if base else asked, ("city", *by),
            Tier.COUNTS, base=base, wanted=keys,
        )  # fmt: skip
        return {cell.key[-1]: cell for cell in found.cells if cell.key[0] == city.code}

    def line(kind: str, code: str, name: str, part: Cell, base: Cell) -> Line:
        return Line(
            kind, code, name, outlooks(part, base, days),
            {p: sample(part, base, days, p) for p in PERIODS},
        )  # fmt: skip

    seen = figures(base=True)[city.code]
    relevant = figures()[city.code]
    yield line("overall", "", "All about integration", relevant, seen)
    areas = figures("area", wanted=list(codes().areas))
    for code, name in codes().areas.items():
        yield line("area", code, name, areas[code], seen)
    for head, value, name in (("hate", "yes", "Hate"), ("tone", "negative", "Negative tone")):
        cell = figures(head, wanted=[value])[value]
        told = line(head, value, name, cell, relevant)
        yield replace(told, is_measured=is_measured(head, city.languages))
    first_level = {f"{city.code}/{d.code}": d.name for d in city.districts if d.part_of is None}
    districts = figures("place", wanted=list(first_level))
    for code, name in first_level.items():
        yield line("district", code, name, districts[code], relevant)
