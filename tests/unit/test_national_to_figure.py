"""From a national feed to a figure: what names a city counts for it, the rest for the country."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from test_cli_run import unite
from test_collecting import NOW, SINCE, client, gives
from test_http_host import Host, running

from analysis.release import Tier
from base.errors import BadInput
from base.time import now
from collectors.collector import Source
from monitor import cities, collecting, pipeline, questions
from monitor.cli import options
from monitor.settings import Settings
from monitor.workspace import Workspace
from store.query import Query

pytestmark = pytest.mark.unit
TITLES = {
    "at": "Integrationskurse für Flüchtlinge werden ausgebaut, Teil {}",
    "wien": "Neue Wohnungen für Flüchtlinge in Wien, Teil {}",
    "berlin": "Berlin: Neue Wohnungen für Flüchtlinge in Neukölln, Teil {}",
}


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        yield found


def feed(counts: dict[str, int]) -> bytes:
    entries = "".join(
        f"<item><guid>urn:{about}:{n}</guid><link>https://news.example/{about}/{n}</link>"
        f"<title>{TITLES[about].format(n)}</title>"
        f"<description>Nummer {n} aus dem Bericht über {n + 3} Familien.</description>"
        f"<pubDate>{format_datetime(NOW - timedelta(days=8, hours=n))}</pubDate></item>"
        for about, count in counts.items()
        for n in range(count)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{entries}</channel></rss>'.encode()


def source(host: Host, home: str, code: str, reach: str = "city") -> Source:
    address = host.at("/national")
    return Source(code, "feeds", home, address, "media", "Europe/Vienna", "de", reach=reach)


@pytest.fixture
def workspace(tmp_path: Path, host: Host) -> Workspace:
    """An installation with one national feed, which Vienna lists as well."""
    registry = cities.load()
    mine = {"at": source(host, "at", "amt"), "wien": source(host, "wien", "amt", "country")}
    found = Workspace(Settings(home=tmp_path / "home"))
    found.__dict__["registry"] = replace(
        registry,
        cities={
            code: replace(city, sources=(mine[code],) if code in mine else ())
            for code, city in registry.cities.items()
        },
        wider={**registry.wider, "at": replace(registry.wider["at"], sources=(mine["at"],))},
    )
    return found


def posts(workspace: Workspace) -> dict[str | None, int]:
    """Relevant posts by what they are about."""
    query = Query(since=SINCE.date(), until=now().date() + timedelta(days=1))
    cells = questions.figures(workspace, query, ("city",), Tier.POSTS).cells
    return {cell.key[0]: cell.posts for cell in cells}


def compared(workspace: Workspace, *homes: str) -> dict[str, int | None]:
    """The same as a comparison shows them; with no homes, what it lists by itself."""
    query = Query(
        cities=homes, since=SINCE.date(), until=now().date() + timedelta(days=1)
    ).check(options.known(workspace.registry))  # fmt: skip
    found = questions.compare_cities(workspace, query, Tier.POSTS, "relevant")
    return {row.city: row.base for row in found.comparison.rows}


def test_a_national_feed_counts_for_the_cities_it_names_else_for_the_country(
    workspace: Workspace, host: Host
) -> None:
    host.ways = {"/national": gives(feed({"at": 7, "wien": 6, "berlin": 5}))}
    sources = collecting.chosen(workspace, ["at"], None)
    taken, failed = collecting.collect(workspace, sources, since=SINCE, http=client())
    assert (failed, taken.new) == ([], 18)
    pipeline.refresh(workspace)
    assert posts(workspace) == {"at": 7, "wien": 6, "berlin": 5}
    # Vienna and Berlin themselves were not looked at: no figure beside the country's
    assert compared(workspace, "at", "wien", "berlin") == {"at": 7, "wien": None, "berlin": None}
    # an unasked comparison lists cities alone, and a country's cities are not the country
    assert "at" not in compared(workspace)
    assert "at" in questions.looked_of(workspace, SINCE.date(), now().date())
    of_country = Query(countries=("AT",), since=SINCE.date(), until=now().date())
    counted = questions.figures(workspace, of_country, ("city",), Tier.POSTS)
    assert {cell.key[0] for cell in counted.cells} == {"wien"}

    # the same feed among Vienna's sources: six are found twice and count once, the rest for nobody
    sources = collecting.chosen(workspace, ["wien"], None)
    collecting.collect(workspace, sources, since=SINCE, http=client())
    pipeline.refresh(workspace)
    assert posts(workspace) == {"at": 7, "wien": 6, "berlin": 5}
    assert compared(workspace, "at", "wien") == {"at": 7, "wien": 6}
    rows = workspace.lake.read("posts", ["home", "city"]).to_pylist()
    assert {r["city"] for r in rows if r["home"] == "wien"} == {None, "wien", "berlin"}


def test_a_country_without_that_code_is_told_with_those_there_are(
    workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="available  at, be, bg"):
        collecting.chosen(workspace, ["xx"], None)
    said = unite(tmp_path, "doctor", "--sources", "--offline", "at", "eu", "--json")
    assert {r["home"] for r in json.loads(said.out)["rows"]} == {"at", "eu"}
    assert said.code == 0
