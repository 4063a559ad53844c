"""The cities and sources of the sample, from `data/sample/cities.toml`; all sources invented."""

from __future__ import annotations

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
CASES = ("", "_in", "_of", "_the")  # of a place's forms: {city}, {city_in}, {district_of} …


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
    words = raw.get("words", {}).get(language, {})
    return build(language, words, {**tables, **_places(code, language)})


def _places(code: str, language: str) -> dict[str, Options]:
    """The slots of the city and its districts, one for each case the city's file gives."""
    raw = read("cities")[code]
    own = language == next(iter(raw["languages"]))
    spelled = {} if own else raw.get("abroad", {})
    name = f"{raw['name']} | {raw['forms']}" if own and "forms" in raw else raw["name"]
    slots = {"city": [_cases(spelled.get("city", name), code)]}
    slots["district"] = [
        _cases(spelled.get(district, forms), f"{code}/{district}")
        for district, forms in raw["districts"].items()
    ]
    return {
        slot + case: tuple(forms)
        for slot, rows in slots.items()
        for case, forms in zip(CASES, zip(*rows, strict=True), strict=False)
    }


def _cases(forms: str, code: str) -> list[Noted]:
    return [Noted(form.strip(), "place", code) for form in forms.split("|")]
