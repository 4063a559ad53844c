"""What the contract's tests share: the index under test, the posts, and one that holds them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from elastic_server import own_name
from indexes import ADDRESS, INDEXES, KINDS, NAME, ON_SERVERS, MakeIndex
from strategies import Row, posts, snapshot

from store.index import Index


@pytest.fixture(scope="session")
def server_names(elasticsearch_url: str) -> Iterator[None]:
    """What the indexes of this run are called on the server; gone when it ends."""
    with own_name(elasticsearch_url) as name:
        os.environ |= {ADDRESS: elasticsearch_url, NAME: name}
        yield


@pytest.fixture(scope="session")
def index_kind(request: pytest.FixtureRequest) -> str:
    """One of INDEXES, whose server is there if it needs one."""
    if request.param in ON_SERVERS:
        request.getfixturevalue("server_names")
    return str(request.param)


@pytest.fixture(scope="session")
def make_index(index_kind: str) -> MakeIndex:
    """Opens an index whose state, if it keeps one on disk, lies in the folder given."""
    return INDEXES[index_kind]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that says nothing else is for all indexes."""
    own = any("index_kind" in m.args[0] for m in metafunc.definition.iter_markers("parametrize"))
    if "index_kind" in metafunc.fixturenames and not own:
        metafunc.parametrize("index_kind", KINDS, indirect=True, scope="session")


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
