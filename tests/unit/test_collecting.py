"""Collecting from a real local server: what fails stays apart, what is repeated changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from test_http_host import Ask, Host, running

import collectors.feeds
from base.errors import BadInput
from collectors.collector import Source
from collectors.errors import CollectError
from collectors.http import Http, Limits
from monitor import collecting, pipeline
from monitor.settings import Settings
from monitor.sources import failures, quotas
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
NOW = datetime.now(UTC).replace(microsecond=0)
SINCE = NOW - timedelta(days=20)


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        yield found


@pytest.fixture
def workspace(tools: Workspace, tmp_path: Path) -> Workspace:
    found = Workspace(Settings(home=tmp_path / "home"))
    found.__dict__["tagger"] = tools.tagger
    found.__dict__["registry"] = tools.registry
    return found


def client(patience: float = 60) -> Http:
    """One that waits long: on a busy machine a good answer may take its time."""
    limits = Limits(connect=patience, read=patience, total=2 * patience, tries=1, interval=0)
    return Http(limits=limits)


def source(host: Host, path: str, home: str = "wien") -> Source:
    return Source(path.strip("/"), "feeds", home, host.at(path), "media", "Europe/Vienna")


def feed(*numbers: int, days: float = 3, name: str = "a") -> bytes:
    entries = "".join(
        f"<item><guid>urn:{name}:{n}</guid><link>https://news.example/{name}/{n}</link>"
        f"<title>Neue Wohnungen für Geflüchtete in Wien, Teil {n}</title>"
        f"<description>In Favoriten entstehen {n} Wohnungen für Familien.</description>"
        f"<pubDate>{format_datetime(NOW - timedelta(days=days, hours=n))}</pubDate></item>"
        for n in numbers
    )
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>'
        f"{entries}</channel></rss>"
    ).encode()


def gives(body: bytes, status: int = 200, **headers: str) -> Callable[[Ask], None]:
    return lambda ask: ask.give(status, body, content_type="application/rss+xml", **headers)


def hangs(ask: Ask) -> None:
    assert isinstance(ask.server, Host)
    ask.server.end.wait(60)


def collect(
    workspace: Workspace, *sources: Source, patience: float = 60
) -> tuple[pipeline.Taken, dict[str, Any]]:
    http = client(patience)
    taken, failed = collecting.collect(workspace, sources, since=SINCE, http=http)
    pipeline.refresh(workspace)
    return taken, {f.source.code: f.error for f in failed}


def tables(workspace: Workspace) -> dict[str, list[str]]:
    """Posts and coverage as they are, without what a repeated look may change."""
    posts = workspace.lake.read("posts").drop_columns(["collected"]).to_pylist()
    coverage = workspace.lake.read("coverage").to_pylist()
    return {"posts": sorted(map(str, posts)), "coverage": sorted(map(str, coverage))}


def test_one_source_that_fails_stops_no_other(workspace: Workspace, host: Host) -> None:
    host.ways = {
        "/first": gives(feed(1, 2, 3, name="first")),
        "/html": gives(b"<!doctype html><html><body>Willkommen</body></html>"),
        "/broken": gives(b"", 500),
        "/hangs": hangs,
        "/half": gives(feed(1, 2, name="half")[:-40]),
        "/refused": gives(b"", 403),
        "/last": gives(feed(1, 2, name="last")),
    }
    paths = ["/first", "/html", "/broken", "/hangs", "/half", "/refused", "/gone", "/last"]
    taken, failed = collect(workspace, *(source(host, p) for p in paths), patience=3)
    assert taken.new == 5
    assert set(failed) == {"html", "broken", "hangs", "half", "refused", "gone"}
    assert "a web page where a feed should be" in str(failed["html"])
    for path in paths:
        code = path.strip("/")
        is_good = code in ("first", "last")
        assert (workspace.database.cursor("wien", code) is not None) is is_good, code
    windows = workspace.lake.read("windows").to_pylist()
    assert {w["source"] for w in windows} == {"first", "last"}
    # what failed is looked at from the same moment next time
    assert all("Neue" not in str(e) for e in failed.values())


@pytest.mark.usefixtures("either_database")
def test_a_second_run_asks_for_news_and_doubles_nothing(workspace: Workspace, host: Host) -> None:
    def answer(ask: Ask) -> None:
        unchanged = ask.headers.get("if-none-match") == '"v1"'
        (gives(b"", 304) if unchanged else gives(feed(1, 2, 3), etag='"v1"'))(ask)

    host.ways = {"/a": answer}
    first, failed = collect(workspace, source(host, "/a"))
    assert (first.new, failed) == (3, {})
    before = tables(workspace)
    cursor = workspace.database.cursor("wien", "a")
    again, failed = collect(workspace, source(host, "/a"))
    assert (again.fetched, again.new, failed) == (0, 0, {})
    assert host.asked[-1][1]["if-none-match"] == '"v1"'
    assert tables(workspace) == before
    assert workspace.database.cursor("wien", "a") == cursor


def test_a_feed_without_etag_looked_at_again_and_by_another_city(
    workspace: Workspace, host: Host
) -> None:
    host.ways = {"/a": gives(feed(1, 2, 3))}
    collect(workspace, source(host, "/a"))
    before = tables(workspace)
    for _ in range(2):
        taken, _ = collect(workspace, source(host, "/a"))
        assert taken.new == 0
    assert tables(workspace) == before
    taken, _ = collect(workspace, source(host, "/a", "berlin"))
    assert taken.new == 3  # rows of another home
    ids = workspace.lake.read("posts")["id"].to_pylist()
    assert (len(ids), len(set(ids))) == (6, 3)
    counted = workspace.lake.read("stories")["counted"].to_pylist()
    assert sum(counted) == 3  # but counted once: the posts are about Wien
    seen = workspace.lake.read("coverage").to_pylist()
    assert sum(r["seen"] for r in seen) == 3


def test_an_edited_entry_and_a_new_one(workspace: Workspace, host: Host) -> None:
    host.ways = {"/a": gives(feed(1, 2))}
    collect(workspace, source(host, "/a"))
    host.ways = {"/a": gives(feed(1, 2, 3).replace(b"Teil 1<", b"Teil eins<"))}
    taken, _ = collect(workspace, source(host, "/a"))
    assert (taken.new, taken.known) == (1, 1)
    texts = workspace.lake.read("posts")["text"].to_pylist()
    assert len(texts) == 3
    assert sum("eins" in t for t in texts) == 1


def test_a_failed_source_goes_on_where_it_stood(workspace: Workspace, host: Host) -> None:
    host.ways = {"/a": gives(feed(1))}
    collect(workspace, source(host, "/a"))
    cursor = workspace.database.cursor("wien", "a")
    host.ways = {"/a": gives(b"", 503)}
    _, failed = collect(workspace, source(host, "/a"))
    assert set(failed) == {"a"}
    assert workspace.database.cursor("wien", "a") == cursor
    assert set(failures.failures(workspace.database)) == {("wien", "a")}
    host.ways = {"/a": gives(feed(1, 2))}
    taken, failed = collect(workspace, source(host, "/a"))
    assert (taken.new, failed) == (1, {})
    assert failures.failures(workspace.database) == {}


def test_an_error_in_a_collector_stops_no_other_and_tells_no_text(
    workspace: Workspace, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.ways = {"/good": gives(feed(1))}
    honest = collectors.feeds.collect

    def odd(given: Source, *rest: Any) -> Any:
        if given.code == "odd":
            raise KeyError("Frau Huber, Quellenstraße 117")
        return honest(given, *rest)

    monkeypatch.setattr(collectors.feeds, "collect", odd)
    said: list[str] = []
    taken, failed = collecting.collect(
        workspace, [source(host, "/odd"), source(host, "/good")], since=SINCE, http=client(),
        tell=said.append,
    )  # fmt: skip
    assert taken.new == 1
    (one,) = failed
    assert isinstance(one.error, CollectError)
    assert "KeyError" in str(one.error)
    assert "Huber" not in str(one.error) + str(said)


def test_the_next_look_begins_where_the_last_ended(workspace: Workspace, host: Host) -> None:
    host.ways = {"/a": gives(feed(1, 24 * 30))}  # back to before the first look
    until = NOW - timedelta(days=1)
    collecting.collect(workspace, [source(host, "/a")], since=SINCE, until=until, http=client())
    collecting.collect(workspace, [source(host, "/a")], http=client())
    spans = sorted((w["since"], w["until"]) for w in workspace.lake.read("windows").to_pylist())
    assert spans[0] == (SINCE, until)
    assert spans[1][0] == until
    asked = len(host.asked)
    taken, failed = collecting.collect(workspace, [source(host, "/a")], until=until, http=client())
    assert (taken.fetched, failed, len(host.asked)) == (0, [], asked)


def test_a_day_begins_at_midnight_in_each_city(workspace: Workspace, host: Host) -> None:
    host.ways = {"/a": gives(feed()), "/b": gives(feed())}
    zones = {"a": "Europe/Helsinki", "b": "Europe/Lisbon"}
    sources = [replace(source(host, f"/{c}"), time_zone=z) for c, z in zones.items()]
    first, end = date(2026, 3, 29), date(2026, 3, 30)  # the clock goes forward
    collecting.collect(workspace, sources, since=first, until=end, http=client())
    spans = {
        w["source"]: (w["since"], w["until"]) for w in workspace.lake.read("windows").to_pylist()
    }
    assert spans == {
        "a": (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 3, 29, 21, tzinfo=UTC)),
        "b": (datetime(2026, 3, 29, 0, tzinfo=UTC), datetime(2026, 3, 29, 23, tzinfo=UTC)),
    }


def test_a_platform_without_collector_says_what_to_do(workspace: Workspace, host: Host) -> None:
    other = Source("x", "tiktok", "wien", host.at("/x"), "personal", "Europe/Vienna")
    _, failed = collect(workspace, other)
    assert "there is no collector for tiktok" in str(failed["x"])
    assert "unite import" in str(failed["x"])


def test_a_city_without_sources_is_said(workspace: Workspace) -> None:
    registry = workspace.registry
    bare = next(c for c in registry.cities if c not in registry.with_sources)
    for cities in ([bare], ["wien", bare]):
        with pytest.raises(BadInput, match=f"{bare} has no sources yet") as caught:
            collecting.chosen(workspace, cities, None)
        assert f"unite import FILE --city {bare}" in str(caught.value)
        assert "wien" in str(caught.value)
    # all cities: those without sources are no hindrance
    assert {s.home for s in collecting.chosen(workspace, [], None)} == set(registry.with_sources)


def test_which_sources_are_chosen(workspace: Workspace) -> None:
    assert {s.home for s in collecting.chosen(workspace, ["wien"], None)} == {"wien"}
    every = collecting.chosen(workspace, [], None)
    assert {s.home for s in every} >= {"wien", "berlin"}
    first = collecting.chosen(workspace, ["wien"], None)[0]
    assert collecting.chosen(workspace, ["wien"], first.code) == [first]
    for cities, code in ((["wein"], None), (["wien"], "nothing")):
        with pytest.raises(BadInput, match="unknown"):
            collecting.chosen(workspace, cities, code)


def seen(workspace: Workspace) -> list[tuple[datetime, datetime, str | None]]:
    rows = workspace.lake.read("windows").sort_by("since").to_pylist()
    return [(w["since"], w["until"], w["reason"]) for w in rows]


def test_what_a_feed_no_longer_shows_is_a_gap(workspace: Workspace, host: Host) -> None:
    def oldest(hours: int) -> datetime:
        return NOW - timedelta(days=3, hours=hours)

    gap = "a feed shows its newest entries alone"
    host.ways = {"/a": gives(feed(5, 6, 7))}
    until = NOW - timedelta(days=2)
    collecting.collect(workspace, [source(host, "/a")], since=SINCE, until=until, http=client())
    assert seen(workspace) == [(SINCE, oldest(7), gap), (oldest(7), until, None)]
    # an entry of the look before still stands there: nothing is missing in between
    host.ways = {"/a": gives(feed(1, 5))}
    collecting.collect(workspace, [source(host, "/a")], until=NOW, http=client())
    assert seen(workspace)[2:] == [(until, NOW, None)]
    # none does: what came in between is gone
    later = NOW + timedelta(hours=1)
    host.ways = {"/a": gives(feed(20, 21, days=-1))}
    collecting.collect(workspace, [source(host, "/a")], until=later, http=client())
    first = NOW + timedelta(days=1, hours=-21)
    assert seen(workspace)[3:] == [(NOW, min(first, later), gap)]
    # and a look back finds the feed as it is, not as it was
    collecting.collect(workspace, [source(host, "/a")], since=SINCE, until=until, http=client())
    assert (SINCE, until, gap) in seen(workspace)


@pytest.mark.usefixtures("either_database")
def test_what_an_answer_says_of_the_quota_is_written_down_once_a_look(
    workspace: Workspace, host: Host
) -> None:
    told = [
        {"x_ratelimit_remaining": "41", "x_ratelimit_limit": "300", "x_ratelimit_reset": "120"},
        {"x_ratelimit_remaining": "96.0", "x_ratelimit_used": "4", "x_ratelimit_reset": "30"},
        {"ratelimit_remaining": "7"},
        {"ratelimit_remaining": "soon"},
    ]
    for number, headers in enumerate(told):
        host.ways = {"/a": gives(feed(1), **headers)}
        collecting.collect(workspace, [source(host, "/a")], since=SINCE, http=client())
        (found,) = quotas.left(workspace.database)
        assert (found.platform, found.host) == ("feeds", "127.0.0.1")
        expected = [(41, 300, 120), (96, 100, 30), (7, None, None), (7, None, None)][number]
        resets = None if found.resets_at is None else (found.resets_at - found.at).total_seconds()
        assert (found.left, found.limit) == expected[:2]
        assert resets == (expected[2] and pytest.approx(expected[2], abs=30))
