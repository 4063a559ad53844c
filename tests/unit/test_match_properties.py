"""The matcher against the plainest reading of its rules, on texts that nobody would write."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base.text import nfc, spans, words
from nlp import glossary, wanted
from nlp.forms import Inflection
from nlp.line import line
from nlp.match import Match
from nlp.patterns import Patterns
from taxonomy.entries import Entries
from taxonomy.taxonomy import Entry, Taxonomy

ENDINGS = {"aa": {"": ("s", "en"), "y": ("ies",)}}
# one code for each, so that no overlap rule hides a match
ENTRIES = tuple(
    Entry("terms", "aa", f"c{n}", term, match)
    for n, (term, match) in enumerate(
        [
            ("ab", "forms"), ("city", "forms"), ("Malmö", "exact"), ("ab city", "exact"),
            ("city of ab", "forms"), ("longword", "prefix"), ("the city longw", "prefix"),
            ("ß", "exact"), ("straße city", "forms"), ("عربي", "forms"), ("Łódź", "exact"),
            ("AB", "case"), ("city city", "forms"),
        ]
    )
)  # fmt: skip
MATCH = Match(Patterns(Taxonomy({}, {}, {}, {}, {}, Entries.of(ENTRIES), ENDINGS, {}, "")))

PIECES = [
    "ab", "abs", "AB", "aben", "city", "cities", "Malmö", "malmo", "Malmo\u0308", "longword",
    "longwords", "longw", "the", "of", "ß", "ss", "straße", "STRASSE", "عربي",
    "عَرَبِي", "Łódź", "lodz", "😀", "👩‍👧", " ", "  ", "-", "'", "\n", "\u200b", "\u00ad",
    "\u0301", "<PERSON>", "<", "_", "ﷺ", "½",
]  # fmt: skip
texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
    st.text(max_size=30),
).map(nfc)


def tagged(rows: list[str]) -> list[list[dict[str, Any]]]:
    batch = pa.RecordBatch.from_pydict(
        {"text": pa.array(rows, pa.string()), "lang": pa.array(["aa"] * len(rows), pa.string())}
    )
    found: list[list[dict[str, Any]]] = MATCH(batch).column("matches").to_pylist()
    return found


def plainly(text: str) -> set[tuple[str, int, int]]:
    """Every match by comparing every word with every term; the longest wins within a term."""
    hidden = text
    while (at := hidden.find("<PERSON>")) >= 0:
        hidden = hidden[:at] + " _ " + "\ufffc" * 5 + hidden[at + 8 :]
    of_text = list(spans(hidden))
    found = set()
    for entry in ENTRIES:
        wanted = words(entry.term)
        whole: list[tuple[int, int]] = []
        for first in range(len(of_text) - len(wanted) + 1):
            piece = of_text[first : first + len(wanted)]
            start, end = piece[0][1], piece[-1][2]
            fits = "\ufffc" not in hidden[start:end] and all(
                _fits(entry, n, w, folded, len(wanted))
                for n, (w, (folded, _, _)) in enumerate(zip(wanted, piece, strict=True))
            )
            if fits and (entry.match != "case" or text[start:end] == entry.term):
                whole.append((start, end))
        kept: list[tuple[int, int]] = []
        for start, end in sorted(whole, key=lambda span: (span[0] - span[1], span[0])):
            if all(end <= low or high <= start for low, high in kept):
                kept.append((start, end))
        found |= {(entry.code, start, end) for start, end in kept}
    return found


def _fits(entry: Entry, place: int, word: str, folded: str, size: int) -> bool:
    if entry.match == "prefix" and place == size - 1:
        return folded.startswith(word)
    if entry.match == "forms" and (size == 1 or len(word) >= 4):
        return folded in Inflection(ENDINGS["aa"]).forms(word)
    return folded == word


@settings(max_examples=400, deadline=None)
@given(texts)
def test_matches_are_those_of_the_plain_reading(text: str) -> None:
    (row,) = tagged([text])
    assert {(m["code"], m["start"], m["end"]) for m in row} == plainly(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(texts, max_size=8), st.randoms(use_true_random=False))
def test_rows_do_not_know_their_neighbours(rows: list[str], chance: random.Random) -> None:
    together = tagged(rows)
    assert together == [tagged([row])[0] for row in rows]
    order = list(range(len(rows)))
    chance.shuffle(order)
    assert tagged([rows[n] for n in order]) == [together[n] for n in order]


@settings(max_examples=400, deadline=None)
@given(texts)
def test_the_line_holds_the_words_of_the_house(text: str) -> None:
    if "<PERSON>" in text:
        return
    folded = "".join(map(chr, line([text]).points.tolist()))
    assert folded == " " + "".join(f"{word} " for word in words(text))


@settings(max_examples=100, deadline=None)
@given(st.lists(texts, max_size=6), st.integers(0, 5))
def test_what_was_forgotten_is_found_again(rows: list[str], remembered: int) -> None:
    together = tagged(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(glossary, "_MOST_REMEMBERED", remembered)
        patch.setattr(wanted, "_MOST_NEAR", remembered)
        assert [tagged([row])[0] for row in rows] == together
