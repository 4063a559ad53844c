"""A long look that is cut anywhere and begun again leaves the lake of one that ran through."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import mastodon_host as m
import pytest
import x_service
from bluesky_network import Network, post
from test_http_host import running

from base import points
from collectors import x
from collectors.bluesky import search as bluesky_search
from collectors.collector import Page, Source
from collectors.errors import Unreachable
from collectors.http import Http, Limits
from monitor import collecting, pipeline
from monitor.settings import Settings
from monitor.workspace import Workspace
from store.looked import looked_at

pytestmark = pytest.mark.unit
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
SINCE = NOW - timedelta(days=5)
COUNT = 30
KINDS = ("bluesky", "mastodon", "x")


class Killed(BaseException):
    """What nobody catches, as a process that ends."""


def text(number: int) -> str:
    return f"Neue Wohnungen für Geflüchtete in Wien, Teil {number}"


def at(number: int) -> datetime:
    return SINCE + timedelta(hours=number + 1)


@pytest.fixture(scope="module")
def sources() -> Iterator[dict[str, tuple[Source, Callable[[], Http]]]]:
    """Three real platforms on this machine with the same posts, a few to an answer."""

    def client() -> Http:
        return Http(limits=Limits(tries=1, interval=0))

    with running() as first, running() as second, x_service.service() as third:
        network = Network(first, page=4)
        network.posts = [post(n, at(n), text(n), did=f"did:plc:{n:024d}") for n in range(COUNT)]
        second.ways["/api/v1/timelines/tag/wien"] = m.timeline(
            [m.status(text(n), at(n), account=m.account(f"a{n}")) for n in range(COUNT)], 4
        )
        third.now, third.size = NOW + timedelta(hours=1), 4  # its clock goes on
        third.posts = [x_service.post(at(n), text(n), n, author_id=str(n)) for n in range(COUNT)]
        third.posts.reverse()
        services = f"bluesky={first.at('')} x={third.host.at('')} mastodon={second.at('')}"
        yield {
            "services": services,  # type: ignore[dict-item]
            "bluesky": (_source("bluesky", "search:Wien"), client),
            "mastodon": (_source("mastodon", f"https://{m.SERVER}/tags/wien"), client),
            "x": (_source("x", "search:Wien"), client),
        }


def _source(platform: str, address: str) -> Source:
    return Source(f"{platform}-wien", platform, "wien", address, "personal", "Europe/Vienna")


def opened(tools: Workspace, home: Path, services: str) -> Workspace:
    keys: dict[str, Any] = {
        "collectors_bluesky_handle": "konto.example", "collectors_bluesky_password": "app-pass",
        "collectors_x_bearer_token": "a-token",
    }  # fmt: skip
    found = Workspace(Settings(home=home, nlp_batch=8, collectors_services=services, **keys))
    found.__dict__.update(tagger=tools.tagger, registry=tools.registry)
    return found


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = Workspace(Settings(home=tmp_path_factory.mktemp("tools")))
    assert found.tagger
    return found


@pytest.fixture(autouse=True, scope="module")
def _short_pages() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bluesky_search, "MOST", 4)
        patch.setattr(x, "PAGE", 4)
        yield


def look(workspace: Workspace, source: Source, client: Callable[[], Http]) -> list[Any]:
    with client() as http:
        return collecting.collect(workspace, [source], since=SINCE, until=NOW, http=http)[1]


def state(workspace: Workspace) -> dict[str, Any]:
    pipeline.refresh(workspace)
    rows = workspace.lake.read("posts").drop_columns(["collected"]).to_pylist()
    vault = workspace.lake.read("vault", ["id", "home", "month", "lookup"]).to_pylist()
    days = SINCE.date(), NOW.date() + timedelta(days=1)
    return {
        "posts": sorted(map(str, rows)),
        "vault": sorted(map(str, vault)),
        "coverage": sorted(map(str, workspace.lake.read("coverage").to_pylist())),
        "looked": looked_at(workspace.lake.read("windows"), *days),
        "quarantine": workspace.database.quarantined(),
    }


@pytest.fixture(scope="module")
def clean(
    tools: Workspace, sources: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, dict[str, Any], Any]]:
    """Of each platform a look that ran through: its home, its tables, its cursor."""
    found = {}
    for kind in KINDS:
        workspace = opened(tools, tmp_path_factory.mktemp(kind) / "home", sources["services"])
        assert look(workspace, *sources[kind]) == []
        tables = state(workspace)
        assert len(tables["posts"]) == COUNT
        cursor = workspace.database.cursor("wien", f"{kind}-wien")
        found[kind] = (workspace.home, tables, cursor)
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("where", "number"),
    [("page", 5), ("error", 4), ("windows-merged", 2), ("cursor-committed", 1)],
)
def test_cut_anywhere_and_begun_again(
    tools: Workspace, sources: Any, clean: Any, tmp_path: Path, kind: str, where: str, number: int
) -> None:
    home, expected, cursor = clean[kind]
    shutil.copytree(home / "keys", tmp_path / "home" / "keys")
    workspace = opened(tools, tmp_path / "home", sources["services"])
    with pytest.MonkeyPatch.context() as patch:
        _cut(patch, where, number)
        try:
            failed = look(workspace, *sources[kind])
            assert (where, len(failed)) == ("error", 1)
        except Killed:
            assert where != "error"
    day = looked_at(workspace.lake.read("windows"), SINCE.date(), NOW.date() + timedelta(days=1))
    share = day["wien"].share if day else 0.0
    there = workspace.lake.read("posts").num_rows
    assert share < expected["looked"]["wien"].share  # never more than what was merged
    assert there < COUNT
    assert look(workspace, *sources[kind]) == []
    found = state(workspace)
    assert found["looked"]["wien"].days == pytest.approx(expected["looked"]["wien"].days, abs=1e-9)
    for name in ("posts", "vault", "coverage", "quarantine"):
        assert found[name] == expected[name], name
    assert workspace.database.unfinished("wien", f"{kind}-wien") is None
    after = workspace.database.cursor("wien", f"{kind}-wien")
    assert {k: v for k, v in after.items() if k != "since"} == {
        k: v for k, v in cursor.items() if k != "since"}  # fmt: skip


def _cut(patch: pytest.MonkeyPatch, where: str, number: int) -> None:
    """End the work at the n-th page or commit point."""
    left = [number]

    def reached(name: str) -> None:
        left[0] -= name == where
        if name == where and left[0] == 0:
            raise Killed

    pages = collecting.pages

    def some(*given: Any, **more: Any) -> Iterator[Page]:
        for count, page in enumerate(pages(*given, **more), start=1):
            yield page
            if count == number:
                raise Unreachable("the line is cut") if where == "error" else Killed

    if where in ("page", "error"):
        patch.setattr(collecting, "pages", some)
    else:
        patch.setattr(points, "reached", reached)
