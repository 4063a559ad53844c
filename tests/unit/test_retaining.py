"""Retention against a real local server: what is gone at its source goes here, and nothing else.

The server is the proxy of these tests, so that addresses have the host names a post would have.
"""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from canaries import found_in
from lakes import address, post_id, row, table
from test_cli_run import process, unite
from test_http_host import Ask, Host, running

import collectors.feeds
from base import log
from base.time import now
from collectors.collector import Access
from collectors.errors import AccessRefused, RateLimited
from collectors.http import Http, Limits
from monitor import pipeline
from monitor.retention import rechecking, retaining
from monitor.retention.rechecks import Rechecks
from monitor.retention.retaining import Retained
from monitor.settings import Settings
from monitor.workspace import Workspace
from store import schema, upkeep
from store.query import Query
from store.vault import Origin, Vault
from store.writer import Guard

pytestmark = pytest.mark.unit
CANARY = "kanarien-pfad-77"
FAST = {"UNITE_COLLECTORS_TIMEOUT": "5"}
NEWS = "http://stadtblatt.example.org"
Answers = Mapping[str, Callable[[Ask], None]]


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    for name in ("NO_PROXY", "no_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with running() as found:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, found.at(""))
        yield found


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(Settings(home=tmp_path / "home"))


def put(
    workspace: Workspace, posts: Mapping[str, str | None], home: str = "wien", **more: Any
) -> None:
    """Posts by name, each with its address, as the pipeline would leave them."""
    given = {"platform": "feeds", "collected": now() - timedelta(days=3), **more}
    rows = table([row(name, home, **given) for name in posts])
    vault = Vault(workspace.keys.vault)
    ids = rows["id"].to_pylist()
    sealed = [
        vault.seal(i, Origin(f"native-{n}", a))
        for i, (n, a) in zip(ids, posts.items(), strict=True)
    ]
    lookups = [a and address(a) for a in posts.values()]
    beside = pa.table([ids, rows["home"], rows["month"], sealed, lookups], schema=schema.VAULT)
    guard = Guard(pa.array(lookups, pa.string()), pa.nulls(len(ids), pa.string()))
    with workspace.lake.writing() as writer:
        writer.merge_posts(rows, beside, guard)
    pipeline.refresh(workspace)


def client(patience: float = 60) -> Http:
    """One that waits long: on a busy machine a good answer may take its time."""
    limits = Limits(connect=patience, read=patience, total=2 * patience, tries=1, interval=0)
    return Http(limits=limits)


def retain(workspace: Workspace, patience: float = 60, **given: Any) -> Retained:
    return retaining.retain(workspace, http=client(patience), **given)


def recheck(workspace: Workspace, **given: Any) -> rechecking.Rechecked:
    found = retain(workspace, **given).rechecked
    assert found is not None
    return found


def kept(workspace: Workspace) -> set[str]:
    return set(workspace.lake.read("posts", ["id"])["id"].to_pylist())


def ids(*names: object) -> set[str]:
    return {post_id(n) for n in names}


def causes(workspace: Workspace) -> dict[str, int]:
    return dict(Counter(workspace.lake.read("removed")["cause"].to_pylist()))


def asked(host: Host) -> list[str]:
    """Addresses that were asked, once each, without robots.txt."""
    return [p for p in dict.fromkeys(host.paths()) if not p.endswith("/robots.txt")]


def gives(status: int, **headers: str) -> Callable[[Ask], None]:
    return lambda ask: ask.give(status, b"Erna Erfunden", **headers)


def hangs(ask: Ask) -> None:
    assert isinstance(ask.server, Host)
    ask.server.end.wait(60)


def knows_only_get(ask: Ask) -> None:
    ask.give(404 if ask.command == "HEAD" else 200)


def refuses_head(ask: Ask) -> None:
    ask.give(405 if ask.command == "HEAD" else 410)


# name: what its host answers, and what that means
MEANINGS: Mapping[str, tuple[Callable[[Ask], None], str]] = {
    "ok": (gives(200), "still public"),
    "get-only": (knows_only_get, "still public"),
    "missing": (gives(404), "gone"),
    "removed": (gives(410), "gone"),
    "law": (gives(451), "gone"),
    "head-refused": (refuses_head, "gone"),
    "unauthorised": (gives(401), "refused"),
    "forbidden": (gives(403), "refused"),
    "quota": (gives(429, x_ratelimit_remaining="0", x_ratelimit_reset="3600"), "asked to wait"),
    "broken": (gives(500), "no answer"),
    "hanging": (hangs, "no answer"),
    "bad": (gives(400), "odd answer"),
    "home": (gives(302, location="/"), "led to the front page"),
    "scheme": (gives(302, location="ftp://x.example.org/"), "odd answer"),
}


def test_what_each_answer_means(workspace: Workspace, host: Host, capfd: Any) -> None:
    log.configure("debug")
    posts: dict[str, str | None] = {}
    for name, (behave, _) in MEANINGS.items():
        posts[name] = f"http://{name}.example.org/{CANARY}"
        host.ways[posts[name] or ""] = behave
    host.ways["http://home.example.org/"] = gives(200)
    posts["robots"] = f"http://robots.example.org/{CANARY}"
    host.ways["http://robots.example.org/robots.txt"] = lambda ask: ask.give(
        200, b"User-agent: *\nDisallow: /"
    )
    put(workspace, posts)
    found = recheck(workspace, patience=3)
    log.configure()
    expected = Counter(meaning for _, meaning in MEANINGS.values())
    assert found.asked == found.due == len(posts)
    assert (found.there, found.gone) == (expected.pop("still public"), expected.pop("gone"))
    assert found.unknown == expected | {"robots.txt": 1}
    assert found.suspicious == {}
    gone = {name for name, (_, meaning) in MEANINGS.items() if meaning == "gone"}
    assert kept(workspace) == ids(*posts.keys() - gone)
    assert causes(workspace) == {"gone at source": len(gone)}
    shown = workspace.index.posts(Query(relevant=None), limit=100)["id"].to_pylist()
    assert set(shown) == kept(workspace)
    for name in ("vault", "stories"):
        assert set(workspace.lake.read(name, ["id"])["id"].to_pylist()) == kept(workspace)
    # who was asked and stays is remembered by id; no address is anywhere, nor a word of a page
    remembered = Rechecks(workspace.database).all()["id"].to_pylist()
    assert set(remembered) == kept(workspace)
    canaries = [CANARY, "missing.example.org", "ok.example.org", "native-ok", "Erna Erfunden"]
    assert found_in(workspace.home, canaries) == []
    said = "".join(capfd.readouterr())
    assert "rechecked" in said
    assert [c for c in canaries if c in said] == []
    (line,) = workspace.database.access_log()
    assert (line["action"], line["rows"]) == ("recheck", len(posts))


@pytest.mark.usefixtures("either_database")
def test_nobody_is_asked_twice_a_day_and_the_longest_unasked_first(
    workspace: Workspace, host: Host
) -> None:
    posts: dict[str, str | None] = {str(n): f"{NEWS}/{n}" for n in range(6)}
    for place in posts.values():
        host.ways[place or ""] = gives(200)
    put(workspace, posts)
    assert recheck(workspace, limit=4).asked == 4
    first = asked(host)
    found = recheck(workspace)
    assert (found.asked, found.skipped) == (2, {"asked today": 4})
    assert set(asked(host)[:4]) == set(first)
    assert recheck(workspace).asked == 0
    rechecks = Rechecks(workspace.database)
    for number, name in enumerate("345012"):
        rechecks.asked([post_id(name)], now() - timedelta(days=9, hours=-number))
    host.asked.clear()
    recheck(workspace, limit=3)
    assert asked(host) == [f"{NEWS}/{n}" for n in "345"]


def test_a_source_is_asked_so_many_posts_a_day(host: Host, tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=tmp_path / "home", monitor_recheck_posts=2))
    for home, source in (("wien", "a"), ("wien", "b"), ("berlin", "a")):
        posts: dict[str, str | None] = {
            f"{home}{source}{n}": f"{NEWS}/{home}{source}{n}" for n in range(3)
        }
        host.ways |= {str(place): gives(200) for place in posts.values()}
        put(workspace, posts, home, source=source)
    assert recheck(workspace, limit=1).skipped == {"another day's turn": 8}
    assert recheck(workspace).asked == 5
    found = recheck(workspace)
    assert (found.asked, found.skipped) == (0, {"another day's turn": 3, "asked today": 6})
    off = Workspace(Settings(home=workspace.home, monitor_recheck_posts=0))
    assert recheck(off).due == 0


