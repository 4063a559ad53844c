"""From the wire to a figure: a forum, a community and a channel, collected, tagged, compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from looks import gives
from test_http_host import Host, running

from analysis.release import Tier
from base.time import now
from collectors.collector import Source
from collectors.http import Http, Limits
from collectors.youtube import api as youtube_api
from monitor import collecting, pipeline, questions
from monitor.retention import rechecking
from monitor.settings import Settings
from monitor.workspace import Workspace
from store.query import Query

pytestmark = pytest.mark.unit
NOW = datetime.now(UTC).replace(microsecond=0)
SINCE = NOW - timedelta(days=20)
CHANNEL = "UC" + "e" * 22
TEXT = "Neue Wohnungen für Geflüchtete in Wien: in Favoriten entsteht Haus {}, mit Platz für alle."


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        yield found


@pytest.fixture
def workspace(tmp_path: Path, host: Host, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(youtube_api, "_used", {})
    services = f"youtube={host.at('')} lemmy={host.at('')} discourse={host.at('')}"
    given: dict[str, Any] = {"collectors_youtube_key": "k3y", "collectors_services": services}
    return Workspace(Settings(home=tmp_path / "home", **given))


def client() -> Http:
    return Http(limits=Limits(tries=1, interval=0))


def published(number: int) -> str:
    return (NOW - timedelta(days=8, hours=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


def forum(numbers: range) -> dict[str, Any]:
    posts = [
        {"id": n, "user_id": n, "post_type": 1, "created_at": published(40 - n), "post_number": 2,
         "topic_id": 1, "topic_slug": "wohnen", "cooked": f"<p>{TEXT.format(n)}</p>"}
        for n in numbers
    ]  # fmt: skip
    return {"latest_posts": posts[::-1]}


def community(host: Host, numbers: range) -> dict[str, Any]:
    views = [
        {"comment": {"id": n, "content": TEXT.format(f"L{n}"), "published": published(40 - n),
                     "ap_id": host.at(f"/comment/{n}")},
         "creator": {"actor_id": f"https://lemmy.example/u/u{n}"}}
        for n in numbers
    ]  # fmt: skip
    return {"comments": views[::-1]}


def threads(numbers: range) -> dict[str, Any]:
    return {
        "items": [
            {"id": f"y{n}", "snippet": {"videoId": "erfunden_01", "topLevelComment": {
                "id": f"y{n}", "snippet": {
                    "textDisplay": TEXT.format(f"Y{n}"), "publishedAt": published(40 - n),
                    "authorChannelId": {"value": f"UC{n:022d}"}}}}}
            for n in reversed(numbers)
        ]
    }  # fmt: skip


def sources(host: Host) -> list[Source]:
    addresses = {"discourse": host.at(""), "lemmy": host.at("/c/wien"), "youtube": CHANNEL}
    return [
        Source(p, p, "wien", a, "personal", "Europe/Vienna", "de") for p, a in addresses.items()
    ]


def serve(host: Host, numbers: range) -> None:
    pages = [community(host, numbers), {"comments": []}]
    host.ways |= {
        "/posts.json": gives(200, forum(numbers)),
        "/api/v3/post/list": gives(200, {"posts": [], "next_page": None}),
        "/api/v3/comment/list": lambda ask: gives(200, pages["page=1" not in ask.path])(ask),
        "/commentThreads": gives(200, threads(numbers)),
    }


def test_from_the_wire_to_a_figure_and_back_to_the_platform(
    workspace: Workspace, host: Host
) -> None:
    serve(host, range(1, 13))
    taken, failed = collecting.collect(workspace, sources(host), since=SINCE, http=client())
    assert failed == []
    assert (taken.new, taken.rejected) == (36, 0)
    pipeline.refresh(workspace)
    query = Query(cities=("wien",), areas=("housing",), since=SINCE.date(),
                  until=now().date() + timedelta(days=1))  # fmt: skip
    (row,) = questions.compare_cities(workspace, query, Tier.POSTS).comparison.rows
    assert (row.posts, row.base, row.share) == (36, 36, 1.0)
    assert set(row.sources) == {"discourse", "lemmy", "youtube"}

    # a second look: what is new comes, nothing is doubled
    serve(host, range(1, 15))
    again, failed = collecting.collect(workspace, sources(host), since=SINCE, http=client())
    assert (failed, again.new) == ([], 6)

    # asked whether they still stand, two are gone and are forgotten
    host.ways |= {f"/posts/{n}.json": gives(200, {"cooked": "x"}) for n in range(2, 15)}
    host.ways["/posts/1.json"] = gives(404, {})
    host.ways |= {f"/comment/{n}": gives(200, {}) for n in range(2, 15)}
    host.ways["/comment/1"] = gives(410, {})
    host.ways["/comments"] = gives(200, {"items": [{"id": f"y{n}"} for n in range(1, 15)]})
    told = rechecking.recheck(workspace, client())
    assert (told.asked, told.there, told.gone, told.unknown) == (42, 40, 2, {})
