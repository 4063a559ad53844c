"""The indexes that must obey the contract. A further one is one more line of INDEXES."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from strategies import COUNTRIES, Row, posts, snapshot

from store.duckdb_index import DuckdbIndex
from store.index import Index


def _duckdb(folder: Path) -> Index:
    return DuckdbIndex(folder, COUNTRIES, memory_limit="500MB", threads=2)


MakeIndex = Callable[[Path], Index]
INDEXES: dict[str, MakeIndex] = {"duckdb": _duckdb}


@pytest.fixture(scope="session", params=INDEXES)
def make_index(request: pytest.FixtureRequest) -> MakeIndex:
    """Opens an index whose state, if it keeps one on disk, lies in the folder given."""
    return INDEXES[request.param]


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    return posts(5_000, seed=1)


@pytest.fixture(scope="session")
def built(
    make_index: MakeIndex, rows: list[Row], tmp_path_factory: pytest.TempPathFactory
) -> Index:
    """An index that holds `rows` and is not changed by a test."""
    index = make_index(tmp_path_factory.mktemp("index"))
    index.catch_up(snapshot(rows))
    return index
