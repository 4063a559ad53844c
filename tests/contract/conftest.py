"""What the contract's tests share: the index under test, the posts, and one that holds them."""

from __future__ import annotations

import pytest
from indexes import INDEXES, MakeIndex
from strategies import Row, posts, snapshot

from store.index import Index


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
