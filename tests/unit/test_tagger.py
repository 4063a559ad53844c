"""The whole chain: its checks, its columns, its independence of batches, hostile input."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest

from base.errors import BadInput
from base.text import nfc
from nlp.language import Language
from nlp.match import Match
from nlp.patterns import Patterns
from nlp.places import Place
from nlp.recognisers.naming import read_naming
from nlp.scrub import Scrub
from nlp.signature import Signature
from nlp.tagger import TAGGED, Tagger, build, digest
from store.schema import POST, REDACTION
from taxonomy.taxonomy import SHIPPED as FOLDER
from taxonomy.taxonomy import load
from tests.growth import grows_with_length

SHIPPED = load()
PLACES = (Place("wien", ("Wien",), ("Wiener",)), Place("wien/favoriten", ("Wien-Favoriten",)))
WHOLE = build(
    SHIPPED, PLACES, Scrub(read_naming(FOLDER)), Language(frozenset(SHIPPED.languages)),
    tie_city=False,
)  # fmt: skip
RETAG = build(SHIPPED, PLACES, tie_city=False)

SENTENCES = [
    "Die Ausländerbehörde in Wien hat meine Aufenthaltserlaubnis verlängert, danke an alle dort.",
    "Wohnung gesucht in Wien-Favoriten: wer vermietet an eine Familie aus Syrien?",
    "The asylum hotel is full and the council will not say what happens next.",
    "When I came here I had no papers, I was 17 years old and the police stopped me every week.",
    "Les réfugiés attendent leur titre de séjour depuis deux ans, c'est une honte.",
    "Vi behöver fler lärare i svenska för invandrare i Malmö, kön är alldeles för lång.",
    "De gemeente zoekt woningen voor statushouders, maar de wachtlijst is lang.",
    "I rifugiati aspettano il permesso di soggiorno e intanto non possono lavorare.",
    "Heute gab es Nudeln mit Tomatensauce und danach ein Spiel im Fernsehen.",
    "Kill them all, these migrants are vermin",
    "نحن نتعلم اللغة في المدرسة ونبحث عن شقة",
    "😀😀😀", "", "   ", "#WirSindWien",
]  # fmt: skip


def tagged(texts: list[str], tagger: Tagger = WHOLE, **columns: pa.Array) -> list[dict[str, Any]]:
    batch = pa.RecordBatch.from_pydict({"text": pa.array(texts, pa.string()), **columns})
    rows: list[dict[str, Any]] = tagger(batch).to_pylist()
    return rows


def again(rows: list[dict[str, Any]], tagger: Tagger = RETAG) -> list[dict[str, Any]]:
    return tagged(
        [row["text"] for row in rows], tagger,
        lang=pa.array([row["lang"] for row in rows], pa.string()),
        lang_score=pa.array([row["lang_score"] for row in rows], pa.float32()),
        redactions=pa.array([row["redactions"] for row in rows], pa.list_(REDACTION)),
    )  # fmt: skip


def test_every_tagged_column_has_the_type_of_the_post() -> None:
    batch = WHOLE(pa.RecordBatch.from_pydict({"text": SENTENCES}))
    assert set(WHOLE.assigns) == set(TAGGED)
    for name in TAGGED:
        column = batch.column(name)
        assert column.type == POST.field(name).type, name
        if not POST.field(name).nullable:
            assert column.null_count == 0, name


def test_an_empty_batch_has_the_same_columns() -> None:
    empty = WHOLE(pa.RecordBatch.from_arrays([pa.array([], pa.string())], names=["text"]))
    assert empty.num_rows == 0
    assert set(TAGGED) <= set(empty.schema.names)
    assert empty.column("matches").type == POST.field("matches").type


def test_evidence_is_kept_of_lists_and_not_of_cues() -> None:
    lists = {m["list"] for row in tagged(SENTENCES) for m in row["matches"]}
    assert {"terms", "groups", "places", "slang"} <= lists
    assert lists <= {"terms", "vocabulary", "aside", "slang", "groups", "rights", "places"}


def test_evidence_points_into_the_text_that_is_kept() -> None:
    for row in tagged(SENTENCES):
        for match in row["matches"]:
            piece = row["text"][match["start"] : match["end"]]
            assert piece.strip() == piece != ""


def test_split_and_order_change_nothing() -> None:
    rows = tagged(SENTENCES)
    assert rows == [tagged([text])[0] for text in SENTENCES]
    order = list(range(len(SENTENCES)))
    random.Random(3).shuffle(order)
    assert tagged([SENTENCES[n] for n in order]) == [rows[n] for n in order]


def test_a_slice_of_a_batch_is_tagged_as_itself() -> None:
    batch = pa.RecordBatch.from_pydict({"text": SENTENCES})
    assert WHOLE(batch.slice(2, 5)).to_pylist() == tagged(SENTENCES[2:7])


def test_retag_keeps_language_and_redactions_and_changes_nothing_else() -> None:
    rows = tagged(SENTENCES)
    assert again(rows) == [{name: row[name] for name in row} for row in rows]


def test_only_a_tied_tagger_wants_a_city() -> None:
    tied = build(SHIPPED, PLACES)
    free, bound = again(tagged(SENTENCES[2:3])), again(tagged(SENTENCES[2:3]), tied)
    assert (free[0]["relevant"], bound[0]["relevant"]) == (True, False)


def test_a_gap_in_the_chain_names_step_and_column() -> None:
    match = Match(Patterns(SHIPPED))
    with pytest.raises(BadInput, match="step Match reads 'lang'") as raised:
        Tagger((match, Language(frozenset({"de"}))), "x")
    assert raised.value.hint == "put Language before it"


def test_a_batch_without_text_is_refused() -> None:
    with pytest.raises(BadInput, match="no column 'text'"):
        WHOLE(pa.RecordBatch.from_pydict({"body": ["x"]}))


def test_the_chain_is_what_is_given() -> None:
    @dataclass(frozen=True)
    class Nothing:
        requires = ("text",)
        assigns = ()

        def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
            return posts

    tagger = Tagger((Nothing(), Signature()), "abc")
    assert tagger.assigns == ("signature", "tagger")
    (row,) = tagged(["eins zwei drei vier"], tagger)
    assert row["tagger"] == "abc"


def test_the_digest_follows_places_and_models() -> None:
    every = {
        digest(SHIPPED, PLACES), digest(SHIPPED, PLACES[:1]), digest(SHIPPED, PLACES, ["tone-2"]),
        digest(load(languages=("de",)), PLACES),
    }  # fmt: skip
    assert len(every) == 4
    assert digest(SHIPPED, PLACES) == digest(SHIPPED, PLACES[::-1])


@pytest.mark.parametrize(
    "piece",
    [
        "\0", "\ud800 asylum \udfff ", "😀", "\u200b", "\u0301", "a\u0301\u200b", "﷽", "<",
        "<PERSON>", "„", '"', "'", "1.", "1 ", "www.", "@", "asylum ", "אבג ", "漢字", "\n", "-",
        "I was ", "I was 17", "no papers when I came here ",
    ],
    ids=ascii,
)  # fmt: skip
def test_the_time_for_hostile_text_grows_with_its_length(piece: str) -> None:
    def tag(text: str) -> None:
        (row,) = tagged([nfc(text)])
        assert row["tagger"] == WHOLE.digest

    assert grows_with_length(tag, piece, 25_000)


def test_the_empty_text_is_tagged() -> None:
    (row,) = tagged([""])
    assert row["tagger"] == WHOLE.digest


def test_what_a_megabyte_holds_is_bounded() -> None:
    piece = "The asylum seekers wait in Wien for a residence permit. "
    seen: list[dict[str, Any]] = []

    def tag(text: str) -> None:
        posts = [{"text": text, "lang": "en", "lang_score": 1.0, "redactions": []}]
        seen.extend(again(posts))

    assert grows_with_length(tag, piece, 1_000_000)
    row = seen[-1]
    assert 0 < len(row["matches"]) <= 500
    assert row["places"] == ["wien"]
