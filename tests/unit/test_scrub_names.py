"""Which words are taken for a person's name: forms, scripts, lone first names, hashtags."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.recognisers import Lists
from nlp.recognisers.name_lists import read_names
from nlp.recognisers.naming import read_naming
from nlp.recognisers.numbers import Numbers
from nlp.recognisers.person import Person
from tests.growth import grows_with_length

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
NAMES = read_names(ROOT / "data/names")
NONE: frozenset[str] = frozenset()
PERSON = Person(Lists(read_naming(ROOT / "taxonomy"), NAMES, Numbers(), NONE, NONE, NONE))


def found(text: str, lang: str) -> list[str]:
    return [text[s.start : s.end] for s in PERSON.find(text, lang)]


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("yesterday Fatima helped me", "en", ["Fatima"]),
        ("hier soir Karim est parti", "fr", ["Karim"]),
        ("gestern hat Fatma geholfen", "de", ["Fatma"]),
        ("Anna hat recht", "de", ["Anna"]),  # a name of many countries may begin a sentence
        ("Handan ist da", "de", []),  # where nouns have capitals another tells little there
        ("the centre “Fatima” is open", "en", []),  # a title
        ("a train in Fatima today", "en", []),  # after `in` a place
        ("we have hope and joy", "en", []),
    ],
)
def test_a_first_name_alone(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang) == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("včera som videl Zuzanu doma", "sk", ["Zuzanu"]),
        ("jučer sam sreo Karima kod škole", "hr", ["Karima"]),
        ("вчера видел Анастасию дома", "ru", ["Анастасию"]),
        ("tegnap találkoztam Annával ott", "hu", ["Annával"]),
        ("včera viděl Václava Havla", "cs", ["Václava Havla"]),
        ("tam je Muzeum Václava Havla", "cs", []),
        ("V centru Václava Havla", "cs", []),  # a house named after somebody
        ("Студент родом из России", "ru", []),  # a country
    ],
)
def test_forms_of_names(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang) == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("момчето се казва Ясир", "bg", ["Ясир"]),
        ("το μαγαζί του Αμπντούλ έκλεισε", "el", ["Αμπντούλ"]),
        ("вчора Мурат Айдин подав скаргу", "uk", ["Мурат Айдин"]),
        ("това е нашият дом", "bg", []),
    ],
)
def test_names_written_by_ear(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang) == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("ce soir #LibérezKarim", "fr", ["Karim"]),
        ("#RefugeesWelcome", "en", []),
        ("vigil for #TesfayeWoldu", "en", ["TesfayeWoldu"]),
        ("#KarimMuseum", "en", ["Karim"]),  # no last name
        ("#karim", "fr", []),  # without capitals nothing parts a hashtag
    ],
)
def test_hashtags(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang) == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ('„Odlazimo sutra", rekao je Zubrović.', "hr", ["Zubrović"]),
        ('"We go," Ombele said later', "en", ["Ombele"]),
        ("Ombele said it", "en", []),  # a first word: anything may stand there
        ("we said Monday", "en", []),
        ("hat Zubrowitz gesagt", "de", []),  # where nouns have capitals nobody is told by one
    ],
)
def test_who_speaks(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang) == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("včera pomohl soused Ombu Zelenková", "cs", ["Ombu Zelenková"]),
        ("вчора Зоряк Литовчиненко прийшов", "uk", ["Зоряк Литовчиненко"]),
        ("jučer je Zubrović zvao", "hr", ["Zubrović"]),
        ("stanica Nová Ves", "sk", []),
        ("v Petrovičovej", "sk", []),  # after `in` a place
    ],
)
def test_endings_of_family_names(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang) == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("my neighbour Selamawit Tesfaye", "en", ["Selamawit Tesfaye"]),
        ("hier Fatoumata Diallo", "fr", ["Fatoumata Diallo"]),
        ("gisteren hielp Oleksandra mij", "nl", ["Oleksandra"]),
        ("ieri Gurpreet Singh", "it", ["Gurpreet Singh"]),
        ("wczoraj Zeynep Yılmaz", "pl", ["Zeynep Yılmaz"]),
        ("včera Ramiz Bajrami", "sk", ["Ramiz Bajrami"]),
        ("قابلت مريم الخطيب اليوم", "ar", ["مريم الخطيب"]),
        ("ieri Bucarest", "it", []),
        ("hier Conakry", "fr", []),
    ],
)
def test_names_from_everywhere(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang) == expected


@pytest.mark.parametrize("piece", ["#AaAaAa", "Ясирович ", "ззззззз" * 99, "#Karim", "Karima "])
def test_the_time_for_hostile_text_grows_with_its_length(piece: str) -> None:
    assert grows_with_length(lambda text: found(text, "ru"), piece, 100_000)


def test_a_sound_is_the_same_in_every_script() -> None:
    assert NAMES.sound("ясир") & NAMES.sound("yasir")
    assert not NAMES.sound("ясир") & NAMES.sound("nasir")


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("dün Hüseyin amca aradı", "tr", ["Hüseyin"]),
        ("eilen Virtasen perhe muutti", "fi", ["Virtasen"]),
        ("tässä on perhe", "fi", []),  # no name in front
        ("la famille Ombéla habite ici", "fr", ["Ombéla"]),
        ("la famille habite ici", "fr", []),
    ],
)
def test_titles_and_families(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang) == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("Força Ombelu!", "pt", ["Ombelu"]),  # in no list, but spoken to
        ("Força Ombelu falou disso", "pt", ["Ombelu"]),  # who speaks
        ("Força Portugal falou disso", "pt", []),
        ("Kraft Ombelu!", "de", []),  # where nouns have capitals it may be anything
        ("جاء أحمد ويوسف معا", "ar", ["أحمد ويوسف"]),  # `and` is written together with a name
        ("#PravdaPreZuzanu", "sk", ["Zuzanu"]),
        ("#LeseZuzanu", "sk", ["Zuzanu"]),
        ("#SpravodlivostZuzanu", "sk", []),  # a form only after a little word
    ],
)
def test_names_spoken_to_and_written_together(text: str, lang: str, expected: list[str]) -> None:
    assert found(text, lang) == expected
