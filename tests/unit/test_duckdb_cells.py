"""Counting in numpy: pairs are told apart exactly, and the ways for large answers agree."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from answers import cells, wrong
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import COUNTRIES, posts, snapshot

from base.errors import BadInput
from store.duckdb_index import DuckdbIndex
from store.embedded import cells as cells_module
from store.embedded.pairs import Pairs, first_of_each, joined, marks_of
from store.index import MANY, ONE
from store.query import Query

pytestmark = pytest.mark.unit
# few values, many repeats, and hashes that share their last bits
hashes = st.sampled_from([0, 1, 2**22, 2**63, 2**64 - 1, 0x9E3779B97F4A7C15])
pairs = st.lists(st.tuples(st.integers(0, 5), hashes | st.integers(0, 2**64 - 1)), max_size=300)


def arrays(given: list[tuple[int, int]]) -> Pairs:
    cell = np.array([c for c, _ in given], np.int64)
    return Pairs(cell, np.array([h for _, h in given], np.uint64), cell)


@given(pairs)
@settings(max_examples=300, deadline=None)
def test_each_pair_once(given: list[tuple[int, int]]) -> None:
    held = arrays(given)
    which = first_of_each(held.cell, held.hash)
    found = [given[i] for i in which.tolist()]
    assert len(found) == len(set(found))
    assert set(found) == set(given)


def test_many_pairs_once() -> None:
    draw = np.random.default_rng(1)
    cell, number = draw.integers(0, 40, 200_000), draw.integers(0, 5_000, 200_000)
    which = first_of_each(cell, number.astype(np.uint64) << np.uint64(40))
    assert len(which) == len(np.unique(cell * 5_000 + number))


def test_marks_pass_over_no_hash() -> None:
    held = arrays([(0, 2**64 - 1), (1, 5)])
    marks = marks_of([held])
    assert marks[held.hash & np.uint64(len(marks) - 1)].all()
    assert marks.sum() == 2
    assert len(joined([]).cell) == 0


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> DuckdbIndex:
    index = DuckdbIndex(tmp_path_factory.mktemp("index"), COUNTRIES)
    index.catch_up(snapshot(posts(1_500, seed=8)))
    return index


@pytest.mark.parametrize("fold_stories", [False, True])
def test_large_answers_are_counted_the_same(
    index: DuckdbIndex, monkeypatch: pytest.MonkeyPatch, fold_stories: bool
) -> None:
    rows, query = posts(1_500, seed=8), Query(relevant=None, fold_stories=fold_stories)
    dense = cells(index.counts(query, ("area", "source")))
    monkeypatch.setattr(cells_module, "_DENSE", 0)
    assert cells(index.counts(query, ("area", "source"))) == dense
    assert not wrong(index, rows, query, ("day", "area", "place"))


def test_authors_of_one_month_over_many_segments(tmp_path: Path) -> None:
    """An import: all authors under the key of the month in which it was read."""
    rows = posts(1_500, seed=9)
    for row in rows:
        if row["author"]:
            row["author"] = f"202604:{row['author'][-2:]}"
    index = DuckdbIndex(tmp_path, COUNTRIES)
    index.catch_up(snapshot(rows))
    for by in ((), ("city",), ("area", "lang")):
        assert not wrong(index, rows, Query(relevant=None), by)


def test_too_many_dimensions_are_refused(
    index: DuckdbIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells_module, "_WIDEST", 1 << 40)
    with pytest.raises(BadInput, match="too many dimensions"):
        index.counts(Query(), (*ONE, *MANY))


def test_days_far_apart(tmp_path: Path) -> None:
    rows = posts(60, seed=10)
    rows[0] |= {"day": date(1990, 1, 1), "relevant": True, "counted": True}
    rows[1] |= {"day": date(1969, 12, 31), "relevant": True, "counted": True}
    rows[2] |= {"day": date(2199, 12, 31), "relevant": True, "counted": True}
    index = DuckdbIndex(tmp_path, COUNTRIES)
    index.catch_up(snapshot(rows))
    for name in ("day", "week", "month"):
        assert not wrong(index, rows, Query(), (name,))
        assert not wrong(index, rows, Query(since=date(2199, 1, 1)), (name,))