def test_a_post_of_two_homes_is_asked_once_and_goes_from_both(
    workspace: Workspace, host: Host
) -> None:
    for home in ("wien", "berlin"):
        put(workspace, {"x": f"{NEWS}/x", home: f"{NEWS}/{home}"}, home)
    host.ways = {f"{NEWS}/wien": gives(200), f"{NEWS}/berlin": gives(200)}
    found = recheck(workspace)
    assert (found.asked, found.gone) == (3, 1)
    assert kept(workspace) == ids("wien", "berlin")
    assert causes(workspace) == {"gone at source": 1}


def test_what_cannot_be_asked_is_skipped_and_counted(workspace: Workspace, host: Host) -> None:
    put(workspace, {"no address": None})
    put(workspace, {"silent": "http://x.example.org/1"}, platform="facebook")
    put(workspace, {"other": f"{NEWS}/o"}, relevant=False)
    put(workspace, {
        "local": host.at("/1"), "named": "http://localhost:1/", "cloud": "http://169.254.169.254/",
        "sample": "https://feeds.example/1", "none": "nonsense", "ftp": "ftp://a.example.org/x",
    })  # fmt: skip
    rows = table([row("unsealed", platform="feeds"), row("altered", platform="feeds")])
    beside = pa.table([rows["id"], rows["home"], rows["month"], [None, b"x" * 40],
                       [address("u"), address("v")]], schema=schema.VAULT)  # fmt: skip
    with workspace.lake.writing() as writer:
        writer.merge_posts(rows, beside, Guard(beside["lookup"], pa.nulls(2, pa.string())))
    before = kept(workspace)
    found = recheck(workspace)
    assert found.skipped == {"no address": 1, "not in the vault": 1, "the site does not tell": 1}
    assert found.unknown == {"private address": 6, "vault row cannot be opened": 1}
    assert (found.asked, host.asked) == (0, [])
    assert kept(workspace) == before
    assert recheck(workspace).skipped["asked today"] == 7  # they had their turn


