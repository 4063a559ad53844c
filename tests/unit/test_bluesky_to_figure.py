"""From Bluesky's answer on the wire to a released figure, and again without doubling anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bluesky_network import Network, post, refuse
from test_http_host import running

from analysis.release import Tier
from collectors.collector import Source
from collectors.http import Http, Limits
from monitor import collecting, pipeline, questions
from monitor.settings import Settings
from monitor.workspace import Workspace
from store.query import Query

pytestmark = pytest.mark.unit
NOW = datetime.now(UTC).replace(microsecond=0)
SOURCE = Source("bluesky-wien", "bluesky", "wien", "search:Wien", "personal", "Europe/Vienna")
SINCE = NOW - timedelta(days=5)


@pytest.fixture
def network() -> Iterator[Network]:
    with running() as host:
        yield Network(host, page=7)


@pytest.fixture
def workspace(network: Network, tmp_path: Path) -> Workspace:
    keys: dict[str, Any] = {
        "collectors_bluesky_handle": "konto.example", "collectors_bluesky_password": "app-pass",
    }  # fmt: skip
    services = f"bluesky={network.host.at('')}"
    return Workspace(Settings(home=tmp_path / "home", collectors_services=services, **keys))


def about(number: int, text: str) -> dict[str, Any]:
    return post(
        number, NOW - timedelta(hours=number + 1), f"{text}, sagt Nummer {number}",
        did=f"did:plc:nummer{number:018d}",
    )  # fmt: skip


def collect(workspace: Workspace) -> tuple[pipeline.Taken, list[collecting.Failed]]:
    http = Http(limits=Limits(tries=1, interval=0))
    found = collecting.collect(workspace, [SOURCE], since=SINCE, http=http)
    pipeline.refresh(workspace)
    return found


def share(workspace: Workspace) -> tuple[Any, Any, Any]:
    day = NOW.date()
    span = {"since": day - timedelta(days=6), "until": day + timedelta(days=1)}
    query = Query(cities=("wien",), areas=("housing",), **span)
    (row,) = questions.compare_cities(workspace, query, Tier.POSTS, "relevant").comparison.rows
    return row.posts, row.base, row.share


def test_posts_of_a_search_become_a_share(network: Network, workspace: Workspace) -> None:
    network.posts = [about(n, "Neue Wohnungen für Geflüchtete in Wien") for n in range(12)]
    network.posts += [about(n, "Deutschkurse für Geflüchtete in Wien") for n in range(20, 28)]
    taken, failed = collect(workspace)
    assert (taken.fetched, taken.new, failed) == (20, 20, [])
    assert share(workspace) == (12, 20, 0.6)
    # the same window again asks again and changes nothing
    taken, failed = collect(workspace)
    assert (taken.new, failed) == (0, [])
    assert share(workspace) == (12, 20, 0.6)
    # a refused password stops this source alone, and its cursor stays
    before = workspace.database.cursor("wien", "bluesky-wien")
    assert before is not None
    network.host.ways["/xrpc/com.atproto.server.createSession"] = lambda ask: refuse(
        ask, 401, "AuthenticationRequired"
    )
    _, (one,) = collect(workspace)
    assert "source 'bluesky-wien' of city wien: refused (AuthenticationRequired)" in str(one.error)
    assert "app-pass" not in str(one.error)
    assert workspace.database.cursor("wien", "bluesky-wien") == before
