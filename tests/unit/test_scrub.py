"""Scrubbing as a whole: what is planted never survives, twice is once, the rest is untouched."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base.errors import BadInput
from base.text import nfc
from nlp.recognisers import BREAK, Span
from nlp.recognisers.name_lists import read_names
from nlp.recognisers.naming import read_naming
from nlp.recognisers.numbers import read_numbers
from nlp.scrub import TYPES, Scrub, replace, resolve
from store.schema import REDACTION
from tests.growth import grows_with_length

ROOT = Path(__file__).resolve().parents[2]
PRESIDIO = ROOT.parent / "shared/data/personal/presidio_synthetic_v2.json"
SCRUB = Scrub(
    read_naming(ROOT / "taxonomy"),
    read_names(ROOT / "data/names"),
    read_numbers(ROOT / "data/names"),
)
LANGS = ("de", "en", "nl", "sv", "fr", "it", "pl", "ar", "und")

PLANTS = (
    "anna.m@post.example.at", "+43 664 1234567", "AT61 1904 3002 3457 3201", "@anna_m",
    "https://x.com/anna_m", "4111 1111 1111 1111", "192.168.17.4",
)  # fmt: skip
PIECES = st.sampled_from(
    (*PLANTS, "Frau", "Anna", "Huber", "Fatma Yilmaz", "ich heiße", "mein Nachbar", "geboren am",
     "3.4.1980", "Hauptstraße", "12", "<PERSON>", "<LINK>", "BSN", "O'Brien", "Dr.", "A.", "van",
     "\u0338", "é", "e\u0301", "😀", "@", "-", "(at)", "punkt", "\n", "\0", "Bürgermeister",
     "u/x_y_z",
     "12 rue", "Via Roma", "48.20849, 16.37208", "W-12345 A", "§", "www.", ".", ",", "'", "<", ">")
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=14).flatmap(
    lambda pieces: st.sampled_from([" ", "", "-", "."]).map(lambda gap: gap.join(pieces))
)
WORDS = st.lists(
    st.text(st.characters(categories=("L",)), min_size=1, max_size=9) | PIECES, max_size=6
).map(" ".join)


def batch(texts: list[str | None], langs: list[str] | None = None) -> pa.RecordBatch:
    return pa.record_batch(
        {
            "n": list(range(len(texts))),
            "text": pa.array(texts, pa.string()),
            "lang": pa.array(langs or ["de"] * len(texts), pa.string()),
        }
    )


def scrubbed(text: str, lang: str = "de") -> str:
    answer: str = SCRUB(batch([text], [lang])).column("text")[0].as_py()
    return answer


@pytest.mark.unit
def test_what_comes_out() -> None:
    posts = SCRUB(batch(["Frau Huber, a@b.example, c@d.example", "nichts", None, ""]))
    assert posts.column("text").to_pylist() == [
        "Frau <PERSON>, <EMAIL>, <EMAIL>", "nichts", None, "",
    ]  # fmt: skip
    assert posts.column("redactions").to_pylist() == [
        [{"type": "email", "count": 2}, {"type": "person", "count": 1}], [], [], [],
    ]  # fmt: skip
    assert posts.schema.field("redactions").type == pa.list_(REDACTION)


@pytest.mark.unit
def test_a_batch_without_finds_keeps_its_column() -> None:
    posts = batch(["nichts", "gar nichts"])
    before, after = (b.column("text").buffers()[2] for b in (posts, SCRUB(posts)))
    assert before.address == after.address


@pytest.mark.unit
def test_scrubbing_again_adds_to_what_was_taken_out() -> None:
    once = SCRUB(batch(["Frau Huber", "a@b.example"]))
    twice = SCRUB(once)
    assert twice.column("redactions").to_pylist() == once.column("redactions").to_pylist()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([("email", 0, 9), ("handle", 3, 9)], [("email", 0, 9)]),
        ([("phone", 0, 9), ("card", 0, 9)], [("card", 0, 9)]),  # as long: the order of TYPES
        ([("person", 0, 6), ("address", 4, 20)], [("address", 0, 20)]),  # nothing is left over
        ([("person", 0, 4), ("person", 4, 8)], [("person", 0, 4), ("person", 4, 8)]),
    ],
)
def test_overlaps(spans: list[tuple[str, int, int]], expected: list[tuple[str, int, int]]) -> None:
    found = resolve([Span(*span, 1.0) for span in spans], "x" * 30)
    assert [tuple(span)[:3] for span in found] == expected


@pytest.mark.unit
def test_placeholders_are_left_alone() -> None:
    text = "".join(f"<{name.upper()}> " for name in TYPES)
    assert scrubbed(text) == text
    assert resolve([Span("person", 0, 12, 1.0)], "Frau <PERSON>") == []


@pytest.mark.unit
def test_an_accent_that_hangs_on_a_find_goes_with_it() -> None:
    assert nfc(replace("Anna\u0338!", [Span("person", 0, 4, 1.0)])) == "<PERSON>!"


@pytest.mark.unit
@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.sampled_from(LANGS)), max_size=5))
def test_scrubbing_twice_is_scrubbing_once(rows: list[tuple[str, str]]) -> None:
    once = SCRUB(batch([text for text, _ in rows], [lang for _, lang in rows]))
    twice = SCRUB(once)
    assert twice.column("text").to_pylist() == once.column("text").to_pylist()
    assert twice.column("redactions").to_pylist() == once.column("redactions").to_pylist()


@pytest.mark.unit
@settings(max_examples=200, deadline=None)
@given(st.lists(st.none() | TEXTS, max_size=8), st.sampled_from(LANGS))
def test_rows_keep_number_and_order_and_do_not_touch_each_other(
    texts: list[str | None], lang: str
) -> None:
    posts = SCRUB(batch(texts, [lang] * len(texts)))
    assert posts.column("n").to_pylist() == list(range(len(texts)))
    alone = [None if text is None else scrubbed(text, lang) for text in texts]
    assert posts.column("text").to_pylist() == alone


@pytest.mark.unit
@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from(LANGS))
def test_text_outside_the_finds_is_unchanged(text: str, lang: str) -> None:
    text = nfc(text)
    spans = SCRUB.find(text, lang)
    assert all(0 <= s.start < s.end <= len(text) and s.type in TYPES for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(BREAK not in text[s.start : s.end] for s in spans)
    rest = replace(text, spans)
    edges = [0, *(edge for s in spans for edge in (s.start, s.end)), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        assert text[start:end].lstrip("\u0301\u0338") in rest


@pytest.mark.unit
@settings(max_examples=300, deadline=None)
@given(WORDS, st.sampled_from(PLANTS), WORDS, st.sampled_from(LANGS))
def test_what_is_planted_never_survives(before: str, plant: str, after: str, lang: str) -> None:
    assert plant not in scrubbed(f"{before} {plant} {after}", lang)


@pytest.mark.unit
@pytest.mark.parametrize(
    "piece",
    ["a", "1", "1 ", "0", "@", "a@", "a.", "@a.", "A", "Anna ", "Anna-", "Frau ",
     "+43 664 1234567 ",
     "<", "<PERSON>", "www.", "a-", "12-", "1.", ":", "::", "AT61", "DE", "1/", "4111 ", "((",
     "Anna Huber ", "(at)", " at ", "geboren am ", "12 rue ", "Straße 1 ", "48.208 ", "°", "أحمد ",
     "\u0301", "😀", "'", "O'", "u/", "A. ", "1234567 ", "ab12 ", "van der ", "@a b ", "a@b.cc ",
     "x.com/a ", "u/abc ", "AT61 1904 3002 3457 3201 ", "4111111111111111 ", "1 Straße ",
     "call 555-123-4567 ", "Herr X Y ", "hallo Anna ", "ich heiße Anna ", "fatima yilmaz, ",
     "1 Anna ", "max at example dot com ", "192.168.17.4 ", "W-12345 A ",
     "Postfach 1 ", "Box 12, ", "p. d. 1 ", "wohne in gasse 25, ", "wohne ",
     "1 Elm St, Ohio, ", "12 High Street\nTown ", "1, 2nd floor left ", "4512 Oak Unit 1 ",
     "live at SW1A 1AA ", "1234 AB 1 ", "I live at Rose Cottage, ", "huset heter Rose, ",
     "532 123 45 67 ", "(067) 123-45-67 x12 ", "(", "1 (", "٠٦٦ ", "AZR 12-34 ", "A 1 "],
)  # fmt: skip
def test_the_time_for_a_megabyte_of_anything_grows_with_its_length(piece: str) -> None:
    assert grows_with_length(lambda text: scrubbed(text, "und"), piece, 1_000_000)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "gone", "kept"),
    [
        ("@a b. " * 2_000, "@", "b."),
        ("12 rue Foch, " * 8_000, "1", "rue"),
        ("x.com/jemand danke " * 2_000, "jemand", "danke"),
        ("Anna Huber geht. " * 12_000, "Huber", "geht"),
        ("fatima yilmaz, " * 12_000, "yilmaz", ""),
    ],
)
def test_a_crowded_post_loses_all_of_what_crowds_it(text: str, gone: str, kept: str) -> None:
    once = SCRUB(batch([text]))
    rest = once.column("text")[0].as_py()
    assert gone not in rest
    assert kept in rest
    assert SCRUB(once).column("text")[0].as_py() == rest


@pytest.mark.unit
def test_a_long_article_is_no_crowd() -> None:
    text = (
        "Im Jahr 2024 kamen 1.200 Menschen, sagt Magistratsabteilung 17 auf rund 40 Seiten. " * 500
    )
    assert scrubbed(text) == text


@pytest.mark.unit
def test_neither_error_nor_repr_shows_text() -> None:
    secret = "fatma.yilmaz@geheim.example"
    assert "geheim" not in repr(SCRUB.find(secret))
    assert len(repr(SCRUB)) < 500
    with pytest.raises(Exception) as caught:
        SCRUB(pa.record_batch({"text": [secret]}))
    assert "geheim" not in str(caught.value)


@pytest.mark.unit
def test_lists_are_refused_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "ids.csv").write_text("country,number,check,pattern,cues\nxx,N,no.such,1,\n")
    (tmp_path / "plates.csv").write_text("country,pattern,cues\n")
    with pytest.raises(BadInput, match=r"ids\.csv:2"):
        read_numbers(tmp_path)
    (tmp_path / "de").mkdir()
    (tmp_path / "de/naming.csv").write_text("cue,kind,note\nFrau,honorofic,\n")
    with pytest.raises(BadInput, match=r"did you mean 'honorific'"):
        read_naming(tmp_path)


# The data set's types and ours; types without a counterpart (places, firms, dates) are left out.
COUNTERPART = {
    "PERSON": "person", "STREET_ADDRESS": "address", "CREDIT_CARD": "card",
    "PHONE_NUMBER": "phone", "EMAIL_ADDRESS": "email", "IBAN_CODE": "iban", "IP_ADDRESS": "ip",
    "US_SSN": "id",
}  # fmt: skip


@pytest.mark.shared
def test_recall_and_precision_on_made_up_sentences(
    record_property: Callable[[str, object], None],
) -> None:
    """Test data only; English, with names of many countries. A span counts as found when at
    least half of it is taken out, under whatever type."""
    if not PRESIDIO.is_file():
        pytest.skip("../shared/data/personal is absent")
    hit: Counter[str] = Counter()
    there: Counter[str] = Counter()
    right: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for row in json.loads(PRESIDIO.read_text(encoding="utf-8")):
        text = row["full_text"]
        spans = SCRUB.find(text, "en")
        marked = [(s["start_position"], s["end_position"], s["entity_type"]) for s in row["spans"]]
        for start, end, kind in marked:
            if kind in COUNTERPART:
                covered = sum(max(0, min(end, s.end) - max(start, s.start)) for s in spans)
                names = [COUNTERPART[kind]]
                if kind == "PERSON":  # a lone first or last name is kept on purpose
                    names.append("full name" if " " in text[start:end] else "lone name")
                for name in names:
                    there[name] += 1
                    hit[name] += 2 * covered >= end - start
        for s in spans:
            found[s.type] += 1
            right[s.type] += any(
                a < s.end and s.start < b for a, b, k in marked if k in COUNTERPART
            )
    for kind in sorted(there):
        recall, precision = hit[kind] / there[kind], right[kind] / max(1, found[kind])
        record_property(kind, f"recall {recall:.2f} precision {precision:.2f} of {there[kind]}")
        print(f"{kind:8} recall {recall:.2f} precision {precision:.2f} n {there[kind]}")
    assert hit["email"] == there["email"]
    assert hit["iban"] == there["iban"]
    assert hit["full name"] / there["full name"] > 0.65
    assert right["person"] / found["person"] > 0.8
