"""The first heads: tone, hate, speech, experience, protection, relevance, places and codes.

Every sentence is invented. Rules, not models: the tables say what the rules promise, no more.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from nlp.dates import Dates
from nlp.places import Place
from nlp.relevance import Relevance
from nlp.tagger import Tagger, build
from store.schema import HATE, REDACTION
from taxonomy.entries import Entries
from taxonomy.taxonomy import Entry, Slang, Taxonomy, load

SHIPPED = load()
PLACES = (
    Place("wien", ("Wien", "Vienna"), ("Wiener",)),
    Place("wien/favoriten", ("Wien-Favoriten",)),
    Place("wien/favoriten", ("Favoriten",), needs_city=True),
    Place("graz", ("Graz",)),
)


def word(list_name: str, code: str, *terms: str) -> list[Entry]:
    return [Entry(list_name, "en", code, term, "exact") for term in terms]


def slur(
    term: str, kind: str, strength: int, *, reclaimed: bool = False, literal: bool = False
) -> Slang:
    return Slang(
        "slang", "en", "roma", term, "exact",
        kind=kind, strength=strength, reclaimed=reclaimed, literal=literal,
    )  # fmt: skip


ENTRIES = (
    *word("terms", "housing", "flat", "rent"), *word("terms", "asylum", "asylum"),
    *word("groups", "refugees", "refugees"), *word("groups", "roma", "roma"),
    *word("cues", "positive", "good", "great"), *word("cues", "negative", "bad", "awful"),
    *word("cues", "negation", "not", "no"), *word("cues", "quote", "they called me", "said"),
    *word("cues", "counter", "no to racism"), *word("cues", "experience", "when I came"),
    *word("cues", "irregular", "without papers"), *word("cues", "threat", "shoot them"),
    *word("cues", "exclusion", "send them back"),
    *word("cues", "dehumanisation", "animals", "no humans"),
    *word("cues", "insult", "thieves"),
    slur("slurword", "insult", 3), slur("mildword", "slang", 1), slur("codeword", "coded", 2),
    slur("ratty", "insult", 3, literal=True), slur("ownword", "insult", 2, reclaimed=True),
)  # fmt: skip
TAXONOMY = Taxonomy({}, {}, {}, {}, {}, Entries.of(ENTRIES), {}, SHIPPED.dates, "")
TAGGER = build(TAXONOMY, PLACES)


def tag(
    text: str, lang: str = "en", home: str | None = None, tagger: Tagger = TAGGER
) -> dict[str, Any]:
    columns = {
        "text": pa.array([text], pa.string()),
        "lang": pa.array([lang], pa.string()),
        "redactions": pa.array([[]], pa.list_(REDACTION)),
        "home": pa.array([home], pa.string()),
    }
    row: dict[str, Any] = tagger(pa.RecordBatch.from_pydict(columns)).to_pylist()[0]
    return row


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("a good day, great people", "positive"),
        ("an awful flat", "negative"),
        ("that is not good", "negative"),
        ("not bad at all", "positive"),
        ("the flat is big", "neutral"),
        ("good and bad", "neutral"),
        ("you slurword", "negative"),
        ("no, I think that after all it was good", "positive"),  # the negation is far away
    ],
)
def test_tone(text: str, label: str) -> None:
    tone = tag(text)["tone"]
    assert tone["label"] == label
    assert 0 <= tone["score"] <= 1


@pytest.mark.parametrize(
    ("text", "speech", "kind"),
    [
        ("slurword out", "hate", "insult"),
        ("codeword now", "hate", "exclusion"),  # coded, polite, still hate
        ("shoot them, these refugees", "hate", "threat"),
        ("refugees? send them back", "hate", "exclusion"),
        ("refugees are animals", "hate", "dehumanisation"),
        ("refugees: no humans", "hate", "dehumanisation"),  # its own "no" does not turn it round
        ("roma ratty", "hate", "insult"),
        ("refugees are thieves", "hate", "insult"),
        ("refugees are not thieves", "plain", None),
        ("thieves broke in", "plain", None),  # nobody's group
        ("ownword thieves", "plain", None),  # among themselves
        ("ownword slurword", "hate", "insult"),
        # near-misses
        ("mildword friends", "plain", None),
        ("the ratty sofa", "plain", None),  # the plain meaning
        ("proud ownword here", "plain", None),  # the group's own word
        ("refugees are not animals", "plain", None),
        ("animals in the zoo", "plain", None),
        ("the refugees policy of the council is awful and bad", "plain", None),
        ("my landlord: shoot them an e-mail", "plain", None),  # at nobody's group
        # not the author's
        ("they called me slurword at school", "quote", None),
        ("the poster read “slurword out”, awful", "quote", None),
        ("»slurword raus« stand an der Wand", "quote", None),
        ("slurword? no to racism!", "counter", None),
        ("refugees live here, no to racism", "counter", None),
        (
            "he said “slurword”, and I was glad about it since they are: slurword, each of them",
            "hate",
            "insult",
        ),
        ("it's a slurword's life, isn't it", "hate", "insult"),  # apostrophes are no quotation
    ],
)
def test_hate_and_whose_it_is(text: str, speech: str, kind: str | None) -> None:
    row = tag(text)
    assert (row["speech"], row["hate"]["kind"]) == (speech, kind)
    assert row["hate"]["flag"] == (speech == "hate")


@pytest.mark.parametrize("lang", ["pl", "und", "de"])
def test_heads_are_silent_where_a_language_has_no_cues(lang: str) -> None:
    row = tag("slurword when I came asylum good", lang)
    assert [row[name] for name in ("tone", "hate", "speech", "experience")] == [None] * 4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("when I came the rent was low", True),
        ("when I came home it rained", False),  # nothing of integration
        ("the rent was low", False),
    ],
)
def test_experience(text: str, told: bool) -> None:
    assert tag(text)["experience"] is told


def test_a_protected_post_keeps_its_city_and_loses_the_rest() -> None:
    text = "when I came without papers on 3 March 2021, aged 17, to a flat in Wien-Favoriten, Wien"
    row = tag(text)
    assert row["protected"]
    assert row["text"] == "when I came without papers on <DATE>, <AGE>, to a flat in <PLACE>, Wien"
    assert row["places"] == ["wien"]
    assert row["city"] == "wien"
    assert row["areas"] == ["housing"]
    assert row["redactions"] == [{"type": t, "count": 1} for t in ("age", "date", "place")]
    assert {row["text"][m["start"] : m["end"]] for m in row["matches"]} == {"flat", "Wien"}


def test_protecting_twice_is_protecting_once() -> None:
    row = tag("when I came without papers on 3 March 2021 to a flat in Wien-Favoriten, Wien")
    again = tag(row["text"])
    kept = ("text", "places", "areas", "matches", "city", "signature", "protected")
    assert {k: again[k] for k in kept} == {k: row[k] for k in kept}


@pytest.mark.parametrize(
    "text",
    [
        "the flat in Wien-Favoriten since 3 March",  # nobody's experience
        "when I came to the flat in Wien-Favoriten on 3 March",  # nothing delicate
        "refugees without papers in Wien-Favoriten on 3 March",
    ],
)
def test_other_posts_stay_as_they_are(text: str) -> None:
    row = tag(text)
    assert (row["protected"], row["text"], row["places"]) == (False, text, ["wien/favoriten"])


def test_an_unknown_language_is_protected_all_the_same() -> None:
    row = tag("when I came without papers, asylum", "und")
    assert (row["experience"], row["protected"]) == (None, True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("on 12.03.2021 and 2021-03-12", ["12.03.2021", "2021-03-12"]),
        ("am 3. März 2021, im Mai 2020", ["3. März 2021", "Mai 2020"]),
        ("March 3rd, 2019 or 3rd of March", ["March 3rd, 2019", "3rd of March"]),
        ("le 1er janvier 2020; il 2 giugno", ["1er janvier 2020", "2 giugno"]),
        ("den 5 maj, op 4 mei 2022", ["5 maj", "4 mei 2022"]),
        ("17 years old, 17-jährig, 17 ans, 17 anni, 17 jaar, 17 år gammal",
         ["17 years old", "17-jährig", "17 ans", "17 anni", "17 jaar", "17 år gammal"]),
        ("I was 16 then", ["I was 16"]),
        ("seit 2015 hier", []),  # a year alone
        ("Zimmer 12, 3 Kinder, 50 Euro, Version 1.2.3", []),
        ("may I come in? 10 may come", ["10 may"]),  # one too many rather than one too few
    ],
)  # fmt: skip
def test_dates_and_ages(text: str, found: list[str]) -> None:
    spans = sorted(Dates.of(SHIPPED).spans(text), key=lambda span: span[1])
    assert [text[start:end] for _, start, end in spans] == found


@pytest.mark.parametrize(
    ("text", "home", "places", "city"),
    [
        ("Wien ist schön", None, ["wien"], "wien"),
        ("Wien, Wien und Graz", None, ["graz", "wien"], "wien"),
        ("Wien und Graz", None, ["graz", "wien"], "wien"),  # the one named first
        ("Graz und Wien", None, ["graz", "wien"], "graz"),
        ("Wien und Graz", "wien", ["graz", "wien"], "wien"),
        ("Graz", "wien", ["graz"], "graz"),  # the text goes before the source
        ("nirgends", "wien", [], "wien"),
        ("nirgends", "-", [], None),
        ("Wien-Favoriten", None, ["wien/favoriten"], "wien"),
        ("Favoriten", None, [], None),  # favourites of any kind
        ("Favoriten", "graz", [], "graz"),
        ("Favoriten", "wien", ["wien/favoriten"], "wien"),
        ("Favoriten in Wien", None, ["wien", "wien/favoriten"], "wien"),
        ("Favoriten und Wien-Favoriten", None, ["wien/favoriten"], "wien"),
    ],
)
def test_places_and_city(text: str, home: str | None, places: list[str], city: str | None) -> None:
    row = tag(text, home=home)
    assert (row["places"], row["city"]) == (places, city)
    assert {m["code"] for m in row["matches"] if m["list"] == "places"} == set(places)


def test_a_batch_without_home_is_no_trouble() -> None:
    columns = {"text": ["Wien"], "lang": ["en"], "redactions": pa.array([[]], pa.list_(REDACTION))}
    assert TAGGER(pa.RecordBatch.from_pydict(columns)).column("city").to_pylist() == ["wien"]


def test_a_slur_names_its_group_and_a_plain_word_does_not() -> None:
    assert tag("slurword")["groups"] == ["roma"]
    assert tag("ratty sofa")["groups"] == []


@pytest.mark.parametrize(
    ("areas", "groups", "flag", "speech", "city", "tied", "free"),
    [
        (["housing"], [], False, "plain", "wien", True, True),
        (["housing"], [], False, "plain", None, False, True),
        ([], ["roma"], False, "plain", "wien", False, False),
        ([], ["roma"], True, "hate", "wien", True, True),
        ([], ["roma"], False, "counter", "wien", True, True),
        ([], [], True, "hate", "wien", False, False),  # at no group
        ([], ["roma"], None, None, "wien", False, False),
    ],
)  # fmt: skip
def test_relevance(
    areas: list[str], groups: list[str], flag: bool | None, speech: str | None,
    city: str | None, tied: bool, free: bool,
) -> None:  # fmt: skip
    codes = pa.list_(pa.string())
    hate = None if flag is None else {"score": 0.9, "flag": flag, "kind": None}
    batch = pa.RecordBatch.from_pydict({
        "areas": pa.array([areas], codes), "groups": pa.array([groups], codes),
        "hate": pa.array([hate], HATE), "speech": pa.array([speech], pa.string()),
        "city": pa.array([city], pa.string()),
    })  # fmt: skip
    assert Relevance(True)(batch).column("relevant").to_pylist() == [tied]
    assert Relevance(False)(batch).column("relevant").to_pylist() == [free]


# What the shipped words promise: invented sentences, one hit and one near-miss a language.
@pytest.mark.parametrize(
    ("lang", "text", "speech"),
    [
        ("en", "Kill them all, these migrants are vermin.", "hate"),
        ("de", "Remigration jetzt! Diese Parasiten müssen alle raus aus Wien", "hate"),
        ("de", "Diese Ausländer sind alle kriminelle Parasiten.", "hate"),
        ("de", "Remigration heißt ein Buch über Parasiten.", "plain"),  # no excluding cue
        ("de", "Die Remigration ist ein Plan der Partei.", "plain"),
        ("fr", "Ces migrants sont tous des voleurs et des violeurs.", "hate"),
        ("fr", "Des voleurs ont cassé la vitrine.", "plain"),
        ("nl", "Die vluchtelingen zijn smerige dieven.", "hate"),
        ("sv", "Jag hatar de där invandrarna.", "hate"),
        ("it", "Questi migranti fanno schifo, a casa loro!", "hate"),
        ("en", "I hate these immigrants, filthy thieves.", "hate"),
        ("en", "I hate these long queues at the office.", "plain"),
        ("en", "The council's asylum policy has failed and should be scrapped.", "plain"),
        ("de", "Die Asylpolitik der Regierung ist gescheitert.", "plain"),
        ("sv", "Regeringens asylpolitik har misslyckats.", "plain"),
        ("nl", "Het asielbeleid van de regering is mislukt.", "plain"),
        ("fr", "La politique d'asile du gouvernement a échoué.", "plain"),
        ("it", "La politica d'asilo del governo è fallita.", "plain"),
    ],
)
def test_the_shipped_words(lang: str, text: str, speech: str) -> None:
    assert tag(text, lang, tagger=build(SHIPPED, PLACES))["speech"] == speech
