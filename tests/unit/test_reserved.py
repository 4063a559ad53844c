"""Reservations of text and data mining: each signal is honoured and told, research is not bound."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from test_http_host import FakeTime, Host, running

from collectors.collector import Access, Page, Source, Window
from collectors.errors import AccessRefused
from collectors.feeds import collect
from collectors.http import Http, Limits
from collectors.http.reserved import WELL_KNOWN, _fits

pytestmark = pytest.mark.unit
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ALWAYS = Window(datetime(2000, 1, 1, tzinfo=UTC), NOW)
ITEM = "<item><title>Neue Kurse</title><guid>https://a.invalid/{0}</guid>{1}</item>"


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running() as found:
        yield found


def feed(channel: str = "", item: str = "", root: str = "") -> bytes:
    items = ITEM.format(1, item) + ITEM.format(2, "")
    return f'<rss version="2.0" {root}><channel>{channel}{items}</channel></rss>'.encode()


def serve(host: Host, body: bytes = b"", **headers: str) -> None:
    host.ways["/news/feed"] = lambda ask: ask.give(200, body or feed(), **headers)


def site_says(host: Host, found: Any, status: int = 200) -> None:
    body = found if isinstance(found, bytes) else json.dumps(found).encode()
    host.ways[WELL_KNOWN] = lambda ask: ask.give(status, body)


def visit(host: Host, *, is_research: bool = False, fake: FakeTime | None = None) -> Page:
    fake = fake or FakeTime()
    limits = Limits(total=120, read=60, interval=0, tries=1)
    http = Http(limits=limits, clock=fake.clock, sleep=fake.sleep, now=lambda: NOW,
                is_research=is_research)  # fmt: skip
    source = Source("a", "feeds", "wien", host.at("/news/feed"), "media", "Europe/Vienna")
    with http:
        (page,) = collect(source, ALWAYS, None, Access(http))
    return page


def refused(host: Host) -> str:
    with pytest.raises(AccessRefused) as caught:
        visit(host)
    assert "the site reserves text and data mining" in str(caught.value)
    assert "research_exception = true" in str(caught.value)
    assert visit(host, is_research=True).items.num_rows == 2  # Article 3
    return str(caught.value)


RULE = {"location": "/", "tdm-reservation": 1}
OPEN = {"location": "/news/", "tdm-reservation": 0}


@pytest.mark.parametrize(
    "found",
    [
        [RULE],
        [RULE, OPEN],  # the first that fits counts
        [{"location": "/news/*", "tdm-reservation": 1}],
        [{"location": "/news/feed$", "tdm-reservation": 1}],
        [{"location": 3}, {"location": "/sport", "tdm-reservation": 0}, RULE],
    ],
)
def test_a_sites_file(host: Host, found: Any) -> None:
    serve(host)
    site_says(host, found)
    assert f"the file {WELL_KNOWN}" in refused(host)


@pytest.mark.parametrize(
    ("found", "status"),
    [
        ([OPEN, RULE], 200),
        ([{"location": "/sport/", "tdm-reservation": 1}], 200),
        ([{"location": "/news/feed", "tdm-reservation": 2}], 200),  # no value of the protocol
        ([{"location": "/news/feed"}], 200),
        ({"location": "/", "tdm-reservation": 1}, 200),  # no list
        (b"<html>not found</html>", 200),
        (b"[" * 100_000, 200),
        ([RULE], 404),
        ([RULE], 503),  # as the report says: no file, no reservation
    ],
)
def test_what_a_sites_file_does_not_reserve(host: Host, found: Any, status: int) -> None:
    serve(host)
    site_says(host, found, status)
    assert visit(host).items.num_rows == 2


def test_the_header_goes_before_the_file_and_names_the_policy(host: Host) -> None:
    serve(host, tdm_reservation="1", tdm_policy="https://a.invalid/policy")
    said = refused(host)
    assert "the header tdm-reservation" in said
    assert "https://a.invalid/policy" in said
    site_says(host, [RULE])
    serve(host, tdm_reservation="0")
    assert visit(host).items.num_rows == 2


@pytest.mark.parametrize(
    ("tag", "is_refused"),
    [
        ("noai", True),
        ("index, NoAI, noimageai", True),
        ("uniteeurope: noindex", True),  # it names us
        ("otherbot: noai", False),
        ("noindex, follow", False),  # what blogs send with every feed: keep it out of searches
        ("unavailable_after: 25 Jun 2030 15:00:00 PST", False),
        ("all", False),
    ],
)
def test_x_robots_tag(host: Host, tag: str, is_refused: bool) -> None:
    serve(host, x_robots_tag=tag)
    if is_refused:
        assert "X-Robots-Tag" in refused(host)
    else:
        assert visit(host).items.num_rows == 2


@pytest.mark.parametrize(
    ("root", "channel"),
    [
        ("", "<tdm-reservation>1</tdm-reservation>"),
        ('xmlns:tdm="http://www.w3.org/ns/tdmrep#"', "<tdm:reservation>1</tdm:reservation>"),
        ('xmlns:tdmrep="http://www.w3.org/ns/tdmrep#"',
         "<tdmrep:reservation>1</tdmrep:reservation>"),
        ("", '<meta name="tdm-reservation" content="1"/>'),
    ],
)  # fmt: skip
def test_a_feeds_own_metadata(host: Host, root: str, channel: str) -> None:
    serve(host, feed(channel, root=root))
    assert "the feed's own metadata" in refused(host)
    serve(host, feed(channel.replace("1", "0"), root=root))
    assert visit(host).items.num_rows == 2


def test_an_entry_that_is_reserved_is_dropped_and_counted(host: Host) -> None:
    serve(host, feed(item="<tdm-reservation>1</tdm-reservation>"))
    page = visit(host)
    assert page.items["native_id"].to_pylist() == ["https://a.invalid/2"]
    assert (page.dropped, page.fetched) == (1, 2)
    assert visit(host, is_research=True).dropped == 0


def test_robots_txt_binds_research_too(host: Host) -> None:
    serve(host)
    host.ways["/robots.txt"] = lambda ask: ask.give(
        200, b"User-agent: UniteEurope\nDisallow: /news/"
    )
    with pytest.raises(AccessRefused, match=r"robots\.txt"):
        visit(host, is_research=True)


def test_the_file_is_asked_once_a_day_and_before_the_feed(host: Host) -> None:
    fake = FakeTime()
    http = Http(limits=Limits(interval=0), clock=fake.clock, sleep=fake.sleep, now=lambda: NOW)
    serve(host)
    with http:
        for _ in range(2):
            http.get(host.at("/news/feed"), mining=True)
        assert host.paths() == [WELL_KNOWN, "/news/feed", "/news/feed"]
        fake.sleep(25 * 3600)
        http.get(host.at("/news/feed"), mining=True)
        assert host.paths()[-2:] == [WELL_KNOWN, "/news/feed"]
        http.get(host.at("/news/feed"))  # what is not mined is not asked about
    assert host.paths().count(WELL_KNOWN) == 2


@pytest.mark.parametrize(
    ("location", "path", "fits"),
    [
        ("/", "/a", True),
        ("/a", "/ab", True),
        ("/a$", "/ab", False),
        ("/a$", "/a", True),
        ("/b", "/a/b", False),
        ("/*/b", "/a/b", True),
        ("/*.xml$", "/a/b.xml", True),
        ("/*.xml$", "/a/b.xml?x", False),
        ("*", "/a", True),
        ("/a*b*c", "/a1b2c3", True),
        ("/a*c*b", "/a1b2c3", False),
        ("/%C3%BC", "/ü", True),
        ("", "/a", True),
    ],
)
def test_a_location_fits(location: str, path: str, fits: bool) -> None:
    assert _fits(location, path) == fits
