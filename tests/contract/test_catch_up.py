"""Catching up follows the lake's file sets: what changed is rebuilt, the rest stays."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import oracle
import pyarrow as pa
import pytest
from answers import cells, difference, wrong
from indexes import MakeIndex
from strategies import COUNTRIES, WORDS, Row, posts, snapshot

from store.index import Index, IndexMissing
from store.query import Query

pytestmark = pytest.mark.unit
ASKED = (
    (Query(relevant=None), ("month", "city")),
    (Query(), ("area", "voice")),
    (Query(text="wohnung*", relevant=None), ("lang",)),
    (Query(fold_stories=True), ("city",)),
)


def assert_right(index: Index, rows: list[Row]) -> None:
    for query, by in ASKED:
        assert not wrong(index, rows, query, by)
    seen = cells(index.seen(Query(), ("city", "week")))
    assert not difference(seen, oracle.seen(rows, Query(), ("city", "week"), COUNTRIES))
    query = Query(relevant=None)
    found = index.posts(query, limit=30)["id"].to_pylist()
    assert found == [r["id"] for r in oracle.newest(rows, query, COUNTRIES)[:30]]


@pytest.fixture
def held() -> list[Row]:
    return posts(600, seed=2)


@pytest.fixture
def index(make_index: MakeIndex, tmp_path: Path, held: list[Row]) -> Index:
    index = make_index(tmp_path / "index")
    index.catch_up(snapshot(held))
    return index


def test_before_anything_is_built(make_index: MakeIndex, tmp_path: Path) -> None:
    index = make_index(tmp_path / "index")
    for ask in (
        index.generation,
        lambda: index.counts(Query()),
        lambda: index.seen(Query()),
        lambda: index.posts(Query(), limit=1),
    ):
        with pytest.raises(IndexMissing) as caught:
            ask()
        assert caught.value.hint == "unite index"


def test_an_empty_lake(make_index: MakeIndex, tmp_path: Path) -> None:
    index = make_index(tmp_path / "index")
    assert index.catch_up(snapshot([])) == 0
    assert cells(index.counts(Query(text="a"), ("city", "area"))) == {}
    assert cells(index.seen(Query())) == {}
    assert index.posts(Query(), limit=3).num_rows == 0


def test_a_month_without_a_counted_row(make_index: MakeIndex, tmp_path: Path) -> None:
    index = make_index(tmp_path / "index")
    rows = [{**row, "counted": row["month"] != "2025-12"} for row in posts(200, seed=3)]
    index.catch_up(snapshot(rows))
    assert_right(index, rows)


def test_nothing_new_changes_nothing(index: Index, held: list[Row]) -> None:
    before = index.generation()
    assert index.catch_up(snapshot(held, version="a commit without a change")) == 0
    assert index.generation() == before


def _update(rows: list[Row]) -> list[Row]:
    for row in rows:
        if row["month"] == "2025-11" and row["home"] == "wien":
            row |= {"areas": ["health", "language"], "city": "graz", "text": "neue Wohnung"}
    return rows


def _new_date(rows: list[Row]) -> list[Row]:
    for row in rows:  # the month is of the first date and stays
        if row["month"] == "2025-11":
            row |= {
                "created": row["created"] + timedelta(days=150),
                "day": row["day"] + timedelta(days=150),
            }
    return rows


def _delete(rows: list[Row]) -> list[Row]:
    return [r for r in rows if not (r["month"] == "2026-01" and r["home"] == "berlin")]


def _remove_month(rows: list[Row]) -> list[Row]:
    return [r for r in rows if r["month"] != "2025-12"]


def _add_month(rows: list[Row]) -> list[Row]:
    for row in rows:
        if row["month"] == "2026-04":
            row["month"] = "2026-05"
    return rows


def _other_story(rows: list[Row]) -> list[Row]:
    earliest = min(rows, key=lambda r: (r["created"], r["id"]))
    for row in rows:
        if row["month"] == "2026-03" and row["counted"]:
            row |= {"story": earliest["story"], "story_fold": earliest["story_fold"]}
    return rows


@pytest.mark.parametrize(
    ("change", "rebuilt"),
    [(_update, 1), (_new_date, 1), (_delete, 1), (_remove_month, 0), (_add_month, 1),
     (_other_story, 1)],
)  # fmt: skip
def test_a_change_rebuilds_its_month(
    index: Index, held: list[Row], change: Callable[[list[Row]], list[Row]], rebuilt: int
) -> None:
    before = index.generation()
    after = change(copy.deepcopy(held))
    assert after != held
    assert index.catch_up(snapshot(after)) == rebuilt
    assert index.generation() != before
    assert_right(index, after)


def test_changes_in_a_row_end_where_one_build_ends(
    index: Index, held: list[Row], make_index: MakeIndex, tmp_path: Path
) -> None:
    draw, rows = random.Random(4), copy.deepcopy(held)
    for _ in range(3):
        for row in draw.sample(rows, 20):
            row["text"] = draw.choice(WORDS)
        rows = draw.sample(rows, len(rows) - 15)
        index.catch_up(snapshot(rows))
        assert_right(index, rows)
    other = make_index(tmp_path / "other")
    other.catch_up(snapshot(rows))
    for query, by in ASKED:
        assert cells(index.counts(query, by)) == cells(other.counts(query, by))


def test_rebuild_builds_everything(index: Index, held: list[Row]) -> None:
    before = index.generation()
    assert index.catch_up(snapshot(held), rebuild=True) == len({r["month"] for r in held})
    assert index.generation() != before
    assert_right(index, held)


def test_only_coverage_changed(index: Index, held: list[Row]) -> None:
    lake = snapshot(held)
    table = lake.coverage()
    more = table.set_column(
        table.schema.get_field_index("seen"), table.schema.field("seen"),
        pa.array([n.as_py() + 1 for n in table["seen"]]),
    )  # fmt: skip
    before = index.generation()
    assert index.catch_up(replace(lake, coverage=lambda: more)) == 0
    assert index.generation() != before
    total = cells(index.seen(Query()))[()]["posts"]
    assert total == sum(table["seen"].to_pylist()) + table.num_rows
