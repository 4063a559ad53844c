"""`unite retain` as a process over every platform that can be asked in a way of its own.

The server is the proxy of that process, so that each platform stands at a name of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import mastodon_host as m
import pyarrow as pa
import pytest
from lakes import address, post_id, row, table
from mastodon_host import gives
from test_cli_run import Said, environment
from test_http_host import Ask, Host, running

from base.time import now
from monitor import cities, pipeline
from monitor.retention import retaining
from monitor.retention.rechecks import Rechecks
from monitor.retention.standing import needed_keys, own_way
from monitor.settings import Settings
from monitor.workspace import Workspace
from store import schema
from store.vault import Origin, Vault
from store.writer import Guard

pytestmark = pytest.mark.unit
OWN_WAY = ("bluesky", "discourse", "lemmy", "mastodon", "reddit", "x", "youtube")
KEYS = {
    "UNITE_COLLECTORS_X_BEARER_TOKEN": "t0ken",
    "UNITE_COLLECTORS_REDDIT_CLIENT_ID": "i",
    "UNITE_COLLECTORS_REDDIT_CLIENT_SECRET": "s",
    "UNITE_COLLECTORS_YOUTUBE_KEY": "k3y",
}
CAFE = "http://kaffeehaus.example.org"
# the whole command, but for the second between two questions to a host
RUN = """
import functools, sys
from collectors.http import Limits
from monitor.cli import main
from monitor.retention import retaining
retaining.Limits = functools.partial(Limits, interval=0)
main.main()
"""


def at(platform: str, path: str = "") -> str:
    return f"http://{platform}.service.example.org{path}"


# platform: (native id, address, whether it still stands) of its posts
POSTS: dict[str, list[tuple[str | None, str | None, bool]]] = {
    "x": [("1", None, True), ("2", None, False), ("3", None, True)],
    "reddit": [("t3_a", None, True), ("t1_b", None, False), ("t3_c", None, True)],
    "youtube": [("ya", None, True), ("yb", None, False), ("yc", None, True)],
    "bluesky": [(f"at://did:plc:erfunden/app.bsky.feed.post/{n}", None, n != "b") for n in "abc"],
    "lemmy": [(at("lemmy", f"/comment/{n}"), None, n != 2) for n in (1, 2, 3)],
    "discourse": [(at("discourse", f"/p/{n}"), None, n != 2) for n in (1, 2, 3)],
    "mastodon": [
        *((f"{CAFE}/users/erfunden/statuses/{n}", None, n != 2) for n in (1, 2, 3)),
        # from a file, whose ids are a server's own numbers: asked by their addresses
        ("1101", f"{CAFE}/@erfunden/1101", True),
        ("1102", f"{CAFE}/@erfunden/1102", False),
    ],
}
NOWHERE = ("1103", None)  # from a file, without an address: nothing to ask by


def answering(make: Callable[[dict[str, list[str]]], Any]) -> Callable[[Ask], None]:
    """An answer made of the question's parameters."""
    return lambda ask: gives(make(parse_qs(urlsplit(ask.path).query)))(ask)


def there(platform: str) -> set[str]:
    return {native for native, _, stands in POSTS[platform] if native and stands}


