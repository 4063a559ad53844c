"""A server, or the master of three nodes, killed while an index is fed: nothing missing or double.

These tests start servers of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from elastic_server import Cluster
from elasticsearch import Elasticsearch
from front import Asked, front
from servers import own_elasticsearch
from strategies import COUNTRIES, posts, snapshot
from test_elastic_faults import answers, attempt

from store.duckdb_index import DuckdbIndex
from store.elastic import feeding, lease
from store.elastic.door import Address, connect
from store.elastic.faults import Unreachable
from store.elastic_index import ElasticIndex

pytestmark = [pytest.mark.server, pytest.mark.timeout(900)]  # starts take minutes on a busy machine
NAME = "killed"
ROWS = posts(900, seed=6)
BEFORE, AFTER = ROWS[:600], ROWS[200:]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "MOST_BYTES", 50_000)  # several bulks
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.5)  # the wait for a writer that died


def expected(folder: Path) -> list[dict[str, Any]]:
    """What the embedded index answers in the end."""
    index = DuckdbIndex(folder / "embedded", COUNTRIES)
    index.catch_up(snapshot(AFTER))
    return answers(index)


def opened(urls: str) -> ElasticIndex:
    return ElasticIndex(connect(Address.parse(urls)), COUNTRIES, name=NAME)


def at_bulk(number: int, do: Callable[[], None]) -> Callable[[Asked], None]:
    """Does it once, before the bulk with this number reaches the server."""
    seen: list[Asked] = []

    def instead(asked: Asked) -> None:
        if "_bulk" in asked.path and f"{NAME}-posts" in asked.path:
            seen.append(asked)
            if len(seen) == number:
                do()

    return instead


def test_a_server_that_is_killed_and_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_elasticsearch() as server:
        (url,) = server.urls
        opened(url).catch_up(snapshot(BEFORE))
        with monkeypatch.context() as patch, front(url, instead=at_bulk(3, server.kill)) as there:
            patch.setattr(feeding, "PATIENCE", 2)
            assert isinstance(attempt(opened(there.url), AFTER), Unreachable)
            assert isinstance(attempt(opened(there.url), AFTER), Unreachable)  # for longer
        server.restart()
        index = opened(url)
        index.catch_up(snapshot(AFTER))
        assert answers(index) == expected(tmp_path)


@pytest.mark.long
def test_the_master_of_three_is_killed(tmp_path: Path) -> None:
    """The others go on: at most the catch-up must be repeated."""
    with own_elasticsearch(nodes=3) as cluster, ExitStack() as fronts:
        opened(",".join(cluster.urls)).catch_up(snapshot(BEFORE))
        kill = at_bulk(3, lambda: cluster.kill(master(cluster)))
        urls = [fronts.enter_context(front(url, instead=kill)).url for url in cluster.urls]
        index = opened(",".join(urls))
        failed = attempt(index, AFTER)
        if failed is not None:
            index.catch_up(snapshot(AFTER))
        assert answers(index) == expected(tmp_path)
        cluster.restart()  # the lost node comes back with what it had
        index.catch_up(snapshot(AFTER))
        assert answers(index) == expected(tmp_path)


def master(cluster: Cluster) -> int:
    """The number of the node that is master."""
    with Elasticsearch(list(cluster.urls)) as client:
        (row,) = client.cat.master(format="json").body
    return int(row["node"].removeprefix("node-"))
