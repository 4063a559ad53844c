"""Words written so that the lists would miss them: what is read in them, and what is not."""

from __future__ import annotations

import pyarrow as pa
import pytest

from nlp.language import Language
from nlp.match import Match
from nlp.patterns import Patterns
from taxonomy.entries import Entries
from taxonomy.taxonomy import Entry, Taxonomy, load

SHIPPED = load(languages=["de", "el"])
TERMS = {
    "en": ("refugee", "welcome", "muslim", "asylum", "housing", "deport", "rent"),
    "de": ("Flüchtling", "Unterkunft", "willkommen", "Wohnung", "Schule", "Abschiebung", "Asyl"),
}
ENTRIES = [Entry("terms", lang, w, w, "forms") for lang, of in TERMS.items() for w in of]
ENTRIES += [Entry("slang", "en", "coded", "nogozone", "exact")]
MATCH = Match(
    Patterns(
        Taxonomy({}, {}, {}, {}, SHIPPED.languages, Entries.of(ENTRIES),
                 {"de": SHIPPED.endings["de"], "en": {"": ("s",)}}, {}, "")
    )
)  # fmt: skip


def read(text: str, lang: str = "en") -> list[tuple[str, str]]:
    """(piece of the text, code) of each match."""
    batch = pa.RecordBatch.from_pydict({"text": [text], "lang": [lang]})
    found = MATCH(batch).column("matches").to_pylist()[0]
    return [(text[m["start"] : m["end"]], m["code"]) for m in found]


@pytest.mark.parametrize(
    ("text", "lang", "codes"),
    [
        ("#RefugeesWelcome", "en", ["refugee", "welcome"]),
        ("#refugeeswelcome", "en", ["refugee", "welcome"]),
        ("#HousingForMuslims2025", "en", ["housing", "muslim"]),
        ("#NOasylum", "en", ["asylum"]),
        ("#nogozone", "en", ["coded"]),  # the whole is a word of its own
        ("#FluechtlingeWillkommen", "de", ["Flüchtling", "willkommen"]),
        ("refugeeswelcome", "en", []),  # no hashtag, and English writes words apart
        ("#contraband #parents #currently", "en", []),  # `rent` alone is not most of a word
        ("#x #1 #🏠 # refugee", "en", ["refugee"]),
        ("##RefugeesWelcome!", "en", ["refugee", "welcome"]),
    ],
)
def test_hashtags_are_taken_apart(text: str, lang: str, codes: list[str]) -> None:
    assert sorted({code for _, code in read(text, lang)}) == sorted(codes)


def test_a_part_covers_the_whole_hashtag() -> None:
    assert read("so #refugeeswelcome ok")[0][0] == "refugeeswelcome"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Notunterkunft", ["Unterkunft"]),
        ("Flüchtlingsunterkunft", ["Flüchtling", "Unterkunft"]),
        ("Flüchtlingsunterkünften", ["Flüchtling", "Unterkunft"]),
        ("Altbauwohnungen", ["Wohnung"]),
        ("Asylunterkunft", ["Unterkunft"]),  # heads of four letters are too short to trust
        ("Fluechtlingsunterkunft", ["Flüchtling", "Unterkunft"]),
        ("Gewöhnungssache", []),
        ("Wohnungen", ["Wohnung"]),
    ],
)
def test_compounds_are_taken_apart_where_a_language_makes_them(text: str, codes: list[str]) -> None:
    assert sorted({code for _, code in read(text, "de")}) == sorted(codes)
    assert not read("notrefugeehousing", "en")


@pytest.mark.parametrize(
    ("text", "lang", "found"),
    [
        ("Fluechtling", "de", [("Fluechtling", "Flüchtling")]),
        ("Abschiebung", "de", [("Abschiebung", "Abschiebung")]),
        ("neue Steuer", "de", []),
    ],
)
def test_letters_may_be_written_in_another_way(
    text: str, lang: str, found: list[tuple[str, str]]
) -> None:
    assert read(text, lang) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no r3fugees here", [("r3fugees", "refugee")]),
        ("d3p0rt them", [("d3p0rt", "deport")]),
        ("these mu$lim", [("mu$lim", "muslim")]),
        ("these mu$lims.", [("mu$lims", "muslim")]),
        ("m*slims out", [("m*slims", "muslim")]),
        ("r e f u g e e s", [("r e f u g e e s", "refugee")]),
        ("a.s.y.l.u.m now", [("a.s.y.l.u.m", "asylum")]),
        ("COVID19 on the 4x4, B12 and m365", []),
        ("rent: 300€, 2*3 = 6 | 5$", [("rent", "rent")]),
        ("abs½ 1st 2nd u2", []),
        ("I a m ok", []),
        ("a b c d e f g", []),
    ],
)
def test_masked_words_are_read(text: str, found: list[tuple[str, str]]) -> None:
    assert read(text) == found


def test_rows_keep_their_offsets_where_a_neighbour_is_respelt() -> None:
    rows = ["#refugeeswelcome", "refugee", "r3fugees refugee", ""]
    batch = pa.RecordBatch.from_pydict({"text": rows, "lang": ["en"] * 4})
    found = MATCH(batch).column("matches").to_pylist()
    assert [[(m["start"], m["end"]) for m in of] for of in found] == [
        [(1, 16), (1, 16)], [(0, 7)], [(0, 8), (9, 16)], [],
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["a*" * 20_000, "m$" * 20_000, "r " * 20_000, "#" + "ab" * 20_000])
def test_a_long_text_of_masks_is_read_once(text: str) -> None:
    assert read(text) == []


def test_languages_say_what_may_be_written_otherwise() -> None:
    german = SHIPPED.languages["de"]
    assert "s" in german.compounds
    assert ("ue", "u") in german.spellings
    assert SHIPPED.languages["el"].compounds == ()


GREEK = Match(Patterns(load(languages=["el"])))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("perimenw tin adeia diamonhs", ["adeia diamonhs"]),  # by look
        ("perimeno tin adia diamonis", ["adia diamonis"]),  # by sound
        ("oi prosfyges edw", ["prosfyges"]),
        ("oi prosfiges", ["prosfiges"]),
        ("enikio 400 euro", ["enikio"]),
        ("football, ouzo, paralia", []),
    ],
)
def test_greek_in_latin_letters_is_read_by_its_sound(text: str, found: list[str]) -> None:
    batch = pa.RecordBatch.from_pydict({"text": [text], "lang": ["el"]})
    matches = GREEK(batch).column("matches").to_pylist()[0]
    told = [text[m["start"] : m["end"]] for m in matches if m["list"] in ("terms", "groups")]
    assert list(dict.fromkeys(told)) == found


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("den mporw na vrw spiti edw kai 6 mines", "el"),
        ("giati oi metanastes na min exoun psifo?", "el"),
        ("den Haag heeft een tekort aan woningen, iemand die kan helpen?", "nl"),
        ("non lo so, mi dicono che apo la casa tis", "it"),
        ("kai on kyllä ihan kiva tämä talo", "fi"),
    ],
)
def test_latin_letters_may_be_greek(text: str, lang: str) -> None:
    lists = load(languages=["el"])
    step = Language(frozenset(["el", "nl", "it", "fi"]), 0.4, lists.latin)
    batch = pa.RecordBatch.from_pydict({"text": [text], "lang": pa.nulls(1, pa.string())})
    assert step(batch).column("lang").to_pylist() == [lang]
