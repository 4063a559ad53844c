"""The registry: cities, districts and sources from data/cities/*.toml, platforms beside them.

An installation's own changes come on top (`monitor/entering/`): `effective.registry(settings)` is
what everybody reads, `load()` alone is what ships.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from base.errors import BadInput, UniteError, unknown
from base.time import now, zone
from collectors.collector import Source
from monitor.entering.applying import Cells, applied
from monitor.entering.overlay import Overlay
from monitor.platforms import Platform, read_platforms
from monitor.tomls import Table, read
from store.schema import VOICES

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class Figure:
    """An official figure with its year and where it was read."""

    value: float
    year: int
    source: str


@dataclass(frozen=True)
class District:
    """A part of a city. names count anywhere, city_names only beside the city."""

    code: str
    name: str
    part_of: str | None
    names: tuple[str, ...]
    city_names: tuple[str, ...]
    traps: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """Why a source is listed, and where its address was read; empty where nobody said."""

    name: str
    why: str
    read_at: str


@dataclass(frozen=True)
class Span:
    """The days on which a source is listed: from `since`, up to but not with `until`."""

    since: date | None = None
    until: date | None = None

    def is_over(self, today: date) -> bool:
        """Whether the source was retired."""
        return self.until is not None and self.until <= today


@dataclass(frozen=True)
class City:
    """One city of the registry; keys as data/README.md says.

    sources: those that are collected from. recheck_days: by source, where it says how long its
    irrelevant posts are kept. notes: by source, what is told about it. spans: by source, where
    it says since when or until when it is listed. retired: sources of the past.
    """

    code: str
    name: str
    country: str
    languages: tuple[str, ...]
    time_zone: str
    latitude: float
    longitude: float
    population: Figure | None
    foreign_born: Figure | None
    names: tuple[str, ...]
    exact: tuple[str, ...]
    forms: tuple[str, ...]
    traps: tuple[str, ...]
    hashtags: tuple[str, ...]
    districts: tuple[District, ...]
    sources: tuple[Source, ...]
    recheck_days: Mapping[str, int]
    notes: Mapping[str, Note]
    spans: Mapping[str, Span] = field(default_factory=dict)
    retired: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Registry:
    """All cities and platforms, by code. left_out: changes of the installation that are wrong
    and do not count, where it goes on without them."""

    cities: Mapping[str, City]
    platforms: Mapping[str, Platform]
    left_out: tuple[UniteError, ...] = ()

    def city(self, code: str) -> City:
        """The city of that code. Raises BadInput with the codes there are."""
        if code not in self.cities:
            raise unknown("city", code, self.cities)
        return self.cities[code]

    def platform(self, code: str) -> Platform:
        """The platform of that code. Raises BadInput with the codes there are."""
        if code not in self.platforms:
            raise unknown("platform", code, self.platforms)
        return self.platforms[code]

    def source(self, city: str, code: str) -> Source:
        """A listed source of a city. Raises BadInput with the sources it has."""
        sources = {s.code: s for s in self.city(city).sources}
        if code not in sources:
            raise unknown("source", code, sources)
        return sources[code]

    @cached_property
    def with_sources(self) -> tuple[str, ...]:
        """The codes of the cities that have a source; the others are known as places."""
        return tuple(sorted(c.code for c in self.cities.values() if c.sources))

    @cached_property
    def ended(self) -> Mapping[tuple[str, str], date]:
        """(city, source) → the day from which a source is listed no more."""
        return {
            (city.code, source): span.until
            for city in self.cities.values()
            for source, span in city.spans.items()
            if span.until is not None
        }

    @cached_property
    def countries(self) -> Mapping[str, str]:
        """City code → country code."""
        return {c.code: c.country for c in self.cities.values()}

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Every place code: cities and city/district."""
        return tuple(
            code
            for c in self.cities.values()
            for code in (c.code, *(f"{c.code}/{d.code}" for d in c.districts))
        )


def load(folder: Path = DATA, overlay: Overlay | None = None, *, lenient: bool = False) -> Registry:
    """The registry under `folder`, with an installation's changes.

    Raises BadInput that names the file and the key. lenient: a change that is wrong is left out,
    and what ships must be right all the same.
    """
    paths = [folder / "platforms.toml", *sorted((folder / "cities").glob("*.toml"))]
    platforms, shipped_tables, shipped = _shipped(tuple(paths), _stamps(paths))
    tables, cities = dict(shipped_tables), dict(shipped)
    wrong = list(overlay.problems) if overlay else []
    for change in overlay.standing if overlay else ():
        try:
            cells = applied(tables.get(change.city), change)
            cities[change.city] = city(change.city, cells, change.where, platforms)
            tables[change.city] = cells
        except UniteError as error:
            wrong.append(error)
    if wrong and not lenient:
        raise wrong[0]
    return Registry(cities, platforms, tuple(wrong))


