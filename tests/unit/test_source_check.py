"""Sources as they are written and as they answer: what is verified, and what a city lacks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from platform_hosts import settings, standing
from test_cli_run import unite
from test_collecting import client, feed, gives
from test_http_host import Host, running

from base.time import now
from collectors.collector import Source
from monitor import cities
from monitor.cities import City, Note
from monitor.settings import Settings
from monitor.sources import check as source_check
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
NOTE = Note("A", "the town's paper", "a list of feeds")


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        yield found


def workspace_of(home: Path, *sources: Source, **notes: Note) -> Workspace:
    """A workspace that knows one city with some sources."""
    registry = cities.load()
    wien = replace(
        registry.city("wien"), sources=sources,
        notes={s.code: notes.get(s.code, NOTE) for s in sources},
    )  # fmt: skip
    found = Workspace(Settings(home=home))
    found.__dict__["registry"] = replace(registry, cities={"wien": wien})
    return found


def source(code: str, address: str, platform: str = "feeds") -> Source:
    return Source(code, platform, "wien", address, "media", "Europe/Vienna")


def states(checked: Iterator[source_check.Checked]) -> dict[str, str]:
    return {c.source: c.state for c in checked}


@pytest.mark.usefixtures("either_database")
def test_a_source_is_unverified_until_it_was_reached(tmp_path: Path, host: Host) -> None:
    host.ways = {"/a": gives(feed(1, 2, 3)), "/b": gives(b"", 403)}
    there, refused = source("a", host.at("/a")), source("b", host.at("/b"))
    workspace = workspace_of(tmp_path, there, refused)
    assert states(source_check.offline(workspace, ["wien"])) == {
        "a": "unverified",
        "b": "unverified",
    }
    with client() as http:
        found = {c.source: c for c in source_check.online(workspace, ["wien"], http)}
    assert re.match(r"last post \d{4}-\d\d-\d\d, \d\.\d a day; a feed ", found["a"].says)
    assert (found["b"].state, "refused (403)" in found["b"].says) == ("failed", True)
    assert states(source_check.offline(workspace, ["wien"])) == {"a": "reached", "b": "failed"}
    moved = workspace_of(tmp_path, replace(there, address=host.at("/c")), refused)
    assert states(source_check.offline(moved, ["wien"])) == {"a": "unverified", "b": "failed"}


def test_a_try_keeps_nothing_and_moves_no_cursor(tmp_path: Path, host: Host) -> None:
    host.ways = {"/a": gives(feed(1, 2))}
    workspace = workspace_of(tmp_path, source("a", host.at("/a")))
    with client() as http:
        assert states(source_check.online(workspace, ["wien"], http)) == {"a": "reached"}
    assert workspace.database.cursor("wien", "a") is None
    assert workspace.lake.files("posts") == {}
    assert b"Neue Wohnungen" not in b"".join(
        path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )


def test_what_is_not_told_or_cannot_be_collected_is_wrong(tmp_path: Path) -> None:
    silent = source("a", "https://a.example/feed")
    unknown = source("b", "https://b.example", "nowhere")
    workspace = workspace_of(tmp_path, silent, unknown, a=Note("A", "a paper", ""))
    found = {c.source: c for c in source_check.offline(workspace, ["wien"])}
    assert (found["a"].state, found["a"].says) == ("wrong", "the key 'read_at' is missing")
    assert (found["b"].state, found["b"].says) == ("wrong", "there is no collector for nowhere")


def test_a_feed_with_nothing_new_is_reached(tmp_path: Path, host: Host) -> None:
    host.ways = {"/a": gives(feed(1, days=40))}
    workspace = workspace_of(tmp_path, source("a", host.at("/a")))
    with client() as http:
        (found,) = source_check.online(workspace, ["wien"], http)
    assert found.says == "answers, with nothing in the last two weeks"


def test_a_try_of_x_pays_for_the_smallest_page_alone(tmp_path: Path) -> None:
    with standing("x") as place:
        place.show([place.native(n, now() - timedelta(hours=n), f"Wien {n}") for n in range(1, 60)])
        workspace = workspace_of(tmp_path, place.source)
        workspace.settings = settings(tmp_path, place)
        with client() as http:
            (found,) = source_check.online(workspace, ["wien"], http)
    assert len(place.host.asked) == 1
    assert "max_results=10&" in place.host.paths()[0] + "&"
    assert "a trial reads no more than the newest 10" in found.says


@pytest.mark.parametrize(
    ("platforms", "said"),
    [
        (["feeds"] * 8, "8 sources on 1 platforms; wanted are 8 on 4"),
        (["feeds", "reddit", "mastodon", "bluesky"], "4 sources on 4 platforms; wanted are 8 on 4"),
        (["feeds", "reddit", "mastodon", "bluesky"] * 2, None),
    ],
)
def test_a_city_wants_eight_sources_on_four_platforms(
    platforms: list[str], said: str | None
) -> None:
    wien: City = cities.load().city("wien")
    sources = tuple(source(str(n), "a", p) for n, p in enumerate(platforms))
    assert source_check.gaps(replace(wien, sources=sources)) == said


def test_doctor_looks_at_the_registry_without_a_network(tmp_path: Path) -> None:
    said = unite(tmp_path, "doctor", "--sources", "--offline", "wien", "--json")
    rows = json.loads(said.out)["rows"]
    assert {r["home"] for r in rows} == {"wien"}
    assert {r["state"] for r in rows} == {"unverified"}, rows
    assert said.code == 0
    wrong = unite(tmp_path, "doctor", "--sources", "wein")
    assert (wrong.code, "did you mean 'wien'" in wrong.err) == (1, True)
    assert "unite doctor --sources" in unite(tmp_path, "doctor", "--offline").err


def test_every_shipped_source_says_why_it_is_listed_and_where_it_was_read() -> None:
    for city in cities.load().cities.values():
        for code, note in city.notes.items():
            assert note.name, (city.code, code)
            assert note.why, (city.code, code)
            assert note.read_at, (city.code, code)


@pytest.mark.parametrize(
    ("platform", "address", "says"),
    [
        ("feeds", "feed.example/rss", "the address is not http or https; expected https://…"),
        ("mastodon", "https://social.example/about", "no hashtag, local timeline or account"),
        ("mastodon", "https://social.example/tags/wien", None),
        ("bluesky", "https://bsky.app/wien", "none of Bluesky; expected search:words"),
        ("bluesky", "search:#wien", None),
        ("reddit", "https://www.reddit.com/user/jemand", "not the address of a community"),
        ("reddit", "https://www.reddit.com/r/wien", None),
        ("lemmy", "https://lemmy.example/u/jemand", "not a community of Lemmy"),
        ("lemmy", "!wien@lemmy.example", None),
        ("discourse", "https://forum.example/c/wohnen", "not a part of a Discourse forum"),
        ("discourse", "https://forum.example", None),
        ("youtube", "https://www.youtube.com/c/wien", "not a channel, video or search"),
        ("youtube", "https://www.youtube.com/@wien", None),
        ("x", "#wien", "no address of a source of X; expected search:<query>"),
        ("x", "search:#wien", None),
    ],
)
def test_an_address_that_its_platform_cannot_have_is_wrong(
    tmp_path: Path, platform: str, address: str, says: str | None
) -> None:
    note = replace(NOTE, where="wien.toml:12 source a")
    workspace = workspace_of(tmp_path, source("a", address, platform), a=note)
    (found,) = source_check.offline(workspace, ["wien"])
    assert found.state == ("wrong" if says else "unverified")
    if says:
        assert says in found.says
        assert found.where == "wien.toml:12 source a"


@pytest.mark.parametrize(
    ("first", "second", "reach", "is_wrong"),
    [
        ("https://www.a.example/feed/", "http://a.example/feed", "city", True),
        ("https://a.example/feed", "https://a.example/feed2", "city", False),
        ("https://a.example/feed", "https://a.example/feed", "country", False),
    ],
)
def test_one_address_stands_once(
    tmp_path: Path, first: str, second: str, reach: str, is_wrong: bool
) -> None:
    """But for a medium of the country, beside which a city lists what names the city."""
    beside = replace(source("b", second), reach=reach)
    workspace = workspace_of(tmp_path, source("a", first), beside)
    found = {c.source: c for c in source_check.offline(workspace, ["wien"])}
    assert (found["a"].state == "wrong") is is_wrong
    if is_wrong:
        assert found["a"].says == "the same address as wien/b"
        assert found["b"].says == "the same address as wien/a"
