"""Where a city lies and what is known of it: GeoNames' places and the countries of Europe.

Comes in: a name as people write it, perhaps a country or a point. Goes out: one Place, or a
BadInput with those it could be. data/places.csv.gz is GeoNames, CC BY 4.0 (data/README.md);
data/countries.csv has official languages and time zones.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, hypot, radians

from base.errors import BadInput, unknown
from base.table import rows
from base.text import fold
from monitor.cities import DATA

_COUNTRY_COLUMNS = ("country", "name", "languages", "time_zones")
_KM_A_DEGREE = 111.2
_NEAR = 30.0  # km: a point may be the town hall, the station, the middle of the commune
_MOST_SHOWN = 12
_NOT_A_CODE = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Place:
    """One town. as_of: year of the list that the population stands in, None for no population."""

    name: str
    country: str
    latitude: float
    longitude: float
    population: int | None = None
    as_of: str | None = None
    other_names: tuple[str, ...] = ()

    @property
    def figure(self) -> Mapping[str, object] | None:
        """The population as a city's file has it."""
        if self.population is None or self.as_of is None:
            return None
        source = f"GeoNames, list of {self.as_of} (CC BY 4.0), no official figure"
        return {"value": self.population, "year": int(self.as_of[:4]), "source": source}

    def __str__(self) -> str:
        people = f", {self.population:,} people" if self.population else ""
        return f"{self.name} ({self.country}{people}, {self.latitude:.2f},{self.longitude:.2f})"


@dataclass(frozen=True)
class Country:
    """A country: official languages (ISO 639-1) and time zones, the usual one first."""

    code: str
    name: str
    languages: tuple[str, ...]
    time_zones: tuple[str, ...]


@cache
def countries() -> Mapping[str, Country]:
    """The countries of Europe, by code."""
    found = rows(DATA / "countries.csv", _COUNTRY_COLUMNS)
    return {
        r["country"]: Country(r["country"], r["name"], r.parts("languages"), r.parts("time_zones"))
        for r in found
    }


def country(code: str) -> Country:
    """The country of that code. Raises BadInput with those there are."""
    known = countries()
    if code.upper() not in known:
        raise unknown("country", code, known)
    return known[code.upper()]


def code_of(name: str) -> str:
    """The code of a city or district: lower-case ASCII of its local name (DESIGN §11).

    `Köln` → `koln`, `Cluj-Napoca` → `cluj-napoca`. Raises BadInput where nothing is left of it.
    """
    found = _NOT_A_CODE.sub("-", fold(name)).strip("-")
    if not found:
        raise BadInput(f"no code can be made of {name!r}", expected="a name in Latin letters",
                       hint="--code")  # fmt: skip
    return found


def candidates(name: str, within: str | None = None) -> list[Place]:
    """The places of that name, their own or another of theirs, the largest first."""
    wanted = fold(name.strip())
    found = [p for p in _places() if within is None or p.country == country(within).code]
    by_name = [p for p in found if fold(p.name) == wanted]
    others = [p for p in found if p not in by_name and wanted in map(fold, p.other_names)]
    return sorted((*by_name, *others), key=lambda p: -(p.population or 0))


def find(name: str, within: str | None = None, near: tuple[float, float] | None = None) -> Place:
    """The place of a name. near: latitude and longitude, degrees.

    A point in a country is a place also where no list knows it. Raises BadInput with the places
    that it could be.
    """
    found = candidates(name, within)
    if near is not None:
        _check(*near)
        close = sorted((p for p in found if _km(p, near) <= _NEAR), key=lambda p: _km(p, near))
        if close:
            return close[0]
        if within is None:
            raise BadInput(
                f"no place {name!r} is known at {near[0]:g}, {near[1]:g}",
                available=_shown(found), hint="with --country CC it is entered all the same",
            )  # fmt: skip
        return Place(name.strip(), country(within).code, *near)
    by_name = [p for p in found if fold(p.name) == fold(name.strip())]
    if within is not None and len(by_name) == 1:
        return by_name[0]  # Freiburg in Germany, though Freiberg is called so in some language
    if len(found) == 1:
        return found[0]
    if not found:
        raise BadInput(
            f"no place {name!r} is known{f' in {within}' if within else ''}",
            expected="the name of a town of Europe of 5,000 people or more",
            hint="with country and point (--country CC --at LATITUDE,LONGITUDE) it is entered"
            " all the same",
        )
    raise BadInput(
        f"{len(found)} places are called {name!r}", available=_shown(found),
        hint="say the country (--country CC) or the point (--at LATITUDE,LONGITUDE)",
    )  # fmt: skip


def point(given: str) -> tuple[float, float]:
    """`47.99,7.85` as latitude and longitude. Raises BadInput."""
    parts = given.split(",")
    try:
        latitude, longitude = (float(p) for p in parts)
    except ValueError:
        raise BadInput(
            f"{given!r} is no point", expected="latitude,longitude: 47.99,7.85"
        ) from None
    _check(latitude, longitude)
    return latitude, longitude


def _check(latitude: float, longitude: float) -> None:
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise BadInput(f"{latitude:g}, {longitude:g} is no point on Earth",
                       expected="latitude -90 to 90, longitude -180 to 180")  # fmt: skip


def _shown(found: Sequence[Place]) -> list[str]:
    more = [f"… and {len(found) - _MOST_SHOWN} more"] if len(found) > _MOST_SHOWN else []
    return [*map(str, found[:_MOST_SHOWN]), *more]


def _km(place: Place, near: tuple[float, float]) -> float:
    """The distance, as on a plane: at most some kilometres wrong within Europe's towns."""
    east = (place.longitude - near[1]) * cos(radians(near[0]))
    return _KM_A_DEGREE * hypot(place.latitude - near[0], east)


@cache
def _places() -> tuple[Place, ...]:
    with gzip.open(DATA / "places.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return tuple(
            Place(
                row["name"], row["country"], float(row["latitude"]), float(row["longitude"]),
                int(row["population"]) or None, row["as_of"],
                tuple(n for n in row["other_names"].split("|") if n),
            )
            for row in csv.DictReader(file)
        )  # fmt: skip
