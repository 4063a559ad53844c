"""Under the real scheduler on PostgreSQL: a killed task, a refusal, a back-fill, and no post."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from canaries import found_in, spellings
from deployment import Airflow, deployed, until
from servers import postgres
from test_http_host import Ask
from town import CANARY, Town, hours, town

from base.time import now
from monitor import collecting
from monitor.jobs.table import Table
from monitor.settings import Settings
from monitor.workspace import Workspace

pytestmark = [pytest.mark.server, pytest.mark.timeout(900)]
# so long ago that no first look reaches it
PAST = datetime(2026, 3, 10, 6, tzinfo=UTC)
OLD, NEW = 5, 12


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("scheduler")) as found:
        recent = now().replace(minute=30) - timedelta(hours=2 * NEW)
        found.show([*hours(PAST + timedelta(minutes=30), OLD), *hours(recent, NEW)])
        yield found


@pytest.fixture(scope="module")
def airflow(place: Town) -> Iterator[Airflow]:
    with postgres() as database, deployed(place, database) as found:
        yield found


def texts(workspace: Workspace, since: datetime, until: datetime) -> list[tuple[str, ...]]:
    posts = workspace.lake.read("posts", ["source", "created", "text"]).to_pylist()
    return sorted(
        (p["source"], p["created"].isoformat(), p["text"])
        for p in posts if since <= p["created"] < until
    )  # fmt: skip


def looked(workspace: Workspace, source: str) -> list[tuple[datetime, datetime]]:
    rows = workspace.lake.read("windows").to_pylist()
    mine = (w for w in rows if w["source"] == source and w["reason"] is None)
    return sorted((w["since"], w["until"]) for w in mine)


def test_a_killed_task_ends_right_after_its_retry(place: Town, airflow: Airflow) -> None:
    forum = place.places["discourse"].host
    honest, reached, released = forum.ways["/posts.json"], threading.Event(), threading.Event()

    def hang(ask: Ask) -> None:
        reached.set()
        released.wait(300)
        honest(ask)

    forum.ways["/posts.json"] = hang
    for dag in ("collect_testham", "collect_testville", "index"):
        airflow.unpause(dag)
    until("the task asks the second of its sources", reached.is_set)
    (running,) = airflow.tasks("collect_testham", "scheduled")
    assert (running["state"], running["try_number"]) == ("running", 1)
    asked = place.places["lemmy"].host.paths()
    assert asked
    os.kill(running["pid"], signal.SIGKILL)
    forum.ways["/posts.json"] = honest
    released.set()

    (task,) = airflow.ended("collect_testham", "scheduled")
    assert (task["state"], task["try_number"]) == ("success", 2)
    posts = place.workspace.lake.read("posts", ["id", "source"]).to_pylist()
    assert len({p["id"] for p in posts}) == len(posts) == NEW * len(place.places)
    assert place.places["lemmy"].host.paths() == asked, "what was done is not asked again"
    first, second = Table(place.workspace.database).runs("collect", "testham")[::-1][:2]
    assert (first.ended, second.error, first.window) == (None, None, second.window)


def test_a_refusal_that_stays_is_not_tried_again(airflow: Airflow) -> None:
    (task,) = airflow.ended("collect_testville", "scheduled")
    assert (task["state"], task["try_number"]) == ("failed", 1)


def test_new_posts_start_the_index(place: Town, airflow: Airflow) -> None:
    ended = airflow.ended("index", "asset_triggered")
    assert {task["state"] for task in ended} == {"success"}
    seen = place.workspace.lake.read("coverage", ["city", "seen"]).to_pylist()
    assert sum(row["seen"] for row in seen) >= NEW * len(place.places)


def test_three_intervals_of_a_back_fill_are_one_look_over_the_whole(
    place: Town, airflow: Airflow, tmp_path: Path
) -> None:
    begin, end = PAST, PAST + timedelta(hours=3)
    airflow.back_fill("collect_testham", begin.isoformat(), (end - timedelta(hours=1)).isoformat())
    ended = airflow.ended("collect_testham", "backfill", 3)
    assert [(t["state"], t["try_number"]) for t in ended] == [("success", 1)] * 3

    whole = Workspace(Settings(home=tmp_path / "home", collectors_interval=0.01))
    sources = collecting.chosen(place.workspace, ["testham"], None)
    look: dict[str, date] = {"since": begin, "until": end}
    taken, failed = collecting.collect(whole, sources, **look)
    assert (taken.new, failed) == (3 * len(place.places), [])
    assert texts(place.workspace, begin, end) == texts(whole, begin, end)
    assert len(texts(place.workspace, PAST, PAST + timedelta(days=1))) == taken.new
    for source in place.places:
        parts = [w for w in looked(place.workspace, source) if w[1] <= end]
        assert parts == [(at, at + timedelta(hours=1)) for at in hours(begin, 3)]
        assert looked(whole, source) == [(begin, end)]


def test_no_post_stands_in_logs_or_database(place: Town, airflow: Airflow) -> None:
    logs = list((place.airflow / "logs").rglob("attempt=*.log"))
    assert len(logs) >= 6, "tasks write logs"
    assert any(b"job=collect" in log.read_bytes() for log in logs)
    assert found_in(place.airflow, [CANARY]) == []
    kept = airflow.contents()
    assert b"collect_testham" in kept, "else nothing is proved"
    assert [form for form in spellings(CANARY) if form in kept] == []
