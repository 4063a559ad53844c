"""From a server's answer to a released figure, and to a post that is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import mastodon_host as m
import pytest
from mastodon_host import NOW, SERVER, START, account, gives, source, status, timeline
from test_http_host import Host, running

from analysis.release import Tier
from monitor import collecting, pipeline, questions
from monitor.retention.rechecking import recheck
from monitor.settings import Settings
from monitor.workspace import Workspace
from store.query import Query

pytestmark = pytest.mark.unit
TAG = "/api/v1/timelines/tag"
TEXTS = {
    "wien": "Neue Wohnungen für Geflüchtete in Wien, Haus Nummer {n} ist bald fertig",
    "berlin": "Der Deutschkurs in Berlin hat noch Plätze, Gruppe {n} beginnt am Montag",
}


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        yield found


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(Settings(home=tmp_path / "home"))


def posts(city: str, count: int) -> list[dict[str, Any]]:
    return [
        status(
            TEXTS[city].format(n=n), START + timedelta(hours=n + 24 * (city == "berlin")),
            account=account(f"person{n}", f"{city}.invalid"),
        )
        for n in range(count)
    ]  # fmt: skip


def test_from_the_wire_to_a_figure_and_back_out(host: Host, workspace: Workspace) -> None:
    wien, berlin = posts("wien", 12), posts("berlin", 9)
    left_out = status(
        "Wohnung frei", START + timedelta(minutes=9), account=account("still", noindex=True)
    )
    host.ways = {f"{TAG}/wien": timeline([*wien, left_out]), f"{TAG}/berlin": timeline(berlin)}
    sources = [
        source("/tags/wien"),
        replace(source("/tags/berlin"), home="berlin", time_zone="Europe/Berlin"),
    ]
    with m.client(host) as http:
        look = {"since": date(2026, 3, 1), "until": NOW, "http": http}
        taken, failed = collecting.collect(workspace, sources, **look)  # type: ignore[arg-type]
    assert (failed, taken.fetched, taken.new, taken.rejected) == ([], 22, 21, 0)
    pipeline.refresh(workspace)

    windows = {w["home"]: w for w in workspace.lake.read("windows").to_pylist()}
    assert (windows["wien"]["fetched"], windows["wien"]["dropped"]) == (13, 1)
    kept = str(workspace.lake.read("posts").to_pylist())
    for trace in ("person3", SERVER, "Wohnung frei", "Erna", "erfunden"):
        assert trace not in kept, trace

    query = Query(cities=("wien", "berlin"), since=date(2026, 3, 1), until=date(2026, 3, 10))
    found = questions.compare_cities(workspace, query, Tier.POSTS, "seen")
    told = {(r.city, r.area): r for r in found.comparison.rows}
    housing = told["wien", "housing"]
    assert (housing.state, housing.posts, housing.base) == ("ok", 12, 12)
    assert told["berlin", "language"].posts == 9
    assert told["berlin", "housing"].posts in (0, None)

    # one author takes a post back: it goes here too, and the rest stays
    gone = wien[4]["id"]
    host.ways = {"/api/v1/statuses": gives({}, 404), "/.well-known/nodeinfo": gives({"links": []})}
    for there in (*wien, *berlin):
        if there["id"] != gone:
            host.ways[f"/api/v1/statuses/{there['id']}"] = gives(there)
    with m.client(host) as http:
        done = recheck(workspace, http)
    assert (done.asked, done.there, done.gone, dict(done.unknown)) == (21, 20, 1, {})
    again = questions.compare_cities(workspace, query, Tier.POSTS, "seen")
    assert {(r.city, r.area): r.posts for r in again.comparison.rows}["wien", "housing"] == 11
