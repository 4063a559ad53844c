"""The cities and sources of the sample, from `data/sample/cities.toml`; all sources invented."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from .grammar import Noted, Options
from .language import Grammar, build, read
from .personal import Handles, makers

T = TypeVar("T")
WHEEL = 4096


@dataclass(frozen=True)
class SampleSource:
    """One invented source: its platform, its home city, who speaks there and in what language."""

    code: str
    platform: str
    home: str
    voice: str
    language: str
    name: str
    volume: float


@dataclass(frozen=True)
class City:
    """What makes a city's sample its own; see the head of `cities.toml`."""

    code: str
    name: str
    zone: ZoneInfo
    country: str
    volume: float
    trend: float
    week: Sequence[float]
    hours: Sequence[int]  # a wheel of hours
    tones: Sequence[str]  # a wheel of tones
    speech: Sequence[float]  # shares of hate, counter, quote
    areas: Sequence[str]  # a wheel of areas
    groups: Sequence[str]  # a wheel of groups
    languages: Mapping[str, float]
    sources: tuple[SampleSource, ...]


def wheel(weights: Mapping[T, float]) -> tuple[T, ...]:
    """A table in which each key stands as often as it weighs, so that one draw is one look-up."""
    total = sum(weights.values())
    table: list[T] = []
    reached = 0.0
    for key, weight in weights.items():
        reached += weight / total * WHEEL
        table += [key] * (round(reached) - len(table))
    return tuple(table)


def slug(name: str) -> str:
    """`Rosengård` as `rosengard`: lower-case ASCII of the local name."""
    plain = unicodedata.normalize("NFD", name.replace("ß", "ss").lower())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return plain.replace(" ", "-").replace("'", "-")


def city_codes() -> tuple[str, ...]:
    """The cities the sample knows."""
    return tuple(code for code in read("cities") if code != "areas")


@cache
def city(code: str) -> City:
    """One city of the sample."""
    if code not in city_codes():
        raise ValueError(f"no city {code} in the sample; there are {', '.join(city_codes())}")
    raw = read("cities")[code]
    base = read("cities")["areas"]
    own = raw["areas"]
    return City(
        code=code,
        name=raw["name"],
        zone=ZoneInfo(raw["zone"]),
        country=raw["country"],
        volume=raw["volume"],
        trend=raw["trend"],
        week=raw["week"],
        hours=wheel(dict(enumerate(raw["hours"]))),
        tones=wheel(dict(zip(("positive", "neutral", "negative"), raw["tone"], strict=True))),
        speech=raw["speech"],
        areas=wheel({area: weight * own.get(area, 1.0) for area, weight in base.items()}),
        groups=wheel(raw["groups"]),
        languages=raw["languages"],
        sources=tuple(_source(code, entry) for entry in raw["sources"]),
    )


def _source(home: str, entry: Mapping[str, Any]) -> SampleSource:
    title = str(entry["code"]).replace("-", " ").title()
    return SampleSource(
        code=f"sample-{entry['code']}",
        platform=entry["platform"],
        home=home,
        voice=entry["voice"],
        language=entry["language"],
        volume=entry["volume"],
        name=f"{title} (invented sample)",
    )


@cache
def handles() -> Handles:
    """The maker of account names."""
    return Handles(read("common")["handles"])


@cache
def grammar(code: str, language: str) -> Grammar:
    """The sentences of a language as they are spoken in a city."""
    raw, common = read("cities")[code], read("common")
    country = raw["country"]
    formats = common["formats"][country if country in common["formats"] else language]
    tables = makers(common["names"], raw["names"], formats, raw["streets"], handles())
    districts = [name.strip() for name in raw["districts"].split("|")]
    places: dict[str, Options] = {
        "city": (Noted(raw["name"], "place", code),),
        "district": tuple(
            Noted(name, "place", f"{code}/{slug(name.removeprefix('la '))}") for name in districts
        ),
    }
    words = raw.get("words", {}).get(language, {})
    return build(language, words, {**tables, **places})
