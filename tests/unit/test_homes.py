"""Countries and Europe as homes of sources: how they are read, and what is said of a mistake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from test_cities import CITY, PLATFORMS

from base.errors import BadInput
from monitor import cities
from monitor.places import loose
from monitor.sources.check import gaps

pytestmark = pytest.mark.unit
SHIPPED = cities.load()
AUSTRIA = """
code = "at"
name = "Österreich"
country = "AT"
languages = ["de"]
time_zone = "Europe/Vienna"

[[source]]
code = "amt"
platform = "feeds"
address = "https://amt.example/feed"
voice = "institutional"
language = "de"
recheck_days = 7
"""
EUROPE = 'code = "eu"\nname = "Europe"\nlanguages = []\ntime_zone = "Europe/Brussels"\n'


def load(
    folder: Path, austria: str = AUSTRIA, europe: str = EUROPE, city: str = CITY
) -> cities.Registry:
    for name in ("cities", "countries"):
        (folder / name).mkdir()
    for name, text in (
        ("platforms.toml", PLATFORMS), ("cities/wien.toml", city),
        ("countries/at.toml", austria), ("europe.toml", europe),
    ):  # fmt: skip
        (folder / name).write_text(text, encoding="utf-8")
    return cities.load(folder)


def test_a_country_and_europe_are_homes_but_no_places(tmp_path: Path) -> None:
    registry = load(tmp_path)
    assert {h.code: h.kind for h in registry.homes.values()} == {
        "wien": "city", "at": "country", "eu": "europe",
    }  # fmt: skip
    source = registry.source("at", "amt")
    assert (source.home, source.time_zone, source.language) == ("at", "Europe/Vienna", "de")
    assert registry.home("at").recheck_days == {"amt": 7}
    # nothing that is of cities knows them: comparisons, the filter country, places of posts
    assert registry.with_sources == ("wien",)
    assert registry.countries == {"wien": "AT"}
    assert not {"at", "eu"} & {*registry.cities, *registry.places}


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda r: r.home("wein"), "did you mean 'wien'"),
        (lambda r: r.home("de"), "available  at, eu"),
        (lambda r: r.city("at"), "available  wien"),
        (lambda r: r.source("at", "ampt"), r"at\.toml: unknown source 'ampt'"),
    ],
)
def test_an_unknown_home_or_source_is_told_with_those_there_are(
    tmp_path: Path, ask: Callable[[cities.Registry], object], said: str
) -> None:
    registry = load(tmp_path)
    with pytest.raises(BadInput, match=said):
        ask(registry)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('code = "at"', 'code = "ch"', r"at\.toml:2: code 'ch' is not 'at'"),
        ('country = "AT"', 'country = "CH"', r"at\.toml:2: code 'at' is not 'at'|country"),
        ('voice = "institutional"', 'voice = "town"', r"at\.toml:12 source amt: unknown voice"),
        ('voice = "institutional"', "voise = 1", r"at\.toml:12 source amt: unknown key 'voise'"),
        ('language = "de"', 'language = "ed"', r"at\.toml:13 source amt: unknown language 'ed'"),
        ('languages = ["de"]', 'languages = ["ger"]', r"at\.toml:5: unknown language 'ger'"),
        ("recheck_days = 7", "recheck_day = 7", r"at\.toml:14 .*\n.*\n.*\n.*'recheck_days'"),
        ("recheck_days = 7", 'reach = "land"', r"at\.toml:14 source amt: unknown reach 'land'"),
        ('time_zone = "Europe/Vienna"', 'time_zone = "Vienna"', r"at\.toml:6: unknown time zone"),
        ('name = "Österreich"\n', 'name = "Österreich"\nhashtags = []\n', "unknown key 'hashtags'"),
    ],
)
def test_a_mistake_names_file_line_and_key(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    assert before in AUSTRIA
    with pytest.raises(BadInput, match=said):
        load(tmp_path, AUSTRIA.replace(before, after))


def test_a_language_that_no_list_knows_may_be_listed_when_it_is_told(tmp_path: Path) -> None:
    registry = load(tmp_path, AUSTRIA.replace('language = "de"', 'language = "gsw"'))
    assert registry.source("at", "amt").language == "gsw"


def test_what_speaks_of_the_whole_country_is_told_of_a_citys_source_alone(tmp_path: Path) -> None:
    registry = load(tmp_path, city=CITY + 'reach = "country"\n')
    assert loose(registry).keys() == {("wien", "orf")}


def test_every_country_with_a_city_and_europe_have_sources_of_their_own() -> None:
    countries = {code.lower() for code in SHIPPED.countries.values()}
    assert countries | {"eu"} == SHIPPED.wider.keys()
    assert {h.code: gaps(h) for h in SHIPPED.wider.values() if gaps(h)} == {}
    for home in SHIPPED.wider.values():
        for code, note in home.notes.items():
            assert note.name, (home.code, code)
            assert note.why, (home.code, code)
            assert note.read_at, (home.code, code)


def test_every_member_state_has_a_city_with_enough_sources() -> None:
    whole = [c for c in SHIPPED.cities.values() if c.sources and gaps(c) is None]
    members = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    assert {*members.split(), "CH", "NO", "GB", "TR"} <= {c.country for c in whole}
    assert len(whole) >= 32
    assert all(c.districts for c in whole)
