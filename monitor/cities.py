"""The registry: cities, districts and sources from data/cities/*.toml, platforms beside them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from base.errors import BadInput, unknown
from base.time import zone
from collectors.collector import Source
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
class City:
    """One city of the registry; keys as data/README.md says."""

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


@dataclass(frozen=True)
class Platform:
    """One platform of data/platforms.toml."""

    code: str
    name: str
    kind: str
    voice: str
    terms_class: str


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
    cities = [_city(path) for path in sorted((folder / "cities").glob("*.toml"))]
    platforms = _read(folder / "platforms.toml")
    return Registry(
        {c.code: c for c in cities},
        {
            code: Platform(code, t["name"], t["kind"], t["voice"], t["terms_class"])
            for code, t in platforms.items()
        },
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput("cannot be read", where=path.name) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"not TOML ({error})", where=path.name) from error


def _city(path: Path) -> City:
    table = _read(path)
    try:
        city = _build(table)
    except KeyError as error:
        raise BadInput(
            f"the key {error.args[0]!r} is missing", where=path.name, hint="see data/README.md"
        ) from error
    if city.code != path.stem:
        raise BadInput(f"code {city.code!r} is not the file's name", where=path.name)
    zone(city.time_zone)
    return city


def _build(t: Mapping[str, Any]) -> City:
    return City(
        code=t["code"],
        name=t["name"],
        country=t["country"],
        languages=tuple(t["languages"]),
        time_zone=t["time_zone"],
        latitude=t["latitude"],
        longitude=t["longitude"],
        population=_figure(t.get("population"), "value"),
        foreign_born=_figure(t.get("foreign_born"), "share"),
        names=tuple(t["names"]),
        exact=tuple(t.get("exact", ())),
        forms=tuple(t.get("forms", ())),
        traps=tuple(t.get("traps", ())),
        hashtags=tuple(t.get("hashtags", ())),
        districts=tuple(_district(d) for d in t.get("district", ())),
        sources=tuple(_source(s, t) for s in t.get("source", ())),
    )


def _figure(t: Mapping[str, Any] | None, key: str) -> Figure | None:
    return None if t is None else Figure(t[key], t["year"], t["source"])


def _district(t: Mapping[str, Any]) -> District:
    names, beside = tuple(t.get("names", ())), tuple(t.get("city_names", ()))
    if t.get("needs_city"):
        names, beside = (), (*names, *beside)
    return District(
        t["code"], t["name"], t.get("part_of"), names, beside, tuple(t.get("traps", ()))
    )


def _source(t: Mapping[str, Any], city: Mapping[str, Any]) -> Source:
    if t["voice"] not in VOICES:
        raise unknown("voice", t["voice"], VOICES, where=f"{city['code']}.toml {t['code']}")
    return Source(
        code=t["code"],
        platform=t["platform"],
        home=city["code"],
        address=t["address"],
        voice=t["voice"],
        time_zone=city["time_zone"],
        language=t.get("language"),
        options={k: str(v) for k, v in t.get("options", {}).items()},
    )
