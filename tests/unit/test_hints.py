"""Everyday words that together tell an area: when they do, and what of them is kept as evidence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from nlp.match import Match
from nlp.patterns import Patterns
from taxonomy import taxonomy
from taxonomy.entries import Entries
from taxonomy.taxonomy import SHIPPED, Entry, Taxonomy
from taxonomy.vocabulary import COLUMNS, table

ARABIC = {"ar": {"": ("ال", "وال", "بال", "و")}}
HINTS = [
    ("en", "landlord*", "housing", 3),
    ("en", "deposit*", "housing", 2),
    ("en", "viewing", "housing", 1),
    ("en", "room*", "housing", 1),
    ("en", "letter", "social-rights", 2),
    ("en", "no dogs*", "anti-discrimination", 3),
    ("en", "share* flat", "housing", 3),
    ("en", "goal*", "none", 2),
    ("en", "permit*", "social-rights", 3),
    ("de", "Miet*", "housing", 3),
    ("ar", "سكن", "housing", 3),
    ("ar", "مكتب العمل", "employment", 3),
    ("ar", "راتب*", "benefits", 3),
]


def match_of(entries: Sequence[Entry]) -> Match:
    """A matcher with the hints above and some entries."""
    endings: dict[str, dict[str, tuple[str, ...]]] = {"en": {}, "de": {}, "ar": {}}
    return Match(
        Patterns(
            Taxonomy({}, {}, {}, {}, {}, Entries.of(entries), endings, {}, "", ARABIC, table(HINTS))
        )
    )


MATCH = match_of([])


def told(text: str, lang: str | None = "en") -> list[tuple[str, str]]:
    """(piece of the text, area) of the hints that carried one."""
    batch = pa.RecordBatch.from_pydict({"text": [text], "lang": pa.array([lang], pa.string())})
    found = MATCH(batch).column("matches").to_pylist()[0]
    assert all(m["list"] == "vocabulary" for m in found)
    return [(text[m["start"] : m["end"]], m["code"]) for m in found]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("my landlords again", ["landlords"]),  # weight 3 tells it alone
        ("paid the deposit", []),
        ("a deposit before the viewing", ["deposit", "viewing"]),
        ("deposit, deposits, deposited", []),  # one word counts once
        ("a letter about the viewing", []),  # two areas, neither has enough
        ("room for a viewing, two rooms", []),
        ("NO DOGS, it said", ["NO DOGS"]),
        ("no hotdogs", []),
        ("sharing a flat", []),
        ("shared flat", ["shared flat"]),
        ("my landlord scored a goal", []),  # what speaks of other matters counts against
        ("the landlord kept the deposit, own goal", ["landlord", "deposit"]),
        ("", []),
    ],
)
def test_words_tell_an_area_when_their_weights_are_enough(text: str, pieces: list[str]) -> None:
    assert [piece for piece, _ in told(text)] == pieces


def test_the_words_of_another_language_say_nothing() -> None:
    assert told("Mietvertrag", "de") == [("Mietvertrag", "housing")]
    assert told("Mietvertrag", "en") == []
    assert told("Mietvertrag", "und") == told("Mietvertrag", None) == []


def test_words_count_behind_what_a_language_puts_before_them() -> None:
    assert told("بالسكن", "ar") == [("بالسكن", "housing")]


def test_an_area_needs_two_thirds_of_the_strongest() -> None:
    text = "the landlord wants a deposit before a viewing and the papers for the"
    assert {area for _, area in told(f"{text} letter and letters")} == {"housing"}
    assert {area for _, area in told("a permit and the landlord")} == {"housing", "social-rights"}


def test_a_term_weighs_as_much_as_a_word_of_weight_three() -> None:
    terms = [Entry("terms", "en", "asylum", "refugee", "forms")]
    match = match_of(terms)
    batch = pa.RecordBatch.from_pydict(
        {
            "text": ["refugee", "refugee landlord", "refugee landlord deposit viewing"],
            "lang": ["en"] * 3,
        }
    )
    found = match(batch).column("matches").to_pylist()
    assert [[(m["list"], m["code"]) for m in of if m["code"] == "asylum"] for of in found] == [
        [("terms", "asylum")],
        [("terms", "asylum")],
        [("aside", "asylum")],  # kept, but the post is about housing
    ]


def test_rows_do_not_lend_each_other_words() -> None:
    texts = ["deposit", "viewing", "no", "dogs", "landlord"]
    batch = pa.RecordBatch.from_pydict({"text": texts, "lang": ["en"] * len(texts)})
    assert [len(of) for of in MATCH(batch).column("matches").to_pylist()] == [0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("miet*,hausing,3,", "hausing"),
        ("miet*,housing,4,", "weight '4'"),
        ("mi*,housing,3,", "too short"),
        ("!,housing,3,", "no word"),
        ("Wohnung,housing,2,\nwohnung,housing,1,", "stands twice"),
    ],
)
def test_a_row_that_cannot_be_used_is_told(tmp_path: Path, row: str, problem: str) -> None:
    for name in ("areas", "dimensions", "groups", "rights", "languages"):
        (tmp_path / f"{name}.csv").write_bytes((SHIPPED / f"{name}.csv").read_bytes())
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "vocabulary.csv").write_text(f"{','.join(COLUMNS)}\n{row}\n")
    (found,) = taxonomy.check(tmp_path)
    assert problem in str(found)
    assert "de/vocabulary.csv:" in str(found)


def test_every_language_has_words_for_every_area() -> None:
    lists = taxonomy.load()
    pairs = lists.vocabulary.select(["language", "area"]).group_by(["language", "area"])
    there = {(r["language"], r["area"]) for r in pairs.aggregate([]).to_pylist()}
    wanted = {(code, area) for code in lists.languages for area in (*lists.areas, "none")}
    assert wanted <= there


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("مكتب العمل", ["مكتب العمل"]),
        ("ومكتب العمل", ["ومكتب العمل"]),
        ("وبمكتب العمل", []),  # two at once only where the list has them
        ("كمكتب العمل", []),  # no beginning of this language's list
        ("مكتبة العمل", []),  # another word
        ("والراتب وراتبي", ["والراتب", "وراتبي"]),  # before a stem, whatever follows
    ],
)
def test_every_word_of_a_phrase_may_have_a_beginning(text: str, pieces: list[str]) -> None:
    assert [piece for piece, _ in told(text, "ar")] == pieces
