"""Names that stay: by list in any of their forms, of streets, houses and saints; and private
names close to them that go. Listed people are public; the others are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.recognisers import Lists
from nlp.recognisers.name_lists import read_names
from nlp.recognisers.naming import read_naming
from nlp.recognisers.numbers import Numbers
from nlp.recognisers.person import Person

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
NONE: frozenset[str] = frozenset()
PUBLIC = frozenset(
    {"vaclav havel", "angela merkel", "django reinhardt", "marko petrovic", "rainis"}
)
PERSON = Person(
    Lists(
        read_naming(ROOT / "taxonomy"), read_names(ROOT / "data/names"), Numbers(), PUBLIC,
        NONE, NONE,
    )
)  # fmt: skip


def found(text: str, lang: str) -> list[str]:
    return [text[s.start : s.end] for s in PERSON.find(text, lang)]


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("Angela Merkel said so", "en", []),
        ("čtu o Václavu Havlovi dnes", "cs", []),  # a form of the name
        ("then Django Reinhardt played", "en", []),  # also where a part of it was found
        ("yesterday Merkel spoke", "en", []),  # the last name alone
        ("Mrs Merkel next door", "en", ["Merkel"]),  # somebody called so
        ("Angelika Merkel said so", "en", ["Angelika Merkel"]),  # another first name
        ("Václav Havelka přišel", "cs", ["Václav Havelka"]),  # a longer last name
        ("vakar Rainis", "lv", []),  # listed by one name
        ("vakar Rainis Kalniņš zvanīja", "lv", ["Rainis Kalniņš"]),  # which is a first name, too
    ],
)
def test_names_of_the_list(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang) == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("alt vor der Universität Anna Huber", "de", []),
        ("the Fatima Hussain Museum opens", "en", []),
        ("la parroquia de San Carlos Ortega", "es", []),
        ("алея „Панайот Стоянов“ свети", "bg", []),
        ("na náměstí Jana Nováka je trh", "cs", []),
        ("on Martin Hughes Street", "en", []),
        ("en la sala, Carlos Ortega habló", "es", ["Carlos Ortega"]),
    ],
)
def test_what_is_named_after_somebody(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang) == expected


def test_what_stays_can_be_asked_for() -> None:
    text = "Mayor Petra Hughes met Angela Merkel and Fatima Hussain"
    kept = [text[s.start : s.end] for s in PERSON.kept(text, "en")]
    assert kept == ["Petra Hughes", "Angela Merkel"]
    assert found(text, "en") == ["Fatima Hussain"]


def test_without_a_list_nobody_is_public() -> None:
    lists = Lists(read_naming(ROOT / "taxonomy"), read_names(ROOT / "data/names"))
    text = "then Angela Merkel said so"
    assert [text[s.start : s.end] for s in Person(lists).find(text, "en")] == ["Angela Merkel"]