def serve(host: Host) -> None:
    """All seven, each with what stands."""

    def of_x(asked: dict[str, list[str]]) -> dict[str, Any]:
        wanted = asked["ids"][0].split(",")
        gone = "https://api.twitter.com/2/problems/resource-not-found"
        return {
            "data": [{"id": i, "text": "x"} for i in wanted if i in there("x")],
            "errors": [{"resource_id": i, "type": gone} for i in wanted if i not in there("x")],
        }

    def of_reddit(asked: dict[str, list[str]]) -> dict[str, Any]:
        children = [
            {"kind": name[:2], "data": {
                "name": name, "title": "t" if name in there("reddit") else "[removed]"}}
            for name in asked["id"][0].split(",")
        ]  # fmt: skip
        return {"kind": "Listing", "data": {"children": children, "after": None}}

    def of_youtube(asked: dict[str, list[str]]) -> dict[str, Any]:
        wanted = asked["id"][0].split(",")
        return {"items": [{"id": i} for i in wanted if i in there("youtube")]}

    def of_bluesky(asked: dict[str, list[str]]) -> dict[str, Any]:
        return {"posts": [{"uri": u} for u in asked["uris"] if u in there("bluesky")]}

    def of_mastodon(asked: dict[str, list[str]]) -> list[Any]:
        numbers = [n for n in asked.get("id[]", []) if n != "2"]
        return [m.status("x", m.START, native=n) for n in numbers]

    token = {"access_token": "t", "token_type": "bearer", "expires_in": 86400, "scope": "*"}
    host.ways |= {
        at("x", "/2/tweets"): answering(of_x),
        at("reddit", "/api/v1/access_token"): gives(token),
        at("reddit", "/api/info"): answering(of_reddit),
        at("youtube", "/comments"): answering(of_youtube),
        at("bluesky", "/xrpc/app.bsky.feed.getPosts"): answering(of_bluesky),
        f"{CAFE}/api/v1/statuses": answering(of_mastodon),
        f"{CAFE}/@erfunden/1101": gives({}),
    }
    for native, _, stands in POSTS["lemmy"]:
        host.ways[str(native)] = gives({}) if stands else gives({}, 410)
    for native, _, stands in POSTS["discourse"]:
        found = {"cooked": "x", "deleted_at": None if stands else "2026-03-01"}
        host.ways[str(native).replace("/p/", "/posts/") + ".json"] = gives(found)


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    for name in ("NO_PROXY", "no_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with running() as found:
        serve(found)
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, found.at(""))
        yield found


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Posts of all seven, collected three days ago, as the pipeline would leave them."""
    found = Workspace(Settings(home=tmp_path / "home"))
    vault = Vault(found.keys.vault)
    every = [(p, n, a) for p, posts in POSTS.items() for n, a, _ in posts]
    every.append(("mastodon", *NOWHERE))
    names = [f"{p} {n}" for p, n, _ in every]
    rows = table([
        row(name, platform=p, source=p, hours=hours, collected=now() - timedelta(days=3))
        for hours, (name, (p, _, _)) in enumerate(zip(names, every, strict=True))
    ])  # fmt: skip
    sealed = [
        vault.seal(post_id(name), Origin(native, place))
        for name, (_, native, place) in zip(names, every, strict=True)
    ]
    lookups = [place and address(place) for _, _, place in every]
    beside = pa.table(
        [rows["id"], rows["home"], rows["month"], sealed, lookups], schema=schema.VAULT
    )
    with found.lake.writing() as writer:
        guard = Guard(pa.array(lookups, pa.string()), pa.nulls(len(names), pa.string()))
        writer.merge_posts(rows, beside, guard)
    pipeline.refresh(found)
    return found


def retain(home: Path, *words: str, **env: str) -> Said:
    services = " ".join(f"{p}={at(p)}" for p in OWN_WAY if p != "mastodon")
    given = environment(home, UNITE_COLLECTORS_SERVICES=services, **env)
    done = subprocess.run(
        [sys.executable, "-c", RUN, "retain", *words], env=given, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


def kept(workspace: Workspace) -> set[str]:
    return set(workspace.lake.read("posts", ["id"])["id"].to_pylist())


def ids(posts: dict[str, list[tuple[str | None, str | None, bool]]], *, stand: bool) -> set[str]:
    return {post_id(f"{p} {n}") for p, of in posts.items() for n, _, s in of if s is stand}


def test_these_are_the_platforms_that_can_be_asked() -> None:
    every = cities.load().platforms
    assert tuple(sorted(p for p in every if own_way(p))) == OWN_WAY
    named = {f"UNITE_COLLECTORS_{p}_{k}".upper() for p in every for k in needed_keys(p)}
    assert named == KEYS.keys()


def test_all_platforms_are_asked_in_batches_and_what_is_gone_is_forgotten(
    workspace: Workspace, host: Host
) -> None:
    stays = {*ids(POSTS, stand=True), post_id(f"mastodon {NOWHERE[0]}")}
    said = retain(workspace.home, "--json", **KEYS)
    assert said.code == 0, said.err
    told = {(r["what"], r["why"]): r["count"] for r in json.loads(said.out)["rows"]}
    assert told["dropped", "gone at source"] == 8
    assert told["asked", "still public"] == 15
    assert {why: n for (what, why), n in told.items() if what in ("unknown", "skipped")} == {
        "no id or address to ask by": 1
    }
    assert kept(workspace) == stays
    for name in ("vault", "stories"):
        assert set(workspace.lake.read(name, ["id"])["id"].to_pylist()) == stays
    stood = {r["id"] for r in Rechecks(workspace.database).all().to_pylist() if r["stood"]}
    assert stood == ids(POSTS, stand=True)
    # one question for all posts of a platform that takes many
    paths = [path.partition("?")[0] for path in host.paths()]
    for place in (at("x", "/2/tweets"), at("reddit", "/api/info"), at("youtube", "/comments"),
                  at("bluesky", "/xrpc/app.bsky.feed.getPosts"),
                  f"{CAFE}/api/v1/statuses"):  # fmt: skip
        assert paths.count(place) == 1, place


def test_a_platform_without_its_key_is_left_out_and_said(workspace: Workspace, host: Host) -> None:
    before = kept(workspace)
    said = retain(workspace.home, UNITE_COLLECTORS_REDDIT_CLIENT_ID="i")
    assert said.code == 0, said.err
    for words in ("3 no key for x (UNITE_COLLECTORS_X_BEARER_TOKEN)",
                  "3 no key for reddit (UNITE_COLLECTORS_REDDIT_CLIENT_SECRET)",
                  "3 no key for youtube (UNITE_COLLECTORS_YOUTUBE_KEY)"):  # fmt: skip
        assert words in said.err
    assert not [p for p in host.paths() if any(n in p for n in ("//x.", "//reddit.", "//youtube."))]
    gone = ids({p: POSTS[p] for p in ("bluesky", "lemmy", "discourse", "mastodon")}, stand=False)
    assert kept(workspace) == before - gone
    # they had no turn: once the key is there, it is theirs on the same day
    given = {name.removeprefix("UNITE_").lower(): key for name, key in KEYS.items()}
    keyed: Any = {"home": workspace.home, **given}
    found = retaining.forecast(Workspace(Settings(**keyed))).rechecked
    assert found is not None
    assert found.due == 9
