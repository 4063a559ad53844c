"""From X's answer on the wire to a released figure, and once more without doubling anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from x_service import LOOKUP, SEARCH, SOURCE, Service, gives, post, service

from analysis.release import Tier
from collectors.http import Http, Limits
from monitor import collecting, pipeline, questions
from monitor.retention.retaining import retain
from monitor.settings import Settings
from monitor.workspace import Workspace
from store.query import Query

pytestmark = pytest.mark.unit
NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


@pytest.fixture
def at() -> Iterator[Service]:
    with service() as found:
        found.now = NOW
        yield found


@pytest.fixture
def workspace(at: Service, tmp_path: Path) -> Workspace:
    given: dict[str, Any] = {"collectors_x_bearer_token": "a-token"}
    services = f"x={at.host.at('')}"
    return Workspace(Settings(home=tmp_path / "home", collectors_services=services, **given))


def client() -> Http:
    return Http(limits=Limits(tries=1, interval=0))


def about(number: int, text: str) -> Any:
    author = str(700 + number)
    return post(
        NOW - HOUR * (number + 1), f"{text}, sagt Nummer {number}", number, author_id=author
    )


def share(workspace: Workspace) -> tuple[Any, Any, Any]:
    day = NOW.date()
    since, until = day - timedelta(days=6), day + timedelta(days=1)
    query = Query(cities=("wien",), areas=("housing",), since=since, until=until)
    (row,) = questions.compare_cities(workspace, query, Tier.POSTS, "relevant").comparison.rows
    return row.posts, row.base, row.share


def test_posts_of_a_search_become_a_share(at: Service, workspace: Workspace) -> None:
    homes = [about(n, "Neue Wohnungen für Geflüchtete in Wien") for n in range(12)]
    kurse = [about(n, "Deutschkurse für Geflüchtete in Wien") for n in range(20, 28)]
    repost = about(40, "RT Wohnungen in Wien")
    repost["referenced_tweets"] = [{"type": "retweeted", "id": homes[0]["id"]}]
    at.posts, at.size = [*homes, *kurse, repost], 10
    since = NOW - timedelta(days=5)
    source = replace(SOURCE, code="x-search")
    taken, failed = collecting.collect(workspace, [source], since=since, http=client())
    assert (taken.fetched, taken.new, failed) == (21, 20, [])
    pipeline.refresh(workspace)
    assert share(workspace) == (12, 20, 0.6)
    # the same window again asks X again and changes nothing
    taken, _ = collecting.collect(workspace, [source], since=since, http=client())
    assert (taken.fetched, taken.new) == (21, 0)
    pipeline.refresh(workspace)
    assert share(workspace) == (12, 20, 0.6)
    # an edited post stays one
    edited = {**kurse[0], "id": str(int(kurse[0]["id"]) + 1), "text": "Wohnungen in Wien, " * 3}
    at.posts[12] = edited
    taken, _ = collecting.collect(workspace, [source], since=since, http=client())
    assert (taken.new, taken.known) == (0, 20)
    # a used-up month stops this source alone, and its cursor stays
    before = workspace.database.cursor("wien", "x-search")
    capped = {
        "title": "UsageCapExceeded",
        "type": "https://api.twitter.com/2/problems/usage-capped",
    }
    at.host.ways[SEARCH] = gives(capped, 429)
    _, (one,) = collecting.collect(workspace, [source], since=since, http=client())
    assert "this month are used up" in str(one.error)
    assert workspace.database.cursor("wien", "x-search") == before
    _is_forgotten_when_gone(at, workspace, [p["id"] for p in homes], kurse)


def _is_forgotten_when_gone(
    at: Service, workspace: Workspace, there: list[str], deleted: list[Any]
) -> None:
    """`unite retain` asks X with the installation's key, and what is gone goes."""
    gone = [
        {"resource_id": p["id"], "type": "https://api.twitter.com/2/problems/resource-not-found"}
        for p in deleted[:3]
    ]
    there = there + [p["id"] for p in deleted[3:]]
    at.host.ways[LOOKUP] = gives({"data": [{"id": i, "text": "a"} for i in there], "errors": gone})
    at.host.asked.clear()
    told = retain(workspace, http=client()).rechecked
    assert told is not None
    assert (told.there, told.gone, told.unknown) == (17, 3, {})
    (one,) = at.host.asked
    assert one[1]["authorization"] == "Bearer a-token"
    assert share(workspace)[0] == 12


def test_what_x_does_not_search_any_more_is_a_gap_and_no_zero(
    at: Service, workspace: Workspace
) -> None:
    at.posts = [about(n, "Neue Wohnungen für Geflüchtete in Wien") for n in range(12)]
    source = replace(SOURCE, code="x-search")
    since, long_ago = NOW - timedelta(days=30), NOW - timedelta(days=20)
    _, failed = collecting.collect(workspace, [source], since=since, http=client())
    assert failed == []
    rows = workspace.lake.read("windows").sort_by("since").to_pylist()
    gap, looked = rows
    assert (gap["since"], gap["fetched"]) == (since, 0)
    assert "last 7 days" in gap["reason"]
    assert gap["until"] == looked["since"] >= NOW - timedelta(days=7)
    assert looked["reason"] is None
    # a time that lies beyond its reach altogether
    collecting.collect(workspace, [source], since=since, until=long_ago, http=client())
    rows = workspace.lake.read("windows").to_pylist()
    assert [r["until"] for r in rows if r["reason"] is None] == [looked["until"]]
    pipeline.refresh(workspace)
    first, end = since.date(), long_ago.date()
    query = Query(cities=("wien",), areas=("housing",), since=first, until=end)
    found = questions.compare_cities(workspace, query, Tier.POSTS, "relevant")
    (row,) = found.comparison.rows
    assert (row.state, row.posts, row.coverage) == ("no_data", None, 0.0)
    assert set(found.looked["wien"].days) == {0.0}
    assert found.looked["wien"].reasons == (gap["reason"],)
