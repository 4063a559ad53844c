"""`unite tag`: lines in, the same lines tagged out, in order; a bad one is named by its number."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_cli_run import process, unite

pytestmark = pytest.mark.unit
TEXT = "Die Wohnung in Wien ist zu teuer"
FIELDS = ["id", "text", "lang", "areas", "places", "groups", "rights", "tone", "hate", "speech",
          "experience", "relevant", "redactions", "matches"]  # fmt: skip


def line(**given: Any) -> bytes:
    return json.dumps({"id": 1, "text": TEXT, **given}).encode() + b"\n"


def tagged(out: str) -> list[dict[str, Any]]:
    return [json.loads(part) for part in out.split("\n") if part]


def test_the_shape_of_a_line_as_a_process(tmp_path: Path) -> None:
    post = "Mail an zilpzalp.mueller@example.org: Wohnungsnot in Wien Favoriten trifft Flüchtlinge!"
    said = process(tmp_path / "home", "tag", given=line(text=post) + line(id="b", lang="en"),
                   env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})  # fmt: skip
    assert (said.code, said.err) == (0, "")
    first, second = tagged(said.out)
    assert set(FIELDS) <= set(first)
    assert "zilpzalp" not in said.out
    assert "Flüchtlinge" in said.out
    assert first["redactions"] == {"email": 1}
    assert "housing" in first["areas"]
    assert {"wien", "wien/favoriten"} >= set(first["places"]) > set()
    assert "refugees" in first["groups"]
    assert first["relevant"] is True
    assert set(first["tone"] or {"label", "score"}) == {"label", "score"}
    assert set(first["hate"] or {"score", "flag", "kind"}) == {"score", "flag", "kind"}
    for match in first["matches"]:
        assert set(match) == {"list", "code", "term", "start", "end"}
        assert 0 <= match["start"] < match["end"] <= len(first["text"])
    assert (second["id"], second["lang"]) == ("b", "de")  # a declared language that is not so
    assert not (tmp_path / "home").exists()  # it touches no store


@pytest.mark.parametrize(
    "post",
    [
        1,
        -1,
        0,
        1.5,
        "a",
        "",
        None,
        True,
        [1, {"a": None}],
        {"a": [2]},
        "ü 漢字 🙂",
        2**70,
        "\u2028",
    ],
)
def test_an_id_is_given_back_as_it_was(tmp_path: Path, post: Any) -> None:
    said = unite(tmp_path, "tag", given=line(id=post))
    assert said.code == 0, said.err
    (found,) = tagged(said.out)
    assert found["id"] == post
    assert type(found["id"]) is type(post)


def test_without_id_the_number_of_the_line_stands_for_it(tmp_path: Path) -> None:
    given = b'{"text": "a"}\n\n  \n{"text": "b"}'
    said = unite(tmp_path, "tag", given=given)
    assert [p["id"] for p in tagged(said.out)] == [1, 4]


def test_thousands_of_lines_keep_their_order(tmp_path: Path) -> None:
    given = b"".join(line(id=i, text=f"Nummer {i}") for i in range(6_000))
    found = tagged(unite(tmp_path, "tag", "-", given=given).out)
    assert [p["id"] for p in found] == list(range(6_000))
    assert all(p["text"] == f"Nummer {p['id']}" for p in found)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        (" \n\t ", " \n\t "),
        ("Mu\u0308nchen", "München"),
        ("a\x00b", "a\ufffdb"),
        ("\ufeffWohnung", "\ufeffWohnung"),
        ("👩‍👩‍👧 Wohnung 🏳️‍🌈", "👩‍👩‍👧 Wohnung 🏳️‍🌈"),
    ],
)
def test_odd_texts_go_through(tmp_path: Path, text: str, kept: str) -> None:
    (found,) = tagged(unite(tmp_path, "tag", given=line(text=text)).out)
    assert found["text"] == kept


def test_half_letters_a_mark_at_the_start_and_windows_line_ends(tmp_path: Path) -> None:
    given = (
        b'\xef\xbb\xbf{"id": "\\ud800", "text": "Wohnung \\udfff hier", "lang": "\\ud800"}\r\n'
        + line(id=2)
    )
    said = unite(tmp_path, "tag", given=given)
    assert said.code == 0, said.err
    first, second = tagged(said.out)
    assert first["id"] == "\ud800"
    assert first["text"] == "Wohnung \ufffd hier"
    assert second["id"] == 2


def test_a_text_of_a_megabyte_is_a_text(tmp_path: Path) -> None:
    text = "Wohnung für Flüchtlinge in Wien. " * 30_000
    (found,) = tagged(unite(tmp_path, "tag", given=line(text=text)).out)
    assert len(found["text"]) > 100_000


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (b"nonsense", "not JSON"),
        (b'{"id": 1, "text": "half', "not JSON"),
        (b"[1]", "no text"),
        (b'"text"', "no text"),
        (b"null", "no text"),
        (b'{"id": 1}', "no text"),
        (b'{"text": null}', "no text"),
        (b'{"text": 3}', "no text"),
        (b'{"text": "a", "lang": 3}', "lang"),
        (b'{"text": "M\xfcnchen"}', "not UTF-8"),
        (b'{"id": NaN, "text": "a"}', "not JSON"),
        (b'{"id": 1e999, "text": "a"}', "not JSON"),
        (b'{"id": ' + b"9" * 6000 + b', "text": "a"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"text": "' + b"a" * (1 << 24) + b'"}', "more than 16 MB"),
    ],
)
def test_a_bad_line_is_named_and_what_came_before_is_given(
    tmp_path: Path, bad: bytes, what: str
) -> None:
    said = unite(tmp_path, "tag", given=line() + b"\n" + bad + b"\n" + line(id=2))
    assert said.code == 1
    assert f"line 3: {what}" in said.err or ("line 3" in said.err and what in said.err)
    assert "expected" in said.err
    assert [p["id"] for p in tagged(said.out)] == [1]
    assert len(said.err) < 500


def test_no_lines_are_no_posts(tmp_path: Path) -> None:
    for given in (b"", b"\n\n"):
        said = unite(tmp_path, "tag", given=given)
        assert (said.code, said.out) == (0, "")


def test_files_of_every_kind_say_the_same(tmp_path: Path) -> None:
    rows = [{"id": str(i), "text": f"{TEXT} {i}"} for i in range(3)]
    lines = "".join(json.dumps(r) + "\n" for r in rows)
    (tmp_path / "a.ndjson").write_text(lines)
    with (tmp_path / "b.csv").open("w", newline="") as handle:
        writer = csv.DictWriter(handle, ["id", "text"])
        writer.writeheader()
        writer.writerows(rows)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "c.parquet")
    with gzip.open(tmp_path / "d.csv.gz", "wb") as packed:
        packed.write((tmp_path / "b.csv").read_bytes())
    found = []
    for name in ("a.ndjson", "b.csv", "c.parquet", "d.csv.gz"):
        said = unite(tmp_path / "home", "tag", str(tmp_path / name))
        assert said.code == 0, said.err
        found.append(tagged(said.out))
    assert [p["id"] for p in found[0]] == ["0", "1", "2"]
    assert all(f == found[0] for f in found)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    said = unite(tmp_path, "tag", "--out", str(out), given=line() + line(id=2))
    assert (said.code, said.out) == (0, "")
    before = out.read_bytes()
    assert len(tagged(before.decode())) == 2
    said = unite(tmp_path, "tag", "--out", str(out), given=line(id=7) + b"broken\n")
    assert said.code == 1
    assert out.read_bytes() == before
    said = unite(tmp_path, "tag", "--out", str(tmp_path / "no" / "x"), given=line())
    assert said.code == 1
    assert "--out: cannot be written" in said.err
    assert [p.name for p in tmp_path.iterdir()] == ["out.ndjson"]


def test_a_file_may_be_tagged_into_itself(tmp_path: Path) -> None:
    path = tmp_path / "posts.ndjson"
    path.write_bytes(line() + line(id=2))
    said = unite(tmp_path, "tag", str(path), "--out", str(path))
    assert said.code == 0
    assert [p["id"] for p in tagged(path.read_text("utf-8"))] == [1, 2]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("gone.ndjson", None, "cannot be read"),
        ("gone.csv", None, "is not there"),
        ("empty.csv", b"", "is empty"),
        ("bad.csv", b"id,text\n1,a,b,c\n", "row 2"),
        ("x.parquet", b"PAR1 not really", ""),
        ("x.csv", b"\xff\xfe\x00\x00 nothing", ""),
    ],
)
def test_files_that_cannot_be_tagged(
    tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    said = unite(tmp_path / "home", "tag", str(tmp_path / name))
    assert said.code == 1
    assert words in said.err
    assert name not in said.err  # a file's name may itself be personal


def test_a_city_ties_a_post_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    post = line(text="Die Wohnung ist zu teuer für Flüchtlinge")
    (with_city,) = tagged(unite(tmp_path, "tag", "--city", "wien", given=post).out)
    assert with_city["relevant"]
    # without a source there is no tie: what names no city is judged without one
    (without,) = tagged(unite(tmp_path, "tag", given=post).out)
    assert without["relevant"]
    assert without["places"] == []
    said = unite(tmp_path, "tag", "--city", "wein", given=post)
    assert said.code == 1
    assert "did you mean 'wien'" in said.err