def _stamps(paths: Sequence[Path]) -> tuple[tuple[int, int], ...]:
    found = (path.stat() for path in paths if path.exists())
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in found)


@lru_cache(maxsize=2)
def _shipped(
    paths: tuple[Path, ...], _: tuple[tuple[int, int], ...]
) -> tuple[Mapping[str, Platform], Mapping[str, Cells], Mapping[str, City]]:
    """What ships, read once while its files stay as they are: TOML takes its time (0.4 s)."""
    platforms = read_platforms(paths[0])
    tables = {path.stem: read(path) for path in paths[1:]}
    cities = {code: city(code, cells, f"{code}.toml", platforms) for code, cells in tables.items()}
    return platforms, tables, cities


def city(code: str, cells: Cells, where: str, platforms: Mapping[str, Platform]) -> City:
    """The city of a file's cells. Raises BadInput that names `where` and the key."""
    table, today = Table(cells, where), now().date()
    listed = [_source(s, table, platforms) for s in table.tables("source")]
    spans = {s.text("code"): _span(s) for s in table.tables("source")}
    retired = {c for c, span in spans.items() if span.is_over(today)}
    found = City(
        code=table.text("code"),
        name=table.text("name"),
        country=table.text("country"),
        languages=table.texts("languages"),
        time_zone=table.text("time_zone"),
        latitude=table.number("latitude"),
        longitude=table.number("longitude"),
        population=_figure(table, "population", "value"),
        foreign_born=_figure(table, "foreign_born", "share"),
        names=table.texts("names"),
        exact=table.texts("exact", ()),
        forms=table.texts("forms", ()),
        traps=table.texts("traps", ()),
        hashtags=table.texts("hashtags", ()),
        districts=tuple(_district(d) for d in table.tables("district")),
        sources=tuple(s for s in listed if s.code not in retired),
        recheck_days={
            s.text("code"): s.days("recheck_days")
            for s in table.tables("source")
            if "recheck_days" in s.cells
        },
        notes={s.text("code"): _note(s) for s in table.tables("source")},
        spans={c: span for c, span in spans.items() if span != Span()},
        retired=tuple(s for s in listed if s.code in retired),
    )
    if found.code != code:
        raise BadInput(f"code {found.code!r} is not the file's name", where=where)
    try:
        zone(found.time_zone)
    except BadInput as error:
        error.where = where
        raise
    for kind, codes in (("district", found.districts), ("source", listed)):
        twice = [c for c, n in Counter(part.code for part in codes).items() if n > 1]
        if twice:
            raise BadInput(f"the {kind} {twice[0]!r} is there twice", where=where)
    return found


def _span(t: Table) -> Span:
    return Span(*(t.day(key) if key in t.cells else None for key in ("since", "until")))


def _figure(table: Table, key: str, value: str) -> Figure | None:
    if key not in table.cells:
        return None
    t = table.table(key)
    return Figure(t.number(value), int(t.number("year")), t.text("source"))


def _district(t: Table) -> District:
    names, beside = t.texts("names", ()), t.texts("city_names", ())
    if t.cells.get("needs_city"):
        names, beside = (), (*names, *beside)
    return District(
        t.text("code"), t.text("name"), t.optional("part_of"), names, beside, t.texts("traps", ())
    )


def _note(t: Table) -> Note:
    return Note(*(t.optional(key) or "" for key in ("name", "why", "read_at")))


def _source(t: Table, city: Table, platforms: Mapping[str, Platform]) -> Source:
    for key, allowed in (("voice", VOICES), ("platform", platforms)):
        if t.text(key) not in allowed:
            raise unknown(key, t.text(key), allowed, where=t.where)
    options = t.table("options").cells if "options" in t.cells else {}
    return Source(
        code=t.text("code"),
        platform=t.text("platform"),
        home=city.text("code"),
        address=t.text("address"),
        voice=t.text("voice"),
        time_zone=city.text("time_zone"),
        language=t.optional("language"),
        options={k: str(v) for k, v in options.items()},
    )
