"""What is wrong with word lists beyond their form, and how much they hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_taxonomy import folder, write

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
    assert (english.terms, english.examples, english.vocabulary) == (2, 1, 0.5)
    assert english.nearest == ("nl", 1.0)
    assert english.least[1] == 0
    assert (english.reviewed, dutch.reviewed) == (False, True)
