"""`unite collect wien` as a process: without a key, with wrong ones, with misspelt names."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import x_service
from bluesky_network import refuse
from databases import Databases
from looks import gives
from platform_hosts import PLACES, Lemmy
from proxy_host import Proxy, proxied
from test_cli_run import Said, process, purpose, unite
from test_http_host import Host, running

from base.time import now
from collectors.collector import Source
from monitor import cities
from monitor.database import Database

pytestmark = pytest.mark.unit
KEY_FREE = ("feeds", "mastodon", "lemmy", "discourse")
POSTS = 5
WRONG = "ein-falscher-schluessel"
# a process that waits for nobody's turn
HURRIED = "import time; time.sleep = lambda _: None; from monitor.cli.main import main; main()"


def sources() -> list[Source]:
    return list(cities.load().city("wien").sources)


def show(source: Source, host: Host, first: int) -> None:
    """Posts of the last days at a source's own address, numbered from `first` on."""
    place = PLACES[source.platform](host)
    path = urlsplit(source.address).path
    if source.platform == "feeds":
        place.listing = path
    elif source.platform == "mastodon":
        place.listing = "/api/v1/timelines/public"
    elif isinstance(place, Lemmy):
        place.service.community = path.rpartition("/")[2]
    text = "Neue Wohnungen für Geflüchtete in Wien, Haus Nummer {n} ist bald fertig"
    place.show([
        place.native(n, now() - timedelta(hours=40 - n % 10), text.format(n=n))
        for n in range(first, first + POSTS)
    ])  # fmt: skip


@contextmanager
def web(folder: Path) -> Iterator[tuple[Proxy, Path]]:
    """Every key-free source of wien under its own name."""
    free = [s for s in sources() if s.platform in KEY_FREE]
    names = {str(urlsplit(s.address).hostname): Host() for s in free}
    try:
        for number, source in enumerate(free, start=1):
            show(source, names[str(urlsplit(source.address).hostname)], 10 * number)
        certificate = folder / "certificate.pem"
        with proxied(names, certificate) as proxy:
            yield proxy, certificate
    finally:
        for host in names.values():
            host.server_close()


def collect(home: Path, *words: str, env: Mapping[str, str]) -> Said:
    """`unite collect …` for a purpose, as a process."""
    assert purpose(home).code == 0
    lists = {"UNITE_NLP_CACHE": os.environ["UNITE_NLP_CACHE"]}  # read once for all tests
    hurried = [sys.executable, "-c", HURRIED]
    words = ("collect", *words, "--purpose", "study")
    return process(home, *words, env={**env, **lists}, start=hurried)


def test_without_a_key_every_source_that_needs_none_is_collected(tmp_path: Path) -> None:
    free = [s for s in sources() if s.platform in KEY_FREE]
    others = [s for s in sources() if s.platform not in KEY_FREE]
    assert (len(free), {s.platform for s in others}) == (9, {"reddit", "bluesky", "x"})
    with web(tmp_path) as (proxy, certificate):
        said = collect(tmp_path / "home", "wien", env=proxy.environment(certificate))
    assert said.code == 0, said.text
    for source in free:
        assert f"wien {source.code}: {POSTS} new of {POSTS}" in said.err
    assert f"{POSTS * len(free)} new posts" in said.err
    # who was left out: which settings, which page, and that nobody was asked
    left_out = [line for line in said.err.splitlines() if line.startswith("left out")]
    assert len(left_out) == 3
    for platform, settings in {
        "reddit": ("CLIENT_ID", "CLIENT_SECRET"), "bluesky": ("HANDLE", "PASSWORD"),
        "x": ("BEARER_TOKEN",),
    }.items():  # fmt: skip
        (line,) = [found for found in left_out if f"no key for {platform}:" in found]
        for name in settings:
            assert f"UNITE_COLLECTORS_{platform}_{name}".upper() in line
        assert f"docs/sources.md#{platform}" in line
        assert f"wien {platform}-wien" in line
    assert set(proxy.connected) == {str(urlsplit(s.address).hostname) for s in free}


@pytest.mark.server
def test_with_postgresql_the_whole_way_leaves_no_database_in_the_home(
    tmp_path: Path, postgres_databases: Databases
) -> None:
    home = tmp_path / "home"
    with postgres_databases.fresh() as address, web(tmp_path) as (proxy, certificate):
        env = proxy.environment(certificate) | {"UNITE_DATABASE_URL": address}
        first = collect(home, "wien", env=env)
        assert first.code == 0, first.text
        free = [s for s in sources() if s.platform in KEY_FREE]
        database = Database(address)
        cursors = {s.code: database.cursor("wien", s.code) for s in free}
        assert all(cursors.values())
        words = ("collect", "wien", "--source", free[0].code, "--purpose", "study")
        again = process(home, *words, env=env)
        assert again.code == 0, again.text
        assert "0 new posts" in again.err
        compared = unite(home, "compare", "wien", "--json", env=env)
        assert compared.code == 0, compared.text
        assert {row["city"] for row in json.loads(compared.out)["rows"]} == {"wien"}
        shown = unite(home, "query", "wien", "--purpose", "study", "--json", env=env)
        assert shown.code == 0, shown.text
        assert json.loads(shown.out)["rows"]
        logged = [line["action"] for line in database.access_log()]
        database.close()
    assert "query" in logged
    assert not (home / "unite.db").exists()


def test_a_wrong_key_names_its_settings_and_the_others_go_on(tmp_path: Path) -> None:
    with web(tmp_path) as (proxy, certificate), running() as host:
        host.ways = {
            x_service.SEARCH: gives(401, {"title": "Unauthorized", "status": 401}),
            "/api/v1/access_token": gives(401, {"message": "Unauthorized", "error": 401}),
            "/xrpc/com.atproto.server.createSession": lambda ask: refuse(
                ask, 401, "AuthenticationRequired", "Invalid identifier or password"
            ),
        }
        keys = {
            "X_BEARER_TOKEN": WRONG, "REDDIT_CLIENT_ID": WRONG, "REDDIT_CLIENT_SECRET": WRONG,
            "BLUESKY_HANDLE": "konto.example", "BLUESKY_PASSWORD": WRONG,
            "SERVICES": " ".join(f"{p}={host.at('')}" for p in ("x", "reddit", "bluesky")),
        }  # fmt: skip
        env = {f"UNITE_COLLECTORS_{name}": value for name, value in keys.items()}
        said = collect(tmp_path / "home", "wien", env=proxy.environment(certificate) | env)
    assert said.code == 1
    assert "3 of 12 sources could not be collected" in said.err
    assert said.err.count(f"{POSTS} new of {POSTS}") == 9
    for name in ("X_BEARER_TOKEN", "REDDIT_CLIENT_SECRET", "BLUESKY_PASSWORD"):
        assert f"UNITE_COLLECTORS_{name}" in said.err
    for platform in ("x", "reddit", "bluesky"):
        assert f"source '{platform}-wien' of city wien" in said.err
        assert f"docs/sources.md#{platform}" in said.err
    assert WRONG not in said.text
    assert "konto.example" not in said.text


def test_misspelt_names_are_answered_with_those_there_are(tmp_path: Path) -> None:
    assert purpose(tmp_path).code == 0
    city = process(tmp_path, "collect", "wein", "--purpose", "study")
    source = process(tmp_path, "collect", "wien", "--source", "orf", "--purpose", "study")
    assert (city.code, source.code) == (1, 1)
    assert "did you mean 'wien'" in city.err
    assert "berlin" in city.err
    assert "unknown source 'orf'" in source.err
    for known in sources():
        assert known.code in source.err
