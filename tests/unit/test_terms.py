"""What is wrong with word lists beyond their form, and how much they hold."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from test_taxonomy import folder, write

from monitor.terms.dead import dead, life
from monitor.terms.findings import findings
from monitor.terms.stats import stats
from nlp.recognisers.names import Names
from taxonomy.taxonomy import load

__all__ = ["folder"]
pytestmark = pytest.mark.unit
NAMES = Names(first=frozenset(("karim",)), common=frozenset(("karim",)))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("rent,housing,forms,,,u,the rent is due,", "rent,poverty,forms,,,u,my rent,"),
         [("clash", "en/terms.csv:3", "en/terms.csv:2")]),
        (("rent,housing,forms,,,u,the rent,", "rent,poverty,forms,debt,,u,rent and debt,"), []),
        (("rent,housing,forms,,,u,the rent,", "rent control,housing,forms,,,u,rent control,"),
         [("shadowed", "en/terms.csv:3", "en/terms.csv:2")]),
        (("rent,housing,forms,flat,,u,rent a flat,", "rent act,housing,forms,,,u,rent act,"), []),
        (("ind,asylum,exact,,,u,the ind,",), [("dangerous", "en/terms.csv:2", "")]),
        (("IND,asylum,case,,,u,the IND,",), []),
        (("Karim,contacts,exact,,,u,karim,",), [("dangerous", "en/terms.csv:2", "")]),
        (("rent,housing,forms,flat,,u,the rent,",), [("example", "en/terms.csv:2", "")]),
        (("rent,housing,forms,flat|rents,,u,rent of a flat,",), []),
        (("rent,housing,exact,rent|flat,,u,rent of a flat,",), [("itself", "en/terms.csv:2", "")]),
    ],
)  # fmt: skip
def test_rows_to_look_at(
    folder: Path, rows: tuple[str, ...], expected: list[tuple[str, str, str]]
) -> None:
    write(folder, "en", "terms", *rows)
    found = [(f.kind, f.where, f.other) for f in findings(load(folder), NAMES)]
    assert found == expected


def batch(*rows: tuple[str, str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(
        {"text": [text for text, _ in rows], "lang": [lang for _, lang in rows]}
    )


def test_a_term_that_no_text_of_its_language_holds_is_dead(folder: Path) -> None:
    write(folder, "en", "terms", "rent,housing,forms,,,u,,", "visa,pre-entry,exact,flight,,u,,",
          "school,education,exact,,,u,,")  # fmt: skip
    write(folder, "nl", "terms", "school,education,exact,,,u,,")
    write(folder, "sv", "terms", "skola,education,exact,,,u,,")
    lists = load(folder)
    found = life(
        lists,
        [
            batch(("The rent is due", "en"), ("a visa, no more", "en")),  # no flight near it
            batch(("mijn school", "nl"), ("my school", "und"), ("la visa", "fr")),
        ],
    )
    assert [(f.kind, f.where) for f in dead(lists, found)] == [
        ("dead", "en/terms.csv:3"),
        ("dead", "en/terms.csv:4"),  # the Dutch school is another; what is in no language is none
    ]
    assert found.texts == {"en": 2, "nl": 1}  # of Swedish, which no text is in, nothing is said


def test_what_a_language_holds(folder: Path) -> None:
    write(
        folder,
        "en",
        "terms",
        "rent,housing,forms,,,EuroVoc,the rent,",
        "visa,pre-entry,exact,,,u,,",
    )
    write(folder, "nl", "terms", "visa,pre-entry,exact,,,u,,")
    (folder / "nl" / "REVIEW.md").write_text("Reviewed by a teacher of Dutch.")
    english, dutch = stats(load(folder), folder, {"en": ["EuroVoc", "u"], "nl": ["u"]})
    assert (english.terms, english.examples, english.official) == (2, 1, 0.5)
    assert english.nearest == ("nl", 1.0)
    assert english.least[1] == 0
    assert (english.reviewed, dutch.reviewed) == (False, True)
