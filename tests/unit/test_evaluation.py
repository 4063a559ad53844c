"""How the tagger is judged: the examples, the seal, and the arithmetic."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.errors import BadInput
from monitor.cities import DATA
from monitor.evaluation.examples import COLUMNS, Example, is_sealed, read
from monitor.evaluation.measures import Score, kept, of_codes, of_spans
from taxonomy.taxonomy import load

pytestmark = pytest.mark.unit
HEAD = ",".join(COLUMNS)


def example(text: str, *personal: tuple[str, str], stays: str = "") -> Example:
    spans = tuple((k, text.index(v), text.index(v) + len(v)) for k, v in personal)
    names = ((text.index(stays), text.index(stays) + len(stays)),) if stays else ()
    none: frozenset[str] = frozenset()
    return Example(
        "xx-1", "xx", text, None, none, none, none, "plain", "neutral", False, spans, names, ""
    )


def test_three_in_ten_are_sealed_for_good() -> None:
    sealed = [f"de-{n:03}" for n in range(1, 2000) if is_sealed(f"de-{n:03}")]
    assert 0.27 < len(sealed) / 1999 < 0.33
    assert sealed[:3] == ["de-013", "de-016", "de-019"]


def test_the_shipped_examples_are_whole() -> None:
    codes = load(languages=())
    posts = [p for sealed in (False, True) for p in read(DATA / "examples", sealed=sealed)]
    assert {p.language for p in posts} == set(codes.languages)
    assert len({p.id for p in posts}) == len(posts)
    by_language = {code: [p for p in posts if p.language == code] for code in codes.languages}
    assert min(map(len, by_language.values())) >= 60
    for language, of in by_language.items():
        assert frozenset().union(*(p.areas for p in of)) == set(codes.areas), language
        assert frozenset().union(*(p.groups for p in of)) <= set(codes.groups)
        assert {p.speech for p in of} == {"plain", "hate", "counter", "quote"}
        assert sum(not p.areas for p in of) >= 12  # near-misses and off-topic


def test_a_row_in_the_wrong_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "de.csv").write_text(f"{HEAD}\nde-013,ein text,,,,,plain,neutral,,,,\n")
    with pytest.raises(BadInput, match="'de-013' belongs in sealed/"):
        list(read(tmp_path, sealed=False))


@pytest.mark.parametrize(
    ("personal", "message"),
    [("NAME=text", "unknown type of personal data 'NAME'"), ("PERSON=Anna", "does not stand in")],
)
def test_a_datum_must_be_known_and_there(tmp_path: Path, personal: str, message: str) -> None:
    (tmp_path / "de.csv").write_text(f"{HEAD}\nde-001,ein text,,,,,plain,neutral,,{personal},,\n")
    with pytest.raises(BadInput, match=message):
        list(read(tmp_path, sealed=False))


CODES = st.frozensets(st.sampled_from("abcde"))


@given(CODES, CODES)
def test_f1_is_the_harmonic_mean(expected: frozenset[str], found: frozenset[str]) -> None:
    score = of_codes(expected, found)
    p, r = score.precision, score.recall
    if p and r:
        assert score.f1 == pytest.approx(2 * p * r / (p + r))
    elif expected or found:
        assert score.f1 == 0
    else:
        assert score.f1 is None


def test_a_datum_counts_only_when_all_of_it_is_covered() -> None:
    post = example("Frau Anna Huber wohnt da", ("PERSON", "Anna Huber"))
    assert of_spans(post, [(5, 9)])["PERSON"] == Score(0, 0, 1)
    assert of_spans(post, [(5, 9), (10, 15)])["PERSON"] == Score(1, 0, 1)
    assert of_spans(post, [(5, 15), (16, 21)])["precision"] == Score(1, 2, 1)


def test_a_name_that_must_stay_and_did_not() -> None:
    post = example("die Martin-Luther-Straße", stays="Martin-Luther-Straße")
    assert kept(post, []).recall == 1
    assert kept(post, [(4, 10)]).recall == 0
