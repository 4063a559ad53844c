"""The registry of cities: a file with a mistake is named, with the key and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from base.errors import BadInput
from base.text import words
from monitor import cities

pytestmark = pytest.mark.unit
PLATFORMS = """
[feeds]
name = "Feeds"
kind = "media"
voice = "media"
terms_class = "ids-only"
may_store_text = true
may_export_text = false
may_export_ids = true
delete_within = 7
public_body_allowed = "yes"
research_only = false
checked_on = 2026-11-20
link = "https://example.org/terms"
"""
CITY = """
code = "wien"
name = "Wien"
country = "AT"
languages = ["de"]
time_zone = "Europe/Vienna"
latitude = 48.2
longitude = 16
names = ["Wien", "Vienna"]
population = {value = 2000000, year = 2024, source = "Statistik Austria"}

[[district]]
code = "favoriten"
name = "Favoriten"
names = ["Favoriten"]

[[district]]
code = "mitte"
name = "Mitte"
names = ["Mitte"]
needs_city = true

[[source]]
code = "orf"
platform = "feeds"
address = "https://feed.example/wien"
voice = "media"
"""


def _load(folder: Path, city: str | bytes = CITY, platforms: str = PLATFORMS) -> cities.Registry:
    (folder / "cities").mkdir()
    (folder / "platforms.toml").write_text(platforms, encoding="utf-8")
    path = folder / "cities" / "wien.toml"
    path.write_bytes(city if isinstance(city, bytes) else city.encode())
    return cities.load(folder)


def test_a_city_is_what_its_file_says(tmp_path: Path) -> None:
    registry = _load(tmp_path)
    wien = registry.city("wien")
    assert wien.names == ("Wien", "Vienna")
    assert wien.population == cities.Figure(2000000, 2024, "Statistik Austria")
    assert wien.foreign_born is None
    assert registry.places == ("wien", "wien/favoriten", "wien/mitte")
    favoriten, mitte = wien.districts
    assert (favoriten.names, favoriten.city_names) == (("Favoriten",), ())
    assert (mitte.names, mitte.city_names) == ((), ("Mitte",))
    source = registry.source("wien", "orf")
    assert (source.home, source.time_zone, source.language) == ("wien", "Europe/Vienna", None)
    assert registry.countries == {"wien": "AT"}


def test_a_source_may_say_how_long_its_irrelevant_posts_are_kept(tmp_path: Path) -> None:
    more = '\n[[source]]\ncode = "b"\nplatform = "feeds"\naddress = "x"\nvoice = "media"\n'
    registry = _load(tmp_path, CITY + "recheck_days = 7\n" + more)
    assert registry.city("wien").recheck_days == {"orf": 7}


def test_a_platform_may_say_that_its_addresses_tell_nothing(tmp_path: Path) -> None:
    said = PLATFORMS + PLATFORMS.replace("[feeds]", "[x]") + "address_tells = false\n"
    registry = _load(tmp_path, platforms=said)
    assert [p.address_tells for p in registry.platforms.values()] == [True, False]


def test_a_platform_says_what_its_terms_allow(tmp_path: Path) -> None:
    terms = _load(tmp_path).platform("feeds").terms
    assert (terms.may_store_text, terms.may_export_text, terms.may_export_ids) == (
        True,
        False,
        True,
    )
    assert (terms.delete_within, terms.keep_days, terms.public_body_allowed) == (7, None, "yes")
    assert (terms.research_only, str(terms.checked_on)) == (False, "2026-11-20")


def test_classes_and_terms_of_the_shipped_platforms_agree() -> None:
    for platform in cities.load().platforms.values():
        assert platform.terms.may_export_text == (platform.terms_class != "ids-only"), platform.code
        assert platform.terms.may_export_ids


def test_what_ships_can_be_read() -> None:
    registry = cities.load()
    assert {"wien", "berlin", "malmo", "rotterdam", "torino", "lyon"} <= registry.cities.keys()
    assert all(p == p.lower() and p.isascii() for p in registry.places)
    assert len(set(registry.places)) == len(registry.places)
    assert {"wien", "berlin"} <= set(registry.with_sources)


SHIPPED = cities.load()
# west, south, east, north of the country (islands and overseas parts left out)
BOXES = {
    "AT": (9.5, 46.3, 17.2, 49.1), "BE": (2.5, 49.4, 6.5, 51.6), "BG": (22.3, 41.2, 28.7, 44.3),
    "CH": (5.9, 45.8, 10.6, 47.9), "CY": (32.2, 34.5, 34.7, 35.8), "CZ": (12.0, 48.5, 18.9, 51.1),
    "DE": (5.8, 47.2, 15.1, 55.1), "DK": (8.0, 54.5, 12.8, 57.8), "EE": (21.7, 57.5, 28.3, 59.8),
    "ES": (-9.4, 36.0, 3.4, 43.8), "FI": (20.5, 59.7, 31.6, 70.1), "FR": (-5.2, 42.3, 8.3, 51.1),
    "GB": (-8.2, 49.9, 1.8, 60.9), "GR": (19.3, 34.8, 28.3, 41.8), "HR": (13.4, 42.3, 19.5, 46.6),
    "HU": (16.1, 45.7, 22.9, 48.6), "IE": (-10.6, 51.4, -5.9, 55.4), "IT": (6.6, 36.6, 18.6, 47.1),
    "LT": (20.9, 53.9, 26.9, 56.5), "LU": (5.7, 49.4, 6.6, 50.2), "LV": (20.9, 55.6, 28.3, 58.1),
    "MT": (14.1, 35.7, 14.6, 36.1), "NL": (3.3, 50.7, 7.3, 53.6), "NO": (4.6, 57.9, 31.1, 71.2),
    "PL": (14.1, 49.0, 24.2, 54.9), "PT": (-9.6, 36.9, -6.1, 42.2), "RO": (20.2, 43.6, 29.8, 48.3),
    "SE": (10.9, 55.3, 24.2, 69.1), "SI": (13.3, 45.4, 16.7, 46.9), "SK": (16.8, 47.7, 22.6, 49.7),
    "TR": (25.6, 35.8, 44.9, 42.2), "UA": (22.1, 44.3, 40.3, 52.4),
}  # fmt: skip


@pytest.mark.parametrize(
    "path", sorted((cities.DATA / "cities").glob("*.toml")), ids=lambda p: p.stem
)
def test_a_city_that_ships_holds_together(path: Path) -> None:
    city = SHIPPED.city(path.stem)
    west, south, east, north = BOXES[city.country]
    assert west < city.longitude < east
    assert south < city.latitude < north
    assert city.name
    assert city.names or city.exact
    codes = {d.code for d in city.districts}
    assert len(codes) == len(city.districts) > 0
    assert {d.part_of for d in city.districts} <= codes | {None}
    assert all(words(d.name) and (d.names or d.city_names) for d in city.districts)
    for named in (*city.names, *city.exact, *city.forms, *city.hashtags):
        assert words(named), named
    folded = [" ".join(words(n)) for n in city.names]
    assert len(set(folded) & {" ".join(words(n)) for n in city.exact}) == 0, "counted anyway"
    for figure in (city.population, city.foreign_born):
        assert figure is None or (figure.source and 2010 < figure.year < 2030)


def test_every_member_state_has_a_city() -> None:
    countries = set(SHIPPED.countries.values())
    members = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    assert set(members.split()) <= countries


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('code = "wien"', "", "'code' is missing"),
        ('languages = ["de"]', "", "'languages' is missing"),
        ('time_zone = "Europe/Vienna"', 'time_zone = "Europe/Wien"', "Europe/Wien"),
        ('time_zone = "Europe/Vienna"', 'time_zone = "Europe"', "unknown time zone"),
        ('code = "wien"', 'code = "berlin"', "not the file's name"),
        ('names = ["Wien", "Vienna"]', 'names = "Wien"', "'names'"),
        ('names = ["Wien", "Vienna"]', "names = [1]", "'names'"),
        ("latitude = 48.2", 'latitude = "48.2"', "'latitude'"),
        ("latitude = 48.2", "latitude = true", "'latitude'"),
        ("year = 2024, ", "", "wien.toml:10 population: the key 'year' is missing"),
        ("population = {", "population = 3 #{", "'population'"),
        ('name = "Favoriten"', "", "wien.toml:12 district favoriten: the key 'name' is missing"),
        ('code = "mitte"', 'code = "favoriten"', "'favoriten' is there twice"),
        ('voice = "media"', 'voice = "medai"', "did you mean 'media'"),
        ('platform = "feeds"', 'platform = "feed"', "did you mean 'feeds'"),
        ('address = "https://feed.example/wien"', "", "source orf: the key 'address' is missing"),
        ('code = "orf"', 'code = "orf"\nrecheck_days = "30"', "source orf: the key 'recheck_days'"),
        ('code = "orf"', 'code = "orf"\nrecheck_days = 0', "source orf: the key 'recheck_days'"),
        ('code = "orf"', 'code = "orf"\nrecheck_days = 3651', "1 to 3650"),
        ('code = "orf"', 'code = "orf"\nrecheck_days = 7.5', "a whole number of days"),
        ('code = "orf"', 'code = "orf"\nrecheck_days = true', "a whole number of days"),
        ("[[district]]", "[district]", "wien.toml"),
        ('name = "Wien"', 'name = "Wien', "not TOML"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, before: str, after: str, words: str) -> None:
    assert before in CITY
    with pytest.raises(BadInput) as caught:
        _load(tmp_path, CITY.replace(before, after))
    assert words in str(caught.value)
    assert "wien.toml" in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"code = 3"])
def test_a_file_that_is_no_city(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadInput, match=r"wien\.toml"):
        _load(tmp_path, content)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('terms_class = "ids-only"', "", "'terms_class' is missing"),
        ('terms_class = "ids-only"', 'terms_class = "ids only"', "did you mean 'ids-only'"),
        ('voice = "media"', 'voice = "media"\naddress_tells = "no"', "'address_tells'"),
        ("may_store_text = true", "", "'may_store_text' is missing"),
        ("may_export_ids = true", "may_export_ids = 1", "true or false"),
        ('allowed = "yes"', 'allowed = "perhaps"', "public_body_allowed"),
        ("delete_within = 7", "delete_within = 0", "whole number of days"),
        ("checked_on = 2026-11-20", 'checked_on = "yesterday"', "a date"),
        ("[feeds]", "feeds = 3\n[x]", "the key 'feeds' is something else"),
        ("[feeds]", "[feeds", "not TOML"),
    ],
)
def test_a_mistake_in_the_platforms(tmp_path: Path, before: str, after: str, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        _load(tmp_path, platforms=PLATFORMS.replace(before, after))
    assert words in str(caught.value)
    assert "platforms.toml" in str(caught.value)


def test_the_platforms_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"platforms\.toml: cannot be read"):
        cities.load(tmp_path)


def test_unknown_names_suggest_the_closest(tmp_path: Path) -> None:
    registry = _load(tmp_path)
    for ask, said in (
        (lambda: registry.city("wein"), "did you mean 'wien'"),
        (lambda: registry.platform("feed"), "did you mean 'feeds'"),
        (lambda: registry.source("wien", "off"), "did you mean 'orf'"),
    ):
        with pytest.raises(BadInput, match=said):
            ask()
