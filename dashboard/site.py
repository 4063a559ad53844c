"""What pages read from: one installation, its names, and what was looked at, per generation."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from base.time import now
from monitor import demo, overview
from monitor.overview import Looked
from monitor.workspace import Workspace
from taxonomy.model import Area
from taxonomy.taxonomy import load

MOST_CITIES = 6


@dataclass(frozen=True)
class Names:
    """Codes and how they are called."""

    areas: Mapping[str, Area]
    dimensions: Mapping[str, str]
    languages: Mapping[str, str]
    cities: Mapping[str, str]
    platforms: Mapping[str, str]

    def area(self, code: str) -> str:
        """The label of an area."""
        return self.areas[code].label if code in self.areas else code

    def city(self, code: str) -> str:
        """The name of a city."""
        return self.cities.get(code, code)


class Site:
    """Shared by all pages of one application; safe for many threads."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.is_invented = demo.is_invented(workspace.home)
        self._lock = threading.Lock()
        self._looked: tuple[str, Looked] | None = None

    @cached_property
    def names(self) -> Names:
        """Labels of areas, languages, cities and platforms."""
        labels, registry = load(languages=()), self.workspace.registry
        return Names(
            labels.areas,
            labels.dimensions,
            {**{c: t.name for c, t in labels.languages.items()}, "und": "unknown language"},
            {c.code: c.name for c in registry.cities.values()},
            {p.code: p.name for p in registry.platforms.values()},
        )

    @property
    def looked(self) -> Looked:
        """Coverage at the generation that answers now."""
        generation = self.workspace.index.generation()
        with self._lock:
            if self._looked is None or self._looked[0] != generation:
                self._looked = generation, overview.looked(self.workspace)
            return self._looked[1]

    def cities(self) -> list[str]:
        """Cities that anything was looked at in, by name; all of the registry before that."""
        found = set(self.looked.sources) or set(self.names.cities)
        return sorted(found & set(self.names.cities), key=self.names.city)

    def newest(self) -> date:
        """The last day that was looked at; today before anything was."""
        return self.looked.newest or now().date()

    def elapsed(self, until: date) -> date:
        """`until`, or the day after today when that comes first: later days cannot be seen yet."""
        return min(until, max(now().date(), self.newest()) + timedelta(days=1))

    def map_order(self, cities: Sequence[str], columns: int = 3) -> list[str]:
        """Cities as rows of a map: north above south, west before east."""
        place = self.workspace.registry.cities
        down = sorted(cities, key=lambda c: -place[c].latitude)
        rows = (down[i : i + columns] for i in range(0, len(down), columns))
        return [c for row in rows for c in sorted(row, key=lambda c: place[c].longitude)]
