"""Names that no list has, found by the signs of the word and of what stands beside it."""

from __future__ import annotations

import pytest
from test_scrub_names import PERSON, found

from nlp.recognisers.signs import weighed


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "lang", "names"),
    [
        ("Jučer je Grubešković govorio o tome", "hr", ["Grubešković"]),
        ("Včera povedal Hruškovčák, že nepríde", "sk", ["Hruškovčák"]),
        ("igår sa Lindqvistare att det räcker", "sv", ["Lindqvistare"]),
        ("ifølge Thorbjørnsgaard er det forkert", "da", ["Thorbjørnsgaard"]),
        ("yesterday Abernathwick told us to leave", "en", ["Abernathwick"]),
        ("meeting with Okonkwarez about the flat", "en", ["Okonkwarez"]),
        ("Jučer je Slavonija slavila", "hr", []),  # places, offices, what speaks for nobody
        ("Včera v Trnave pršalo", "sk", []),
        ("igår i Västerås regnade det", "sv", []),
        ("i går i Roskilde regnede det", "da", []),
        ("Ontem em Setúbal choveu", "pt", []),
        ("yesterday in Yorkshire it rained", "en", []),
        ("Jobcentre told us to leave", "en", []),
        ("Den Skatteverket sa nej", "sv", []),
    ],
)
def test_a_name_of_no_list_is_told_by_its_signs(text: str, lang: str, names: list[str]) -> None:
    assert found(text, lang) == names


@pytest.mark.unit
def test_german_and_unknown_languages_are_not_weighed() -> None:
    assert found("gestern hat Krottenbacher gesagt", "de") == []
    assert not PERSON.reading("gestern hat Krottenbacher gesagt", "de").lexicon.is_weighed
    assert not PERSON.reading("Abernathwick said", "und").lexicon.is_weighed


@pytest.mark.unit
def test_what_stands_beside_a_word_is_weighed_with_it() -> None:
    said = PERSON.reading("yesterday Abernathwick told us", "en")
    place = PERSON.reading("yesterday in Abernathwick, England", "en")
    assert weighed(said, 1, 1) > weighed(place, 2, 2)
