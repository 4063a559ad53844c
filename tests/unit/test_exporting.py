"""Exports: all or nothing, no more than may be passed on, nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import hashlib
import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from lakes import merge, row

from base.errors import BadInput
from monitor import pipeline, reading
from monitor.exporting import Exported, export
from monitor.purposes import Purpose
from monitor.settings import Settings
from monitor.workspace import Workspace
from store import schema
from store.query import Query

pytestmark = pytest.mark.unit
PURPOSE = Purpose("study", "w", "t", "l", "q", ("*",), "r", date(2030, 1, 1))
NASTY = ["=1+1", "+49 1", "-2", "@SUM(A1)", "\tx", "\r=1", "\n=1", "＝1+1", "ok =1", 'a "b", c',
         "zwei\nZeilen", "ü 漢字 🙂", "cr\ralone", "",]  # fmt: skip
NEVER = ("fold", "author", "signature", "story_fold", "home", "month")
MATCH = [{"list": "terms", "code": "housing", "term": "geheimwort", "start": 0, "end": 4}]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = Workspace(Settings(home=tmp_path_factory.mktemp("export") / "home"))
    rows = [row(f"nasty {i}", hours=i, text=text) for i, text in enumerate(NASTY)]
    rows += [
        row("ids", hours=20, text="geheimwort ids", terms_class="ids-only", matches=MATCH),
        row("protected", hours=21, text="geheimwort protected", protected=True, matches=MATCH,
            places=["wien", "wien/favoriten"]),
        row("research", hours=22, text="forschung", terms_class="research", matches=MATCH,
            engagement={"replies": 1, "reposts": None, "likes": 0},
            redactions=[{"type": "person", "count": 2}]),
        row("irrelevant", hours=23, text="nicht dabei", relevant=False),
        row("berlin", "berlin", hours=24, city=None, lang="und"),
    ]  # fmt: skip
    merge(found.lake, rows)
    pipeline.refresh(found)
    return found


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module", params=["csv", "ndjson", "parquet"])
def exported(
    request: pytest.FixtureRequest, workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Exported, Path]:
    out = tmp_path_factory.mktemp("out") / f"posts.{request.param}"
    return export(workspace, Query(), PURPOSE, out), out


def test_every_post_that_matches_is_written_once(exported: tuple[Exported, Path]) -> None:
    done, out = exported
    rows = read(out)
    assert len(rows) == done.rows == len(NASTY) + 4
    assert len({r["id"] for r in rows}) == len(rows)
    assert {p.name for p in out.parent.iterdir()} == {out.name, f"{out.name}.manifest.json"}


def test_no_column_leaves_that_could_lead_to_a_person(exported: tuple[Exported, Path]) -> None:
    names = set(read(exported[1])[0])
    assert names == set(reading.SHOWN)
    assert not names & set(NEVER)
    assert b"202603:" not in exported[1].read_bytes()  # a pseudonym


def test_text_stays_where_terms_or_protection_ask_for_it(exported: tuple[Exported, Path]) -> None:
    done, out = exported
    by_time = sorted(read(out), key=lambda r: str(r["created"]))
    ids, protected, research = by_time[-4:-1]
    for kept in (ids, protected):
        assert kept["text"] in (None, "")
        assert kept["matches"] in ([], "[]")  # terms and offsets would tell of the text
        assert kept["areas"] in (["housing"], '["housing"]')
    assert "wien" in str(protected["places"])
    assert b"favoriten" not in out.read_bytes()  # no district of a protected post
    assert research["text"] == "forschung"
    assert "geheimwort" in str(research["matches"])
    assert done.without_text == 2
    whole = out.read_bytes()
    assert b"geheimwort ids" not in whole
    assert b"geheimwort protected" not in whole
    assert b"nicht dabei" not in whole


def test_the_manifest_says_what_was_asked_and_given(exported: tuple[Exported, Path]) -> None:
    done, out = exported
    manifest = json.loads(out.with_name(out.name + ".manifest.json").read_text("utf-8"))
    digest = hashlib.sha256(out.read_bytes()).hexdigest()
    assert manifest["sha256"] == done.sha256 == digest
    assert manifest["rows"] == done.rows
    assert manifest["rows_without_text"] == 2
    assert manifest["purpose"] == "study"
    assert Query.from_json(manifest["view"]) == Query()
    assert list(manifest["columns"]) == list(reading.SHOWN)
    assert all(c["meaning"] and c["null"] for c in manifest["columns"].values())


def test_no_cell_of_a_csv_is_a_formula(workspace: Workspace, tmp_path: Path) -> None:
    export(workspace, Query(), PURPOSE, tmp_path / "posts.csv")
    rows = read(tmp_path / "posts.csv")
    for cells in rows:
        for cell in cells.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝")), cell
    texts = {r["text"] for r in rows}
    for text in NASTY:
        assert text in texts or "'" + text in texts


def test_other_formats_give_texts_back_as_they_are(workspace: Workspace, tmp_path: Path) -> None:
    for name in ("posts.ndjson", "posts.parquet"):
        export(workspace, Query(), PURPOSE, tmp_path / name)
        assert set(NASTY) <= {r["text"] for r in read(tmp_path / name)}
    kept = pq.read_schema(tmp_path / "posts.parquet")
    assert kept.field("created").type == schema.MOMENT


def test_no_posts_are_a_file_without_rows(workspace: Workspace, tmp_path: Path) -> None:
    nothing = Query(cities=("lyon",))
    for kind in ("csv", "ndjson", "parquet"):
        done = export(workspace, nothing, PURPOSE, tmp_path / f"x.{kind}")
        assert (done.rows, read(tmp_path / f"x.{kind}")) == (0, [])


@contextmanager
def _small_disk(most: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("kind", ["csv", "ndjson", "parquet"])
@pytest.mark.parametrize("most", [0, 1500])
def test_a_full_disk_leaves_nothing_behind(
    workspace: Workspace, tmp_path: Path, kind: str, most: int
) -> None:
    with pytest.raises(BadInput, match="cannot be written"), _small_disk(most):
        export(workspace, Query(), PURPOSE, tmp_path / f"posts.{kind}")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_at_the_manifest_leaves_nothing_either(
    workspace: Workspace, tmp_path: Path
) -> None:
    out = tmp_path / "posts.csv"
    (tmp_path / ".posts.csv.manifest.json.part").mkdir()
    with pytest.raises(BadInput, match="cannot be written"):
        export(workspace, Query(), PURPOSE, out)
    assert not out.exists()
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("posts.xlsx", "unknown format 'xlsx'"),
        ("posts", "unknown format ''"),
        ("nowhere/posts.csv", "its folder is not there"),
        ("there.csv", "there already"),
    ],
)
def test_what_cannot_be_a_target(
    workspace: Workspace, tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / "there.csv").write_text("mine")
    with pytest.raises(BadInput, match=words):
        export(workspace, Query(), PURPOSE, tmp_path / name)
    assert [p.name for p in tmp_path.iterdir()] == ["there.csv"]
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_what_is_read_on_the_screen_holds_the_same_columns(workspace: Workspace) -> None:
    shown = reading.posts(workspace, Query(), limit=3)
    assert len(shown) == 3
    assert [p["created"] for p in shown] == sorted((p["created"] for p in shown), reverse=True)
    assert not set(NEVER) & set(shown[0])
    json.dumps(shown)
