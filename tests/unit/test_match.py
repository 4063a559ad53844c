"""The matcher: which words count as a term, where it stands, and what does not count."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from base.text import words
from nlp.forms import Inflection
from nlp.match import MOST_MATCHES, Match
from nlp.patterns import Patterns
from nlp.places import Place
from taxonomy.entries import Entries
from taxonomy.taxonomy import Entry, Taxonomy, load

SHIPPED = load()
PATTERNS = Patterns(SHIPPED)


def taxonomy_of(*entries: Entry) -> Taxonomy:
    """A taxonomy of some entries, with the shipped endings."""
    return Taxonomy({}, {}, {}, {}, {}, Entries.of(entries), SHIPPED.endings, {}, "")


def matches(match: Match, text: str, lang: str = "en") -> list[dict[str, Any]]:
    batch = pa.RecordBatch.from_pydict({"text": [text], "lang": [lang]})
    found: list[dict[str, Any]] = match(batch).column("matches").to_pylist()[0]
    return found


def found(
    text: str, *entries: Entry, lang: str = "en", places: tuple[Place, ...] = ()
) -> list[str]:
    """The pieces of `text` that match."""
    match = Match(Patterns(taxonomy_of(*entries), places))
    return [text[m["start"] : m["end"]] for m in matches(match, text, lang)]


def term(text: str, match: str = "forms", lang: str = "en", code: str = "x", **more: Any) -> Entry:
    return Entry("terms", lang, code, text, match, **more)


@pytest.mark.parametrize(
    ("entry", "text", "hits"),
    [
        (term("landlord"), "My landlords said no", ["landlords"]),
        (term("landlord"), "LANDLORD!", ["LANDLORD"]),
        (term("landlord"), "landlordism, slumlord", []),
        (term("policy"), "all policies of the city", ["policies"]),
        (term("landlord", "exact"), "landlords and a landlord", ["landlord"]),
        (term("right of residence"), "rights of residence", ["rights of residence"]),
        (term("right of residence"), "right off residence", []),
        (term("social housing"), "social. Housing, social-housing", ["social. Housing",
                                                                     "social-housing"]),
        (term("integr", "prefix"), "integration, reintegration", ["integration"]),
        (term("no go zon", "prefix"), "no-go-zones", ["no-go-zones"]),
        (term("IT", "case"), "it is IT, It", ["IT"]),
        (term("Straße", lang="de"), "STRASSE strasse Straßen", ["STRASSE", "strasse", "Straßen"]),
    ],
)  # fmt: skip
def test_a_match_is_a_whole_word_in_an_allowed_form(
    entry: Entry, text: str, hits: list[str]
) -> None:
    assert found(text, entry, lang=entry.language) == hits


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("👩‍👩‍👧 Malmö 🏠 bostäder", ["bostäder"]),
        ("x\u0301 bosta\u0308der!", ["bosta\u0308der"]),  # combining marks belong to the word
        ("bo\u00adstad bo\u200bstad", ["bo\u00adstad", "bo\u200bstad"]),
        ("ﬁ ﷺ ½ ß bostad", ["bostad"]),  # letters that fold into several
        ("<PERSON>bostad<PERSON>", ["bostad"]),
        ("𝔟𝔬𝔰𝔱𝔞𝔡", ["𝔟𝔬𝔰𝔱𝔞𝔡"]),  # letters beyond the basic plane
    ],
)
def test_offsets_are_code_points_of_the_text(text: str, hits: list[str]) -> None:
    forms_of = (term("bostad", lang="sv"), term("bostäder", "exact", lang="sv"))
    assert found(text, *forms_of, lang="sv") == hits


def test_arabic_is_found_without_its_marks() -> None:
    text = "قال إنّ العَرَبِيَّة لغتي 🌍 العربية"
    entry = term("العربية", "exact", lang="ar")
    assert found(text, entry, lang="ar") == ["العَرَبِيَّة", "العربية"]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("the house was cold, the rent high", ["house"]),
        ("the house was cold", []),  # nothing of `with`
        ("house music and rent", []),  # `without`
        ("rent " + "and " * 9 + "house", ["house"]),
        ("rent " + "and " * 10 + "house", []),  # eleven words away
        ("rents: a house", ["house"]),  # forms of `with` count
    ],
)
def test_context_is_ten_words(text: str, hits: list[str]) -> None:
    entry = term("house", with_words=("rent", "flat to let"), without=("house music",))
    assert found(text, entry) == hits


def test_context_and_phrases_end_with_the_post() -> None:
    entries = (term("house", with_words=("rent",)), term("social housing"))
    match = Match(Patterns(taxonomy_of(*entries)))
    batch = pa.RecordBatch.from_pydict(
        {"text": ["rent, social", "housing, house", ""], "lang": ["en"] * 3}
    )
    assert match(batch).column("matches").to_pylist() == [[], [], []]


@pytest.mark.parametrize(
    ("lang", "hits"),
    [
        ("de", ["Amt"]),
        ("en", ["office"]),
        ("und", ["Amt", "office"]),  # unknown: every language
        ("pl", ["Amt", "office"]),  # no lists: every language
        (None, ["Amt", "office"]),
    ],
)
def test_a_post_meets_the_terms_of_its_language(lang: str, hits: list[str]) -> None:
    assert found("Amt office", term("Amt", lang="de"), term("office"), lang=lang) == hits


def test_the_longest_wins_within_one_code_only() -> None:
    entries = (
        term("social"), term("social housing"), term("housing association"),
        term("housing", code="y"),
    )  # fmt: skip
    hits = found("social housing association", *entries)
    assert hits == ["social", "housing association", "housing"]


WIEN = Place("wien", ("Wien", "Vienna"), ("Wiener",), ("Wiener Schnitzel", "vienna"))
NEUSTADT = Place("wiener-neustadt", ("Wiener Neustadt",))
FOUR = Place("wien/wieden", ("Wieden", "4. Bezirk"))
ESSEN = Place("essen", ("Essen",), (), ("essen", "zum Essen"))


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("In Wien, Wieden", ["Wien", "Wieden"]),
        ("Im 4. Bezirk", ["4. Bezirk"]),
        ("Wiener Schnitzel", []),
        ("Das Wiener Schnitzel in Wien", ["Wien"]),  # the trap holds one of two
        ("Wiener Neustadt", ["Wiener Neustadt"]),  # another city, longer
        ("VIENNA vienna Vienna", ["VIENNA", "Vienna"]),  # one spelling is a trap
        ("Wir essen in Essen", ["Essen"]),
        ("Kommt zum Essen", []),
    ],
)
def test_places_and_their_traps(text: str, hits: list[str]) -> None:
    assert found(text, lang="de", places=(WIEN, NEUSTADT, FOUR, ESSEN)) == hits


def test_places_of_one_name_stand_side_by_side() -> None:
    places = (Place("a/centrum", ("Centrum",)), Place("b/centrum", ("Centrum",)))
    match = Match(Patterns(taxonomy_of(), places))
    assert [m["code"] for m in matches(match, "Centrum", "nl")] == ["a/centrum", "b/centrum"]


def test_one_word_over_and_over_is_bounded() -> None:
    assert len(found("landlord " * 100_000, term("landlord"))) == MOST_MATCHES


@pytest.mark.parametrize(
    ("word", "language", "some"),
    [
        ("city", "en", {"cities"}),
        ("family", "en", {"families"}),
        ("wohnung", "de", {"wohnungen"}),
        ("haus", "de", {"hauser", "hauses"}),  # folded, the umlaut is gone
        ("school", "nl", {"scholen"}),
        ("flykting", "sv", {"flyktingar", "flyktingarna", "flyktingens"}),
        ("social", "fr", {"sociaux", "sociales"}),
        ("rifugiato", "it", {"rifugiati", "rifugiata"}),
    ],
)
def test_forms_of_a_word(word: str, language: str, some: set[str]) -> None:
    assert some <= Inflection(SHIPPED.endings[language]).forms(word)


@pytest.mark.parametrize(
    ("word", "language", "other"),
    [
        ("friendly", "en", "friend"),
        ("bitter", "de", "bitte"),
        ("lager", "de", "lage"),
        ("inder", "de", "indem"),
        ("vieren", "nl", "vier"),
        ("progres", "fr", "progresse"),
    ],
)
def test_another_word_is_no_form(word: str, language: str, other: str) -> None:
    assert other not in Inflection(SHIPPED.endings[language]).forms(word)


# Invented sentences: what the shipped lists must find, and what they must leave alone.
@pytest.mark.parametrize(
    ("lang", "text", "codes"),
    [
        ("en", "The asylum seekers are still waiting for a residence permit.",
         {"asylum", "social-rights"}),
        ("en", "We had pasta and watched the football.", set()),
        # people who fled are a group, and no word of the asylum procedure
        ("de", "Die Flüchtlinge warten auf ihre Aufenthaltserlaubnis.", {"social-rights"}),
        ("de", "Gestern haben wir Nudeln gegessen und Fußball geschaut.", set()),
        ("sv", "Flyktingarna väntar på uppehållstillstånd.", {"social-rights"}),
        ("sv", "Igår åt vi pasta och såg på fotboll.", set()),
        ("nl", "De vluchtelingen wachten op hun verblijfsvergunning.", {"social-rights"}),
        ("nl", "Gisteren aten we pasta en keken we voetbal.", set()),
        ("fr", "Les réfugiés attendent leur titre de séjour.", {"social-rights"}),
        ("fr", "Hier nous avons mangé des pâtes devant le foot.", set()),
        ("it", "I rifugiati aspettano il permesso di soggiorno.", {"social-rights"}),
        ("it", "Ieri abbiamo mangiato la pasta e guardato la partita.", set()),
    ],
)  # fmt: skip
def test_the_shipped_lists(lang: str, text: str, codes: set[str]) -> None:
    match = Match(PATTERNS)
    assert {
        m["code"] for m in matches(match, text, lang) if m["list"] in ("terms", "aside")
    } == codes


def test_the_patterns_stay_few() -> None:
    assert 1_000 < len(PATTERNS) < 100_000
    assert all(words(term) for term in PATTERNS.entries.columns["term"].to_pylist())
