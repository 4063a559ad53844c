"""When and where the posts of a sample fall: windows, and how many posts each holds.

Days are a city's local days, so that a window has 23 or 25 hours where the clock changes. Counts
follow volume, weekday, trend and chance; plants add to them. The sum is exactly the n asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from .plant import Plant
from .sources import WHEEL, City, SampleSource

SECOND_AREA = 0.22  # share of posts about an area that have a second one
AIMED_AREA = 0.30  # share of hate, counter and quotes that also have an area


@dataclass(frozen=True)
class Portion:
    """So many posts of one source on one day; `plant` is what added them."""

    day: date
    plant: Plant | None
    count: int


@dataclass(frozen=True)
class Window:
    """A stretch of days of one source that is collected at once."""

    source: SampleSource
    since: date
    until: date


def midnight(day: date, home: City) -> datetime:
    """The first moment of a local day, in UTC."""
    return datetime.combine(day, time(), home.zone).astimezone(UTC)


def touched(home: City, areas: Sequence[str], candidates: float) -> float:
    """Expected share of a city's posts that have any of the areas."""
    first = sum(1 for area in home.areas if area in areas) / WHEEL
    aimed = sum(home.speech)
    plain = 1 - (1 - first) * (1 - SECOND_AREA * first)
    return candidates * ((1 - aimed) * plain + aimed * AIMED_AREA * first)


def hateful(home: City, candidates: float, voice: str) -> float:
    """Expected share of hate among a source's posts."""
    return candidates * home.speech[0] * VOICE_HATE[voice]


VOICE_HATE = {"personal": 1.0, "political": 0.35, "media": 0.0, "institutional": 0.0}


@dataclass
class Calendar:
    """The windows of a sample and the portions of posts in them."""

    homes: Mapping[str, City]
    since: date
    until: date
    plants: Sequence[Plant]
    candidates: float
    random: Random

    def gaps(self, source: SampleSource) -> list[tuple[date, date]]:
        """Days on which nothing of a source is collected."""
        return [
            plant.period(self.since, self.until)
            for plant in self.plants
            if plant.kind == "gap" and plant.source == source.code
        ]

    def windows(self, days: int) -> Iterator[Window]:
        """All windows in order of their beginning; a gap is covered by none."""
        start = self.since
        while start < self.until:
            end = min(start + timedelta(days=days), self.until)
            block = [
                Window(source, *piece)
                for home in self.homes.values()
                for source in home.sources
                for piece in self._pieces(source, start, end)
            ]
            yield from sorted(
                block, key=lambda window: midnight(window.since, self.homes[window.source.home])
            )
            start = end

    def _pieces(self, source: SampleSource, start: date, end: date) -> list[tuple[date, date]]:
        pieces = [(start, end)]
        for begins, ends in self.gaps(source):
            cut = []
            for first, last in pieces:
                cut += [(first, min(last, begins)), (max(first, ends), last)]
            pieces = [(first, last) for first, last in cut if first < last]
        return pieces

    def weights(self, window: Window) -> Iterator[tuple[date, Plant | None, float]]:
        """Expected relative number of posts of each day of a window, planted ones apart."""
        source, home = window.source, self.homes[window.source.home]
        for number in range((window.until - window.since).days):
            day = window.since + timedelta(days=number)
            passed = (day - self.since) / (self.until - self.since)
            usual = home.volume * source.volume * home.week[day.weekday()]
            usual *= 1 + home.trend * passed
            yield day, None, usual * self.random.lognormvariate(-0.02, 0.2)
            for plant in self.plants:
                added = self._added(plant, source, home, day)
                if added:
                    yield day, plant, usual * added

    def _added(self, plant: Plant, source: SampleSource, home: City, day: date) -> float:
        """What a plant adds to a source's day, as a share of the usual number of posts."""
        begins, ends = plant.period(self.since, self.until)
        if plant.city != home.code or not begins <= day < ends:
            return 0.0
        if plant.kind == "event":
            return (plant.factor - 1) * touched(home, plant.areas, self.candidates)
        if plant.kind == "hate-spike":
            return (plant.factor - 1) * hateful(home, self.candidates, source.voice)
        return 0.0

    def portions(self, n: int, windows: Sequence[Window]) -> list[list[Portion]]:
        """n posts spread over the windows."""
        cells = [list(self.weights(window)) for window in windows]
        total = sum(weight for cell in cells for _, _, weight in cell)
        counts = self._round([weight * n / total for cell in cells for _, _, weight in cell], n)
        at = iter(counts)
        return [[Portion(day, plant, next(at)) for day, plant, _ in cell] for cell in cells]

    def _round(self, expected: Sequence[float], n: int) -> list[int]:
        """Whole numbers near the expected ones whose sum is n, without favour for any cell."""
        counts = [int(share + self.random.random()) for share in expected]
        while (missing := n - sum(counts)) != 0:
            step = 1 if missing > 0 else -1
            for at in self.random.choices(range(len(counts)), expected, k=abs(missing)):
                if counts[at] + step >= 0:
                    counts[at] += step
        return counts
