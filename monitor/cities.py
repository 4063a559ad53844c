"""The registry: cities, districts and sources from data/cities/*.toml, platforms beside them.

Sources that speak of no single city have a country or Europe for a home (`monitor/homes.py`). An
installation's own changes come on top (`monitor/entering/`): `effective.registry(settings)` is
what everybody reads, `load()` alone is what ships.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

from base.errors import BadInput, UniteError, unknown
from collectors.collector import Source
from monitor.entering.applying import Cells, applied
from monitor.entering.overlay import Overlay
from monitor.homes import HOME_KEYS, District, Home, Note, Span, each_once, read_wider, shared
from monitor.platforms import Platform, read_platforms
from monitor.streams.listed import read_streams
from monitor.tomls import Table, open_table

__all__ = ["DATA", "City", "District", "Figure", "Home", "Note", "Registry", "Span", "city", "load"]
DATA = Path(__file__).resolve().parent.parent / "data"
_AREAS = ("city", "greater city")
_DISTRICT = ("code", "name", "part_of", "names", "city_names", "needs_city", "traps")
_KEYS = (
    *HOME_KEYS, "latitude", "longitude", "population", "foreign_born", "names", "exact", "forms",
    "traps", "hashtags", "district",
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """An official figure with its year and where it was read. of: city, or greater city where
    the figure of the city itself was not to be had."""

    value: float
    year: int
    source: str
    of: str = "city"


@dataclass(frozen=True, kw_only=True)
class City(Home):
    """One city of the registry; keys as data/README.md says."""

    latitude: float
    longitude: float
    population: Figure | None
    foreign_born: Figure | None
    names: tuple[str, ...]
    exact: tuple[str, ...]
    forms: tuple[str, ...]
    traps: tuple[str, ...]
    hashtags: tuple[str, ...]


@dataclass(frozen=True)
class Registry:
    """All cities and platforms, by code. wider: the countries and Europe, which are no places of
    posts that name a city, and stand in no comparison unless they are asked for. streams: sources
    of no home. left_out: changes of the installation that are wrong and do not count, where it
    goes on without them."""

    cities: Mapping[str, City]
    platforms: Mapping[str, Platform]
    streams: tuple[Source, ...] = ()
    wider: Mapping[str, Home] = field(default_factory=dict)
    left_out: tuple[UniteError, ...] = ()

    def city(self, code: str) -> City:
        """The city of that code. Raises BadInput with the codes there are."""
        if code not in self.cities:
            raise unknown("city", code, self.cities)
        return self.cities[code]

    def home(self, code: str) -> Home:
        """The city, country or Europe of that code. Raises BadInput with the codes there are."""
        if code not in self.homes:
            # who types two letters means a country; a list of all would hide those at its end
            raise unknown("city or country", code, self.wider if len(code) == 2 else self.homes)
        return self.homes[code]

    def platform(self, code: str) -> Platform:
        """The platform of that code. Raises BadInput with the codes there are."""
        if code not in self.platforms:
            raise unknown("platform", code, self.platforms)
        return self.platforms[code]

    def source(self, home: str, code: str) -> Source:
        """A listed source of a home. Raises BadInput with the sources it has."""
        sources = {s.code: s for s in self.home(home).sources}
        if code not in sources:
            raise unknown("source", code, sources, where=f"{home}.toml")
        return sources[code]

    @cached_property
    def homes(self) -> Mapping[str, Home]:
        """Every home of sources: the cities, the countries and Europe."""
        return {**self.cities, **self.wider}

    @cached_property
    def with_sources(self) -> tuple[str, ...]:
        """The codes of the cities that have a source; the others are known as places."""
        return tuple(sorted(c.code for c in self.cities.values() if c.sources))

    @cached_property
    def listed(self) -> Mapping[tuple[str, str], Source]:
        """(home, source) → the source, of every home and of the streams."""
        homes = (s for home in self.homes.values() for s in home.sources)
        return {(s.home, s.code): s for s in (*homes, *self.streams)}

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
    paths = [folder / name for name in ("platforms.toml", "streams.toml", "europe.toml")]
    paths += sorted((folder / "countries").glob("*.toml"))
    shipped = _shipped(folder, _stamps([*paths, *sorted((folder / "cities").glob("*.toml"))]))
    if overlay is None:
        return shipped.registry
    tables, cities = dict(shipped.tables), dict(shipped.registry.cities)
    wrong = list(overlay.problems)
    for change in overlay.standing:
        try:
            cells = applied(tables.get(change.city), change)
            cities[change.city] = city(
                change.city, Table(cells, change.where), shipped.registry.platforms
            )
            tables[change.city] = cells
        except UniteError as error:
            wrong.append(error)
    if wrong and not lenient:
        raise wrong[0]
    return replace(shipped.registry, cities=cities, left_out=tuple(wrong))


def _stamps(paths: Sequence[Path]) -> tuple[tuple[str, int, int], ...]:
    found = ((path.name, path.stat()) for path in paths if path.exists())
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


@dataclass(frozen=True)
class _Shipped:
    """The registry as it ships, and the cells of each city's file."""

    registry: Registry
    tables: Mapping[str, Cells]


@lru_cache(maxsize=2)
def _shipped(folder: Path, _: tuple[tuple[str, int, int], ...]) -> _Shipped:
    """What ships, read once while its files stay as they are: TOML takes its time (0.4 s)."""
    platforms = read_platforms(folder / "platforms.toml")
    tables = {path.stem: open_table(path) for path in sorted((folder / "cities").glob("*.toml"))}
    cities = {code: city(code, table, platforms) for code, table in tables.items()}
    streams = read_streams(folder / "streams.toml", platforms)
    wider = read_wider(folder, platforms)
    twice = wider.keys() & cities
    if twice:
        raise BadInput(f"{min(twice)!r} is a city and a country", where=f"{min(twice)}.toml")
    registry = Registry(cities, platforms, streams, wider)
    return _Shipped(registry, {code: table.cells for code, table in tables.items()})


def city(code: str, table: Table, platforms: Mapping[str, Platform]) -> City:
    """The city that a file tells of. Raises BadInput that names the file and the key."""
    table.only(_KEYS)
    found = City(
        kind="city",
        **shared(table, platforms),
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
    )
    if found.code != code:
        raise BadInput(f"code {found.code!r} is not the file's name", where=table.at("code"))
    if not found.country:
        raise BadInput(
            "the key 'country' is missing", where=table.file, expected="its ISO code",
            hint="see data/README.md",
        )  # fmt: skip
    each_once("district", (d.code for d in found.districts), table.file)
    return found


def _figure(table: Table, key: str, value: str) -> Figure | None:
    if key not in table.cells:
        return None
    t = table.table(key)
    t.only((value, "year", "of", "source"))
    of = t.optional("of") or _AREAS[0]
    if of not in _AREAS:
        raise unknown("of", of, _AREAS, where=t.at())
    return Figure(t.number(value), int(t.number("year")), t.text("source"), of)


def _district(t: Table) -> District:
    t.only(_DISTRICT)
    names, beside = t.texts("names", ()), t.texts("city_names", ())
    if t.cells.get("needs_city"):
        names, beside = (), (*names, *beside)
    return District(
        t.text("code"), t.text("name"), t.optional("part_of"), names, beside, t.texts("traps", ())
    )
