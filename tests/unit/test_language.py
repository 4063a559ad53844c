"""The language of a post: 28 codes or `und`, in bounded time, whatever comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.table import rows
from nlp.language import LOOKED_AT, UNKNOWN, Language, plain
from taxonomy.codes import LANGUAGE_COLUMNS
from tests.growth import grows_with_length

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared" / "data" / "language"
CODES = frozenset(row["code"] for row in rows(ROOT / "taxonomy/languages.csv", LANGUAGE_COLUMNS))
STEP = Language(CODES)


def language(text: str | None, declared: str | None = None) -> str:
    columns = {"text": pa.array([text], pa.string())}
    if declared is not None:
        columns["lang"] = pa.array([declared], pa.string())
    answer: str = STEP(pa.record_batch(columns)).column("lang")[0].as_py()
    return answer


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("In unserer Straße fehlen Wohnungen, und niemand hört den Mietern zu.", "de"),
        ("De gemeente heeft eindelijk plekken voor de taallessen gevonden.", "nl"),
        ("Kommunen har äntligen öppnat fler platser på språkkursen.", "sv"),
        ("La mairie ouvre de nouvelles places pour les cours de français.", "fr"),
        ("Il comune ha aperto nuovi corsi di lingua nel nostro quartiere.", "it"),
        ("Belediye mahallemizde yeni dil kursları açtı, herkes gelebilir.", "tr"),
        ("Місто відкрило нові мовні курси для наших сусідів.", "uk"),
        ("افتتحت البلدية دورات لغة جديدة في حينا", "ar"),
        ("Opština je otvorila nove kurseve jezika u našem kraju.", "hr"),  # Serbian in Latin
        ("L'ajuntament ha obert nous cursos de llengua al nostre barri.", UNKNOWN),  # Catalan
        ("東京の区役所は新しい語学講座を始めました。", UNKNOWN),
        ("", UNKNOWN),
        (None, UNKNOWN),
        ("😀", UNKNOWN),
        ("https://example.org/ein/langer/deutscher/pfad", UNKNOWN),
        ("@jemand @nochjemand 12345 !!!", UNKNOWN),
        ("<PERSON> <HANDLE>", UNKNOWN),
        ("\u200b\u00ad", UNKNOWN),
    ],
)
def test_languages(text: str | None, code: str) -> None:
    assert language(text) == code


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "declared", "code"),
    [
        ("Ja genau", "nl", "nl"),  # says too little to contradict
        ("Ja genau", "NL-be", "nl"),  # a region is no other language
        ("", "sv", "sv"),
        ("In unserer Straße fehlen Wohnungen, und niemand hört den Mietern zu.", "en", "de"),
        ("In unserer Straße fehlen Wohnungen, und niemand hört den Mietern zu.", "xx", "de"),
        ("In unserer Straße fehlen Wohnungen, und niemand hört den Mietern zu.", "und", "de"),
    ],
)
def test_declared_language_yields_only_to_a_strong_contradiction(
    text: str, declared: str, code: str
) -> None:
    assert language(text, declared) == code


@pytest.mark.unit
def test_links_handles_and_hash_signs_are_not_read() -> None:
    line = plain("#Wohnen ist teuer @amt a.b@c.de https://x.org/y <PERSON>\nund www.z.at/q weiter")
    assert line == "wohnen ist teuer und weiter"


@pytest.mark.unit
@pytest.mark.parametrize(
    "piece", ["Wohnung ", "a", "@", "<", "x@", "https://", "😀", "\n", "ß" * 7]
)
def test_the_time_for_a_megabyte_grows_with_its_length(piece: str) -> None:
    assert grows_with_length(language, piece, 1_000_000)


@pytest.mark.unit
def test_only_the_beginning_counts() -> None:
    text = "Die Wohnungen in unserer Straße sind zu teuer. " * (LOOKED_AT // 40)
    assert language(text + "The flats in our street are too expensive. " * 2_000) == "de"


@pytest.mark.unit
@given(st.lists(st.none() | st.text(max_size=60), max_size=8))
def test_rows_keep_number_and_order(texts: list[str | None]) -> None:
    posts = pa.record_batch({"n": list(range(len(texts))), "text": pa.array(texts, pa.string())})
    tagged = STEP(posts)
    assert tagged.column("n").to_pylist() == list(range(len(texts)))
    assert set(tagged.column("lang").to_pylist()) <= CODES | {UNKNOWN}
    assert all(0 <= score <= 1 for score in tagged.column("lang_score").to_pylist())
    alone = [language(text) for text in texts]
    assert tagged.column("lang").to_pylist() == alone


@pytest.mark.shared
def test_share_of_sentences_named_rightly(record_property: Callable[[str, object], None]) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("../shared/data/language is absent")
    right = wrong = number = 0
    for code in sorted(CODES):
        path = SAMPLES / f"sentences_{code}.txt"
        if path.is_file():
            texts = path.read_text(encoding="utf-8").splitlines()
            found = STEP(pa.record_batch({"text": texts})).column("lang").to_pylist()
            right += found.count(code)
            wrong += sum(answer not in (code, UNKNOWN) for answer in found)
            number += len(texts)
    record_property("right", right / number)
    record_property("wrong", wrong / number)
    assert right / number > 0.9
    assert wrong / number < 0.03


@pytest.mark.parametrize(
    ("home", "lang"), [("kosice", "sk"), (None, "sl"), ("-", "sl"), ("wien", "sl")]
)
def test_a_language_is_likelier_where_it_is_spoken(home: str | None, lang: str) -> None:
    """Slovak without its marks, which the model alone takes for Slovene."""
    step = Language(CODES, 0.3, at_home={"kosice": ("sk",), "wien": ("de",)})
    batch = pa.RecordBatch.from_pydict(
        {
            "text": ["dobry den, hladam byt 2 izby"],
            "lang": pa.nulls(1, pa.string()),
            "home": pa.array([home], pa.string()),
        }
    )
    assert step(batch).column("lang").to_pylist() == [lang]


def test_a_plain_text_is_in_its_language_wherever_it_comes_from() -> None:
    step = Language(CODES, at_home={"kosice": ("sk",)})
    text = "Der Bescheid vom Amt ist heute endlich gekommen, wir sind sehr froh darüber."
    batch = pa.RecordBatch.from_pydict(
        {"text": [text], "lang": pa.nulls(1, pa.string()), "home": ["kosice"]}
    )
    assert step(batch).column("lang").to_pylist() == ["de"]
