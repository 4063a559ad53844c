"""How the tagger is judged: the examples, the seal, and the arithmetic."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.errors import BadInput
from monitor.cities import DATA
from monitor.evaluation import names, personal
from monitor.evaluation.examples import COLUMNS, Example, is_sealed, read
from monitor.evaluation.measures import Score, kept, of_codes, of_spans
from nlp.recognisers.name_lists import read_names
from nlp.recognisers.naming import read_naming
from nlp.scrub import Scrub
from taxonomy.taxonomy import load

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]
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


SENTENCES = """\
# text = Anna Huber kam. Frau
1\tAnna\tB-PER\t-\t-
2\tHuber\tI-PER\t-\t-
3\tkam\tO\t-\t-
4\t.\tO\t-\t-
5\tFrau\tO\t-\t-
"""
TWEET = "hi\tO\n@\tB-PER\nanna_m\tB-PER\n,\tO\nFatima\tB-PER\nHussain\tI-PER\n's\tO\n\n"


def labelled(folder: Path) -> Path:
    (folder / "entities").mkdir()
    (folder / "entities/uner_de_made_test.iob2").write_text(SENTENCES, encoding="utf-8")
    (folder / "entities/broad_twitter_test.conll").write_text(TWEET, encoding="utf-8")
    (folder / "entities/broad_twitter_train.conll").write_text("no\tB-PER\n", encoding="utf-8")
    return folder


def test_labelled_names_stand_where_the_text_has_them(tmp_path: Path) -> None:
    tweet, sentence = names.read(labelled(tmp_path))
    assert tweet.text == "hi @anna_m, Fatima Hussain's"  # put together as it was typed
    assert [tweet.text[a:b] for a, b in tweet.persons] == ["Fatima Hussain"]  # a handle is no name
    assert (sentence.language, sentence.source) == ("de", "uner_de_made")
    assert [sentence.text[a:b] for a, b in sentence.persons] == ["Anna Huber"]


def sentence(text: str, *persons: str) -> names.Sentence:
    spans = tuple((text.index(p), text.index(p) + len(p)) for p in persons)
    return names.Sentence("made", "en", text, spans)


def test_public_names_are_counted_apart() -> None:
    scrub = Scrub(
        read_naming(ROOT / "taxonomy"), read_names(ROOT / "data/names"),
        public_names=frozenset({"angela merkel"}),
    )  # fmt: skip
    text = "there Angela Merkel met Fatima Hussain and ombele, not Petra Hughes"
    result = names.measure(scrub, [sentence(text, "Angela Merkel", "Fatima Hussain", "ombele")])
    taken = result["made", "en"]
    assert (taken.there, taken.gone, taken.kept) == (2, 1, 1)
    assert (taken.found, taken.right) == (2, 1)  # Petra Hughes is not labelled
    assert (taken.recall, taken.precision) == (0.5, 0.5)
    assert result["all", "-"] == taken


def test_personal_data_of_the_types_that_count(tmp_path: Path) -> None:
    text = "Call Fatima Hussain of Ombele Ltd, f.h@post.example"
    rows = [{"full_text": text, "spans": [
        {"entity_type": kind, "start_position": text.index(v),
         "end_position": text.index(v) + len(v)}
        for kind, v in [("PERSON", "Fatima Hussain"), ("ORGANIZATION", "Ombele Ltd"),
                        ("EMAIL_ADDRESS", "f.h@post.example")]
    ]}]  # fmt: skip
    (tmp_path / "personal").mkdir()
    (tmp_path / personal.FILE).write_text(json.dumps(rows), encoding="utf-8")
    scrub = Scrub(read_naming(ROOT / "taxonomy"), read_names(ROOT / "data/names"))
    result = personal.measure(scrub, personal.read(tmp_path))
    assert {name: (t.there, t.gone, t.found, t.right) for (name, _), t in result.items()} == {
        "email": (1, 1, 1, 1), "full name": (1, 1, 0, 0), "person": (1, 1, 1, 1),
    }  # fmt: skip


@pytest.mark.parametrize("module", [names, personal])
def test_a_missing_folder_is_named(module: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="UNITE_SHARED_DATA"):
        list(module.read(tmp_path / "nowhere"))