def test_a_private_address_is_asked_where_a_listed_source_stands(
    workspace: Workspace, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    wien = workspace.registry.city("wien")
    source = replace(wien.sources[0], address=host.at("/feed"))
    cities = {**workspace.registry.cities, "wien": replace(wien, sources=(source,))}
    workspace.__dict__["registry"] = replace(workspace.registry, cities=cities)
    put(workspace, {"intranet": host.at("/1"), "beside": "http://127.0.0.1:1/1"})
    found = recheck(workspace)
    assert (found.gone, found.unknown) == (1, {"private address": 1})


def test_a_host_at_which_everything_is_gone_is_not_believed(
    workspace: Workspace, host: Host
) -> None:
    moved = "http://moved.example.org"
    put(workspace, {f"m{n}": f"{moved}/{n}" for n in range(30)}, source="moved")
    put(workspace, {"good": f"{NEWS}/good", "bad": f"{NEWS}/bad"}, source="news")
    host.ways = {f"{NEWS}/good": gives(200)}
    found = recheck(workspace)
    assert (found.gone, found.suspicious) == (1, {"moved.example.org": 20})
    assert found.unknown == {"host left alone": 10}
    assert len([p for p in asked(host) if p.startswith(moved)]) == 20
    assert kept(workspace) == ids("good", *(f"m{n}" for n in range(30)))
    # the next day, as nobody has said anything, the same; then somebody vouches for the host
    assert recheck(workspace).suspicious == {"moved.example.org": 20}
    found = recheck(workspace, believed=["moved.example.org"])
    assert (found.gone, found.suspicious) == (20, {})
    assert len(kept(workspace)) == 11


def test_a_host_that_does_not_answer_is_left_alone_and_the_others_are_asked(
    workspace: Workspace, host: Host
) -> None:
    down: dict[str, str | None] = {f"d{n}": f"http://down.example.org/{n}" for n in range(6)}
    host.ways = {str(place): gives(503) for place in down.values()}
    host.ways |= {f"{NEWS}/{n}": gives(200) for n in range(3)}
    put(workspace, down, source="down")
    put(workspace, {f"n{n}": f"{NEWS}/{n}" for n in range(3)}, source="news")
    found = recheck(workspace)
    assert (found.there, found.unknown) == (3, {"no answer": 3, "host left alone": 3})
    assert len(kept(workspace)) == 9


def test_in_batches_each_forgotten_at_once(
    workspace: Workspace, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rechecking, "BATCH", 25)
    put(workspace, {str(n): f"{NEWS}/{n}" for n in range(60)})
    host.ways = {f"{NEWS}/{n}": gives(200) for n in range(0, 60, 2)}
    calls: list[int] = []
    forget = upkeep.forget

    def counting(*given: Any, **more: Any) -> Any:
        calls.append(len(more["gone"]))
        return forget(*given, **more)

    monkeypatch.setattr(upkeep, "forget", counting)
    said: list[str] = []
    found = recheck(workspace, tell=said.append)
    assert (found.there, found.gone, sum(calls)) == (30, 30, 30)
    assert len(calls) == 3
    assert said == [f"{n} of 60 posts looked at" for n in (25, 50, 60)]
    assert kept(workspace) == ids(*range(0, 60, 2))


def test_stopped_between_asking_and_forgetting_it_asks_again(
    workspace: Workspace, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(workspace, {"gone": f"{NEWS}/gone", "there": f"{NEWS}/there"})
    host.ways = {f"{NEWS}/there": gives(200)}

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(upkeep, "forget", killed)
        with pytest.raises(KeyboardInterrupt):
            recheck(workspace)
    assert kept(workspace) == ids("gone", "there")
    host.asked.clear()
    found = recheck(workspace)
    assert (found.asked, found.gone) == (1, 1)
    assert asked(host) == [f"{NEWS}/gone"]
    assert causes(workspace) == {"gone at source": 1}


@pytest.mark.parametrize("point", ["forgotten-recorded", "removed-recorded", "forgotten-deleted"])
def test_killed_while_forgetting_it_forgets_the_next_time(
    workspace: Workspace, host: Host, point: str
) -> None:
    put(workspace, {"gone": f"{NEWS}/gone", "there": f"{NEWS}/there"})
    host.ways = {f"{NEWS}/there": gives(200)}
    killed = process(workspace.home, "retain", env={**FAST, "UNITE_TEST_KILL_AT": point})
    assert killed.code == -signal.SIGKILL, killed.err
    host.asked.clear()
    retain(workspace)
    assert asked(host) == []
    assert kept(workspace) == ids("there")
    assert causes(workspace) == {"gone at source": 1}
    shown = workspace.index.posts(Query(relevant=None), limit=10)["id"].to_pylist()
    assert set(shown) == kept(workspace)


def test_a_collector_may_ask_its_platform_instead(
    workspace: Workspace, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[list[str]] = []

    def still_public(native_ids: list[str], access: Access) -> dict[str, bool]:
        given.append(sorted(native_ids))
        assert (access.keys, access.service) == ({}, None)  # those of the platform: it has none
        if "native-refused" in native_ids:
            raise AccessRefused("no key")
        if "native-stop" in native_ids:
            raise RateLimited("asked to wait")
        return {"native-a": True, "native-b": False}

    monkeypatch.setattr(collectors.feeds, "still_public", still_public, raising=False)
    put(workspace, {"a": None, "b": f"{NEWS}/b", "c": f"{NEWS}/c"})
    found = recheck(workspace)
    assert given == [["native-a", "native-b", "native-c"]]
    assert (found.there, found.gone, found.unknown) == (1, 1, {"odd answer": 1})
    assert host.asked == []
    put(workspace, {"stop": None})
    assert recheck(workspace).unknown == {"asked to wait": 1}
    put(workspace, {"refused": None})
    assert recheck(workspace).unknown == {"refused": 1}
    put(workspace, {"odd": None})

    def odd(*_: Any) -> dict[str, bool]:
        raise KeyError("Erna Erfunden")

    monkeypatch.setattr(collectors.feeds, "still_public", odd)
    assert recheck(workspace).unknown == {"odd answer": 1}


def test_posts_that_went_otherwise_are_not_remembered(workspace: Workspace, host: Host) -> None:
    put(workspace, {"a": f"{NEWS}/a", "b": f"{NEWS}/b"})
    host.ways = {f"{NEWS}/{n}": gives(200) for n in "ab"}
    recheck(workspace)
    upkeep.forget(workspace.lake, ids=[post_id("a")], at=now())
    recheck(workspace)
    assert Rechecks(workspace.database).all()["id"].to_pylist() == [post_id("b")]


def test_each_source_keeps_its_irrelevant_posts_for_its_own_time(workspace: Workspace) -> None:
    wien = workspace.registry.city("wien")
    days = {"short": 2, "long": 90}
    cities = {**workspace.registry.cities, "wien": replace(wien, recheck_days=days)}
    workspace.__dict__["registry"] = replace(workspace.registry, cities=cities)
    for source, age in (("short", 3), ("long", 80), ("import-1", 29), ("import-2", 31)):
        put(workspace, {f"{source} other": None}, source=source, relevant=False,
            collected=now() - timedelta(days=age))  # fmt: skip
        put(workspace, {source: None}, source=source, collected=now() - timedelta(days=age))
    put(workspace, {"ancient": None}, collected=now() - timedelta(days=731))
    would = retaining.forecast(workspace).dropped
    done = retain(workspace).dropped
    assert (done.irrelevant, done.expired) == (would.irrelevant, would.expired) == (2, 1)
    assert kept(workspace) == ids("short", "long", "long other", "import-1", "import-1 other",
                                  "import-2")  # fmt: skip
    assert causes(workspace) == {"irrelevant": 2, "expired": 1}


def test_no_irrelevant_post_outlives_the_relevant_ones(tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=tmp_path, monitor_retention_days=5, monitor_recheck_days=9))
    put(workspace, {"other": None}, relevant=False, collected=now() - timedelta(days=6))
    assert retain(workspace).dropped.irrelevant == 1


def test_a_dry_run_counts_and_changes_nothing(workspace: Workspace, host: Host) -> None:
    put(workspace, {"a": f"{NEWS}/a", "b": None})
    put(workspace, {"old": None}, relevant=False, collected=now() - timedelta(days=99))
    versions = workspace.lake.versions()
    found = retaining.forecast(workspace)
    assert (found.dropped.irrelevant, found.dropped.expired) == (1, 0)
    assert found.rechecked == rechecking.Rechecked(due=1, skipped={"no address": 1})
    assert (workspace.lake.versions(), host.asked) == (versions, [])


def test_without_a_vault_nobody_is_asked(tmp_path: Path, host: Host) -> None:
    workspace = Workspace(Settings(home=tmp_path / "home", store_vault="off"))
    put(workspace, {"a": f"{NEWS}/a"})
    assert retain(workspace).rechecked is None
    assert retaining.forecast(workspace).rechecked is None
    said = unite(workspace.home, "retain", env={"UNITE_STORE_VAULT": "off"})
    assert said.code == 0, said.err
    assert "Nobody was asked whether posts are still public: UNITE_STORE_VAULT is off." in said.err
    assert host.asked == []


# --- the command ---------------------------------------------------------------------------


def test_the_command_says_what_it_did(workspace: Workspace, host: Host) -> None:
    put(workspace, {"a": f"{NEWS}/a", "b": f"{NEWS}/b", "c": None})
    host.ways = {f"{NEWS}/a": gives(200)}
    said = unite(workspace.home, "retain", "--dry-run", env=FAST)
    assert said.code == 0, said.err
    assert "2 posts would be asked whether they are still public." in said.err
    assert "Not asked: 1 no address." in said.err
    said = unite(workspace.home, "retain", env=FAST)
    assert said.code == 0, said.err
    assert "2 posts asked: 1 still public, 1 gone and forgotten, 0 unknown." in said.err
    assert "/b" not in said.text
    said = unite(workspace.home, "retain", "--json", env=FAST)
    answer = json.loads(said.out)
    assert list(answer) == ["command", "view", "tier", "generation", "tagger", "rows"]
    rows = {(r["what"], r["why"]): r["count"] for r in answer["rows"]}
    assert rows["skipped", "asked today"] == 1
    assert rows["dropped", "gone at source"] == rows["dropped", "irrelevant"] == 0


def test_the_command_tells_of_a_suspicious_host(workspace: Workspace, host: Host) -> None:
    put(workspace, {f"m{n}": f"http://m.example.org/{n}" for n in range(20)})
    assert host.asked == []
    assert recheck(workspace).suspicious
    words = ("retain", "--limit", "20")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(retaining, "Limits", lambda **given: Limits(interval=0, **given))
        said = unite(workspace.home, *words, "--json", env=FAST)
        assert said.code == 1
        assert "unite retain --yes-gone m.example.org" in said.err
        assert {"what": "held back", "why": "m.example.org", "count": 20} in json.loads(said.out)[
            "rows"
        ]
        said = unite(workspace.home, *words, "--yes-gone", "m.example.org", env=FAST)
    assert said.code == 0, said.err
    assert "20 gone and forgotten" in said.err
    assert kept(workspace) == set()
