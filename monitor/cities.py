"""The registry: cities, districts and sources from data/cities/*.toml, platforms beside them."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from base.errors import BadInput, unknown
from base.time import zone
from collectors.collector import Source
from store.schema import VOICES

TERMS_CLASSES = ("open", "research", "ids-only", "own")
_MOST_DAYS = 3650
_DAYS = f"a whole number of days, 1 to {_MOST_DAYS}"
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
class City:
    """One city of the registry; keys as data/README.md says.

    recheck_days: by source, where it says how long its irrelevant posts are kept.
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


@dataclass(frozen=True)
class Platform:
    """One platform of data/platforms.toml.

    address_tells: whether asking a post's address shows that the post is gone.
    """

    code: str
    name: str
    kind: str
    voice: str
    terms_class: str
    address_tells: bool


@dataclass(frozen=True)
class Registry:
    """All cities and platforms, by code."""

    cities: Mapping[str, City]
    platforms: Mapping[str, Platform]

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


def load(folder: Path = DATA) -> Registry:
    """The registry under `folder`. Raises BadInput that names the file and the key."""
    platforms = {
        code: _platform(code, table) for code, table in _read(folder / "platforms.toml").items()
    }
    cities = [_city(path, platforms) for path in sorted((folder / "cities").glob("*.toml"))]
    return Registry({c.code: c for c in cities}, platforms)


def _platform(code: str, table: Any) -> Platform:
    where = f"platforms.toml [{code}]"
    if not isinstance(table, dict):
        raise BadInput("is no table", where=where)
    parts = []
    for key in ("name", "kind", "voice", "terms_class"):
        if not isinstance(table.get(key), str):
            raise BadInput(f"the key {key!r} is missing or no text", where=where)
        parts.append(table[key])
    if table["terms_class"] not in TERMS_CLASSES:
        raise unknown("terms_class", table["terms_class"], TERMS_CLASSES, where=where)
    tells = table.get("address_tells", True)
    if not isinstance(tells, bool):
        raise BadInput("the key 'address_tells' is something else", where=where,
                       expected="true or false")  # fmt: skip
    name, kind, voice, terms_class = parts
    return Platform(code, name, kind, voice, terms_class, tells)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput("cannot be read", where=path.name) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"not TOML ({error})", where=path.name) from error


def _city(path: Path, platforms: Mapping[str, Platform]) -> City:
    table = _Table(_read(path), path.name)
    city = City(
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
        sources=tuple(_source(s, table, platforms) for s in table.tables("source")),
        recheck_days={
            s.text("code"): s.days("recheck_days")
            for s in table.tables("source")
            if "recheck_days" in s.cells
        },
    )
    if city.code != path.stem:
        raise BadInput(f"code {city.code!r} is not the file's name", where=path.name)
    try:
        zone(city.time_zone)
    except BadInput as error:
        error.where = path.name
        raise
    for kind, codes in (("district", city.districts), ("source", city.sources)):
        twice = [c for c, n in Counter(part.code for part in codes).items() if n > 1]
        if twice:
            raise BadInput(f"the {kind} {twice[0]!r} is there twice", where=path.name)
    return city


@dataclass(frozen=True)
class _Table:
    """A TOML table whose keys are read as what they must be, or named in the error."""

    cells: Mapping[str, Any]
    where: str

    def text(self, key: str) -> str:
        return str(self._value(key, str, "a text"))

    def optional(self, key: str) -> str | None:
        return None if key not in self.cells else self.text(key)

    def number(self, key: str) -> float:
        found: float = self._value(key, (int, float), "a number")
        return found

    def days(self, key: str) -> int:
        found = self._value(key, int, _DAYS)
        if not 1 <= found <= _MOST_DAYS:
            raise self._wrong(key, _DAYS)
        return int(found)

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        if default is not None and key not in self.cells:
            return default
        found = self._value(key, list, "a list of texts")
        if not all(isinstance(v, str) for v in found):
            raise self._wrong(key, "a list of texts")
        return tuple(found)

    def table(self, key: str) -> _Table:
        return _Table(self._value(key, dict, "a table"), f"{self.where} {key}")

    def tables(self, key: str) -> Iterator[_Table]:
        if key not in self.cells:
            return
        for number, found in enumerate(self._value(key, list, "tables, [[…]]"), start=1):
            if not isinstance(found, dict):
                raise self._wrong(key, "tables, [[…]]")
            yield _Table(found, f"{self.where} {key} {found.get('code', number)}")

    def _value(self, key: str, kind: Any, expected: str) -> Any:
        if key not in self.cells:
            raise BadInput(
                f"the key {key!r} is missing", where=self.where, hint="see data/README.md"
            )
        found = self.cells[key]
        if not isinstance(found, kind) or isinstance(found, bool):
            raise self._wrong(key, expected)
        return found

    def _wrong(self, key: str, expected: str) -> BadInput:
        return BadInput(
            f"the key {key!r} is something else", where=self.where, expected=expected,
            hint="see data/README.md",
        )  # fmt: skip


def _figure(table: _Table, key: str, value: str) -> Figure | None:
    if key not in table.cells:
        return None
    t = table.table(key)
    return Figure(t.number(value), int(t.number("year")), t.text("source"))


def _district(t: _Table) -> District:
    names, beside = t.texts("names", ()), t.texts("city_names", ())
    if t.cells.get("needs_city"):
        names, beside = (), (*names, *beside)
    return District(
        t.text("code"), t.text("name"), t.optional("part_of"), names, beside, t.texts("traps", ())
    )


def _source(t: _Table, city: _Table, platforms: Mapping[str, Platform]) -> Source:
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
