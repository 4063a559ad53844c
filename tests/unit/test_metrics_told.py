"""Health and metrics: what is told to whom, in time, and what a broken part does to the rest."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from test_callback import run

from dashboard.headers import security
from dashboard.watching import Watch
from monitor import demo, readiness
from monitor.cities import load
from monitor.metrics.scrape import KEPT, Scrape, parts
from monitor.readiness import Readiness
from monitor.settings import Settings
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
PORT, TOKEN = 8050, "a-token-for-a-scraper"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, tools: Workspace) -> Workspace:
    """An installation with posts, windows, an index and a job table."""
    made = Workspace(Settings(home=tmp_path_factory.mktemp("watched") / "home"))
    made.__dict__.update(tagger=tools.tagger)
    demo.fill(made, 400, 1, ["wien", "rotterdam"])
    return made


@pytest.fixture
def empty(tmp_path: Path) -> Workspace:
    return Workspace(Settings(home=tmp_path / "home"))


class Asking:
    """Asks a Watch as a client would."""

    def __init__(self, workspace: Workspace, token: str | None = None) -> None:
        self.scrape = Scrape(workspace)
        self.watch = Watch(
            self._door, Readiness(workspace), self.scrape,
            token=token, port=PORT, headers=security(),
        )  # fmt: skip

    async def _door(self, scope: Any, _: Any, send: Any) -> None:
        if scope["path"] == "/breaks":
            raise ValueError("inside")
        status = 404 if scope["path"] == "/nothing" else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"door"})

    def ask(
        self, path: str, client: str | None = "127.0.0.1", method: str = "GET", **given: str
    ) -> tuple[int, str, dict[str, str]]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        named = {"host": f"127.0.0.1:{PORT}", **given}
        headers = [(k.replace("_", "-").encode(), v.encode()) for k, v in named.items()]
        run(self.watch({
            "type": "http", "method": method, "path": path, "query_string": b"",
            "client": client and (client, 5), "headers": headers,
        }, None, send))  # fmt: skip
        return (
            sent[0]["status"],
            sent[1]["body"].decode(),
            {k.decode(): v.decode() for k, v in sent[0]["headers"]},
        )


def figures(text: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    """name → (labels, value), as Prometheus reads the page."""
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def test_live_and_ready_need_no_session_and_tell_no_city(filled: Workspace) -> None:
    asking = Asking(filled)
    status, said, headers = asking.ask("/health/live", client="10.0.0.7", host="anything.example")
    assert (status, said) == (200, "ok\n")
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    status, said, _ = asking.ask("/health/ready", client="10.0.0.7", host="anything.example")
    assert status == 200
    assert json.loads(said) == {
        "ready": True, "parts": {"database": "ok", "index": "ok", "lake": "ok"},
    }  # fmt: skip
    assert asking.ask("/health/ready", method="POST")[1] == "door"


def test_before_anything_is_collected_it_is_ready_and_empty(empty: Workspace) -> None:
    status, said, _ = Asking(empty).ask("/health/ready")
    assert status == 200
    assert json.loads(said)["parts"] == {"database": "ok", "index": "empty", "lake": "empty"}


def test_posts_without_an_index_are_not_ready(tmp_path: Path, filled: Workspace) -> None:
    lost = Workspace(filled.settings)
    (lost.home / "index").rename(tmp_path / "away")
    try:
        status, said, _ = Asking(lost).ask("/health/ready")
    finally:
        (lost.home / "index").rmdir() if (lost.home / "index").exists() else None
        (tmp_path / "away").rename(lost.home / "index")
    assert status == 503
    assert json.loads(said) == {
        "ready": False, "parts": {"database": "ok", "index": "failed", "lake": "ok"},
    }  # fmt: skip


@pytest.mark.parametrize("address", [
    "postgresql+psycopg://somebody:geheim@127.0.0.1:1/none", "sqlite:////proc/none/unite.db",
])  # fmt: skip
def test_a_database_that_is_gone_is_named_and_its_address_is_not(
    tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asking = Asking(Workspace(Settings(home=tmp_path / "home", database_url=address)))  # type: ignore[arg-type]
    status, said, _ = asking.ask("/health/ready")
    assert (status, json.loads(said)["parts"]["database"]) == (503, "failed")
    told = said + asking.scrape.text().decode() + capsys.readouterr().err
    assert "geheim" not in told
    assert "somebody" not in told


def test_a_part_that_hangs_is_slow_and_is_not_asked_again_meanwhile(
    filled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, goes_on = [], threading.Event()

    def hangs(_: Workspace) -> str:
        asked.append(1)
        goes_on.wait(60)
        return "ok"

    monkeypatch.setattr(readiness, "_LOOKS", {**readiness._LOOKS, "lake": hangs})
    monkeypatch.setattr(readiness, "_KEPT", 0.0)
    ready = Readiness(filled, limit=0.2)
    assert ready.parts()["lake"] == "slow"
    assert ready.parts()["lake"] == "slow"
    assert asked == [1]
    goes_on.set()
    ready._asks["lake"].state(time.monotonic() + 60)
    assert ready.parts()["lake"] == "ok"


@pytest.mark.parametrize(("token", "asks", "status"), [
    (None, {}, 200),
    (None, {"host": "localhost:8050"}, 200),
    (None, {"client": "10.0.0.7"}, 403),
    (None, {"client": None}, 403),
    (None, {"host": "monitor.example"}, 403),  # through a proxy of this machine
    (None, {"x_forwarded_for": "10.0.0.7"}, 403),
    (None, {"via": "1.1 proxy"}, 403),
    (None, {"authorization": f"Bearer {TOKEN}"}, 200),
    (None, {"authorization": f"Bearer {TOKEN}", "client": "10.0.0.7"}, 403),
    (TOKEN, {"authorization": f"Bearer {TOKEN}"}, 200),
    (TOKEN, {"authorization": f"Bearer {TOKEN}", "client": "10.0.0.7", "host": "m.example"}, 200),
    (TOKEN, {"authorization": f"Bearer {TOKEN}x"}, 403),
    (TOKEN, {"authorization": "Bearer é"}, 403),
    (TOKEN, {"authorization": TOKEN}, 403),
    (TOKEN, {}, 403),  # with a token set it is asked for, from this machine too
])  # fmt: skip
def test_who_may_read_metrics(
    empty: Workspace, token: str | None, asks: dict[str, Any], status: int
) -> None:
    got, said, _ = Asking(empty, token).ask("/metrics", **asks)
    assert got == status
    assert ("unite_disk_free_bytes" in said) is (status == 200)


def test_every_part_tells_its_figures(filled: Workspace) -> None:
    asking = Asking(filled)
    asking.ask("/")
    text = asking.ask("/metrics")[1]
    found = figures(text)
    assert {
        labels["part"]: value for labels, value in found["unite_scrape_failed"]
    } == dict.fromkeys(parts(), 0.0)
    seen = sum(value for _, value in found["unite_posts_seen_total"])
    kept = {labels["home"]: value for labels, value in found["unite_posts_kept"]}
    assert set(kept) == {"wien", "rotterdam"}
    assert seen <= sum(kept.values()) == 400
    assert 0 < found["unite_posts_relevant_total"][0][1] < seen
    fetched = sum(value for _, value in found["unite_items_fetched_total"])
    assert fetched >= 400
    assert all(value >= 0 for _, value in found["unite_source_lag_seconds"])
    assert found["unite_index_built"] == [({}, 1.0)]
    assert found["unite_index_behind_months"] == [({}, 0.0)]
    assert found["unite_lake_changed_timestamp_seconds"][0][1] > 1.7e9
    assert found["unite_disk_used_bytes"][0][1] > found["unite_lake_posts_bytes"][0][1] > 0
    assert ({"kind": "page", "status": "2xx"}, 1.0) in found["unite_request_seconds_count"]


def test_relevant_posts_of_a_city_leave_through_the_release_alone(filled: Workspace) -> None:
    for name, rows in figures(Scrape(filled).text().decode()).items():
        if "relevant" in name:
            assert [labels for labels, _ in rows] == [{}]


def test_series_grow_with_cities_and_platforms_and_with_nothing_else(filled: Workspace) -> None:
    bounded = {"home", "platform", "part", "job", "state", "looked", "reason", "what", "level",
               "kind", "status", "le"}  # fmt: skip
    found = figures(Scrape(filled).text().decode())
    used = {label for rows in found.values() for labels, _ in rows for label in labels}
    assert used <= bounded
    codes = {s.code for s in load().listed.values()} | {s.code for s in demo.sample.sources()}
    values = {value for rows in found.values() for labels, _ in rows for value in labels.values()}
    assert not values & codes


def test_scrapes_within_a_quarter_of_a_minute_are_worked_out_once(filled: Workspace) -> None:
    clock = [0.0]
    scrape = Scrape(filled, clock=lambda: clock[0])
    first = figures(scrape.text().decode())["unite_scrape_seconds"]
    clock[0] = KEPT - 0.01
    assert figures(scrape.text().decode())["unite_scrape_seconds"] == first
    clock[0] = KEPT
    assert figures(scrape.text().decode())["unite_scrape_seconds"] != first


def test_a_part_that_breaks_is_told_and_the_others_stand(tmp_path: Path, filled: Workspace) -> None:
    broken = Workspace(filled.settings)
    (broken.home / "index" / "manifest.json").rename(tmp_path / "kept")
    (broken.home / "index" / "manifest.json").write_text("{")
    try:
        found = figures(Scrape(broken).text().decode())
    finally:
        (tmp_path / "kept").replace(broken.home / "index" / "manifest.json")
    failed = {labels["part"] for labels, value in found["unite_scrape_failed"] if value}
    assert failed == {"index"}
    assert "unite_posts_kept" in found


@pytest.mark.parametrize(("path", "kind", "status"), [
    ("/", "page", "2xx"),
    ("/nothing", "page", "4xx"),
    ("/_dash-update-component", "question", "2xx"),
    ("/api/compare", "api", "2xx"),
    ("/assets/base.css", "asset", "2xx"),
    ("/breaks", "page", "5xx"),
])  # fmt: skip
def test_each_request_is_timed_by_kind_and_not_by_what_was_asked(
    empty: Workspace, path: str, kind: str, status: str
) -> None:
    asking = Asking(empty)
    if path == "/breaks":
        with pytest.raises(ValueError):
            asking.ask(path)
    else:
        asking.ask(path)
    found = figures(asking.scrape.text().decode())
    assert found["unite_request_seconds_count"] == [({"kind": kind, "status": status}, 1.0)]


def test_reasons_of_quarantine_are_words_and_few(filled: Workspace) -> None:
    from monitor.database import Quarantined

    items = [Quarantined(n, "text", f"longer than {n:,} characters: item {n}") for n in range(60)]
    for n in range(60):
        items.append(Quarantined(100 + n, "x", f"reason {chr(97 + n // 10)}{chr(97 + n % 10)}"))
    filled.database.quarantine("wien", "feeds", "w", items)
    rows = figures(Scrape(filled).text().decode())["unite_quarantine_items"]
    found = {labels["reason"]: value for labels, value in rows}
    assert found["longer than characters"] == 60
    assert sum(found.values()) == 120
    assert len(found) <= 31
    assert all(re.fullmatch(r"[a-z ]+", reason) for reason in found)


def test_no_metric_is_named_twice_and_each_says_what_it_is(filled: Workspace) -> None:
    families = list(text_string_to_metric_families(Scrape(filled).text().decode()))
    names = [family.name for family in families]
    assert len(names) == len(set(names))
    assert all(family.documentation.endswith(".") for family in families)
    assert all(name.startswith("unite_") for name in names)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    from base import log

    log.configure()
    yield
    log.configure()
