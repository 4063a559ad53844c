"""What pages read from: one installation, its names, and what was looked at, kept per state."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from base.errors import UniteError
from base.time import now
from dashboard import formats, words
from monitor import demo
from monitor.entering import effective as registry
from monitor.sources import alerts, doubts
from monitor.sources.breaks import Break, breaks
from monitor.terms import effective
from monitor.versions import Versions, versions
from monitor.workspace import Workspace
from store.index import IndexMissing
from store.looked import Doubts, Looked, looked_at, looked_by_source, why
from taxonomy.codes import codes

MOST_CITIES = 6
MOST_KNOWN = 256
LAG = timedelta(days=14)


@dataclass(frozen=True)
class Names:
    """Codes and how they are called. dimension_of: area → dimension."""

    areas: Mapping[str, str]
    dimensions: Mapping[str, str]
    dimension_of: Mapping[str, str]
    languages: Mapping[str, str]
    cities: Mapping[str, str]
    platforms: Mapping[str, str]

    def area(self, code: str) -> str:
        """The label of an area."""
        return self.areas.get(code, code)

    def city(self, code: str) -> str:
        """The name of a city."""
        return self.cities.get(code, code)


class Site:
    """Shared by all pages of one application; safe for many threads."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.is_invented = demo.is_invented(workspace.home)
        self._lock = threading.Lock()
        self._state = ""
        self._stamp = registry.stamp(workspace.settings)
        self._known: dict[Any, tuple[threading.Lock, list[Any]]] = {}

    @cached_property
    def names(self) -> Names:
        """Labels of areas, languages, cities and platforms."""
        labels, registry = codes(), self.workspace.registry
        return Names(
            labels.areas,
            labels.dimensions,
            labels.dimension_of,
            {**labels.languages, "und": "unknown language"},
            {h.code: h.name for h in registry.homes.values()},
            {p.code: p.name for p in registry.platforms.values()},
        )

    def state(self) -> str:
        """What answers rest on: the registry, the index, the looks at sources, the silences known
        to be true."""
        self.follow()
        looks = self.workspace.lake.table("windows").version()
        known = alerts.stamp(self.workspace.database)
        try:
            generation = self.workspace.index.generation()
        except IndexMissing:  # said by whatever asks for a figure; health can be told without
            generation = ""
        return f"{generation} {looks} {known} {self._stamp}"

    def remember(self, key: Any, work_out: Callable[[], Any]) -> Any:
        """What `work_out` gives, once for each key and state; others wait for it."""
        state = self.state()
        with self._lock:
            if self._state != state:
                self._state, self._known = state, {}
            if len(self._known) > MOST_KNOWN:
                self._known.pop(next(iter(self._known)))
            lock, found = self._known.setdefault(key, (threading.Lock(), []))
        with lock:
            if not found:
                found.append(work_out())
            return found[0]

    def warm(self) -> None:
        """Open what the first visitor would wait for; what is missing is said on the page."""
        with suppress(UniteError):
            self.newest()
            self.workspace.database.access_log(1)

    def windows(self) -> pa.Table:
        """What was looked at and when."""
        return self.remember("windows", lambda: self.workspace.lake.read("windows"))

    def doubts(self) -> Doubts:
        """What figures must leave out, though it was looked at."""
        found: Doubts = self.remember(
            "doubts", lambda: doubts.doubts(self.workspace, self.windows())
        )
        return found

    def why(self, city: str, since: date, until: date) -> str:
        """Why the sources of a city lost part of a period."""
        return why(self.windows(), city, since, self.elapsed(until), self.doubts())

    def looked(self, since: date, until: date) -> Mapping[str, Looked]:
        """Coverage by city, up to the newest day."""
        until = self.elapsed(until)
        found: Mapping[str, Looked] = self.remember(
            ("looked", since, until), lambda: looked_at(self.windows(), since, until, self.doubts())
        )
        return found

    def looked_by_source(self, city: str, since: date, until: date) -> Mapping[str, Looked]:
        """Coverage of one city by source, up to the newest day."""
        windows = self.windows().filter(pc.field("home") == city)
        found = looked_by_source(windows, since, self.elapsed(until), self.doubts())
        return {source: there for (_, source), there in found.items()}

    def breaks(self, city: str) -> tuple[Break, ...]:
        """The days on which a city's sources changed."""
        found: tuple[Break, ...] = self.remember(
            ("breaks", city),
            lambda: breaks(
                self.workspace.registry.home(city),
                registry.overlay_of(self.workspace.settings),
                self.windows(),
            ),
        )
        return found

    def follow(self) -> None:
        """Read the registry again where somebody changed it."""
        stamp = registry.stamp(self.workspace.settings)
        with self._lock:
            if stamp != self._stamp:
                self._stamp, self._known = stamp, {}
                self.workspace.reread()
                self.__dict__.pop("names", None)

    def tagged(self) -> str:
        """What every figure says when some posts were tagged by other word lists; else nothing."""
        changes = effective.overlay_path(self.workspace.settings)
        stamp = changes.stat().st_mtime_ns if changes.exists() else 0
        found: Versions = self.remember(("versions", stamp), lambda: versions(self.workspace))
        if found.current is None or not found.others:
            return ""
        return words.TAGGED.format(share=formats.share(found.share, None))

    def cities(self) -> list[str]:
        """Cities that anything was looked at in, by name; before that those with sources."""
        registry = self.workspace.registry
        found = set(pc.unique(self.windows()["home"]).to_pylist()) & registry.cities.keys()
        return sorted(found or registry.with_sources, key=self.names.city)

    def newest(self) -> date:
        """The last whole day that was looked at; today before anything was."""
        windows = self.windows().filter(pc.field("reason").is_null())
        last = pc.max(windows["until"]).as_py()
        return now().date() if last is None else (last - timedelta(hours=12)).date()

    def elapsed(self, until: date) -> date:
        """`until`, or the first day that could not be looked at yet, when that comes first.

        What is not collected for longer than LAG is a gap like any other.
        """
        newest, today = self.newest(), now().date()
        return min(until, (newest if today - newest <= LAG else today) + timedelta(days=1))

    def map_order(self, cities: Sequence[str], columns: int = 3) -> list[str]:
        """Cities as rows of a map: north above south, west before east; countries come after."""
        place = self.workspace.registry.cities
        down = sorted((c for c in cities if c in place), key=lambda c: -place[c].latitude)
        rows = (down[i : i + columns] for i in range(0, len(down), columns))
        mapped = [c for row in rows for c in sorted(row, key=lambda c: place[c].longitude)]
        return [*mapped, *(c for c in cities if c not in place)]
