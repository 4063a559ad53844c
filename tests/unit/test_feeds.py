"""Feeds as they come, through the real client from a real server."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_http_host import Ask, FakeTime, Host, running

from base.errors import UniteError
from collectors.collector import Access, Cursor, Page, Source, Window
from collectors.errors import AccessRefused, Unreachable, WrongShape
from collectors.feeds import collect
from collectors.html_text import _parsed, plain
from collectors.http import Http, Limits
from store.schema import ITEM

pytestmark = pytest.mark.unit

WIRE = Path(__file__).parents[1] / "wire" / "feeds"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ALWAYS = Window(datetime(2000, 1, 1, tzinfo=UTC), NOW)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        yield found


def visit(
    host: Host, cursor: Cursor | None = None, window: Window = ALWAYS, **limits: float
) -> Page:
    fake = FakeTime()
    chosen = {"total": 120, "read": 60, "interval": 0, "tries": 1, **limits}
    http = Http(
        limits=Limits(**chosen),  # type: ignore[arg-type]
        clock=fake.clock,
        sleep=fake.sleep,
        now=lambda: NOW,
    )
    source = Source("stadtblatt", "feeds", "wien", host.at("/feed"), "media", "Europe/Vienna", "de")
    with http:
        (page,) = collect(source, window, cursor, Access(http))
    assert page.items.schema == ITEM
    return page


def serve(host: Host, body: bytes, **headers: str) -> None:
    host.ways["/feed"] = lambda ask: ask.give(200, body, **headers)


def recorded(name: str) -> bytes:
    return (WIRE / name).read_bytes()


def test_a_newspaper(host: Host) -> None:
    serve(host, recorded("newspaper.xml"), content_type="application/rss+xml")
    page = visit(host)
    rows = page.items.to_pylist()
    port = host.server_address[1]
    # oldest first, entries without a readable date at the end; the twin is gone
    assert [r["native_id"] for r in rows] == [
        f"127.0.0.1:{port}/2",
        "https://stadtblatt.invalid/a/3",
        "https://stadtblatt.invalid/a/6",
        "https://stadtblatt.invalid/a/7",
    ]
    older, newer, unreadable, undated = rows
    assert newer == {
        "native_id": "https://stadtblatt.invalid/a/3",
        "address": "https://stadtblatt.invalid/a/3",
        "author": "Erna Erfunden",
        "created": datetime(2026, 3, 3, 7, 30, tzinfo=UTC),
        "date_given": "Tue, 03 Mar 2026 08:30:00 +0100",
        "kind": "article",
        "thread": None,
        "text": "Neuer Deutschkurs im Bezirk\nDer Kurs beginnt im März.\n\nMontag\n\n"
        "Mittwoch & Freitag",
        "replies": 12,
        "reposts": None,
        "likes": None,
        "image": True,
        "video": None,
        "lang": "de",
        "platform": None,
        "voice": None,
    }
    assert older["created"] == datetime(2026, 3, 2, 6, tzinfo=UTC)  # without zone: the city's
    assert older["address"] == host.at("/a/2")
    assert (older["text"], older["video"]) == ("Wohnen: was sich ändert\nMieten & Fristen", True)
    assert (unreadable["created"], unreadable["date_given"]) == (None, "gestern Abend")
    assert (undated["created"], undated["date_given"]) == (None, None)
    assert page.fetched == 7
    assert [(r.position, r.column, r.reason) for r in page.rejected] == [
        (4, "created", "a date out of range"),
        (5, "text", "no text"),
    ]


def test_an_atom_feed(host: Host) -> None:
    serve(host, recorded("association.atom.xml"), content_type="application/atom+xml")
    first, second = visit(host).items.to_pylist()
    assert first["text"] == "3 < 5 buurten doen mee\nSamen koken\nelke zaterdag"
    assert (first["author"], first["lang"]) == ("Jan Bedacht", "nl")
    assert first["created"] == datetime(2026, 3, 4, 11, tzinfo=UTC)
    assert second["native_id"] == "tag:vereniging.invalid,2026:2"
    assert second["created"] == datetime(2026, 3, 5, 10, tzinfo=UTC)  # published, not updated


@pytest.mark.parametrize("content_type", ["application/xml", "text/xml; charset=utf-8", ""])
def test_windows_1252_whatever_the_header_says(host: Host, content_type: str) -> None:
    serve(host, recorded("windows1252.xml"), content_type=content_type)
    (row,) = visit(host).items.to_pylist()
    assert row["text"] == "Größere Wohnungen für Familien\nStraßenfest"


def test_utf_16(host: Host) -> None:
    text = recorded("windows1252.xml").decode("cp1252").replace("windows-1252", "utf-16")
    serve(host, text.encode("utf-16"))
    assert visit(host).items.num_rows == 1


def test_an_empty_feed_is_no_error(host: Host) -> None:
    serve(host, recorded("empty.xml"))
    page = visit(host)
    assert (page.fetched, page.items.num_rows) == (0, 0)


def test_entries_that_share_a_guid_are_told_apart_by_their_link(host: Host) -> None:
    serve(host, recorded("same_guid.xml"))
    assert visit(host).items["native_id"].to_pylist() == [
        "https://amt.invalid/2",
        "https://amt.invalid/1",
    ]


def test_nothing_new_is_an_empty_page(host: Host) -> None:
    def behave(ask: Ask) -> None:
        known = ask.headers.get("if-none-match") == '"v1"'
        ask.give(304 if known else 200, b"" if known else recorded("newspaper.xml"), etag='"v1"')

    host.ways["/feed"] = behave
    first = visit(host)
    again = visit(host, first.cursor)
    assert (again.fetched, again.items.num_rows) == (0, 0)
    assert again.cursor == first.cursor


def test_without_etag_only_new_and_edited_entries_come(host: Host) -> None:
    body = recorded("newspaper.xml")
    serve(host, body)
    first = visit(host)
    assert visit(host, first.cursor).items.num_rows == 0
    serve(host, body.replace(b"beginnt im", b"begann im"))
    (edited,) = visit(host, first.cursor).items.to_pylist()
    assert "begann" in edited["text"]
    assert edited["native_id"] == "https://stadtblatt.invalid/a/3"


def test_a_cursor_is_text_and_bounded(host: Host) -> None:
    item = "<item><title>t{0}</title><guid>https://x.invalid/{0}</guid></item>"
    many = "".join(item.format(i) for i in range(4000))
    serve(host, f'<rss version="2.0"><channel>{many}</channel></rss>'.encode())
    cursor = visit(host).cursor
    assert cursor is not None
    assert len(cursor.state["seen"]) <= 3000 * 17
    assert "x.invalid" not in cursor.state["seen"]


def test_the_window(host: Host) -> None:
    serve(host, recorded("newspaper.xml"), etag='"v1"')
    window = Window(datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))
    page = visit(host, window=window)
    # the older is before it, the newer after it; those without a date are new now
    assert page.items["created"].to_pylist() == [None, None]
    assert page.cursor is not None
    assert "etag" not in page.cursor.state  # else what waits for the next window would be lost
    later = visit(host, page.cursor, Window(window.until, NOW))
    assert later.items["native_id"].to_pylist() == ["https://stadtblatt.invalid/a/3"]


def test_what_was_too_old_for_the_first_look_comes_when_its_time_is_asked_for(host: Host) -> None:
    item = "<item><guid>urn:a:{0}</guid><title>t{0}</title><pubDate>{0} Feb 2026</pubDate></item>"
    items = "".join(item.format(day) for day in range(10, 20))
    serve(host, f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), etag='"v1"')
    days = [datetime(2026, 2, day, tzinfo=UTC) for day in range(10, 22)]

    def look(cursor: Cursor | None, first: int, end: int) -> tuple[list[str], Cursor | None]:
        page = visit(host, cursor, Window(days[first], days[end]))
        return page.items["text"].to_pylist(), page.cursor

    texts, cursor = look(None, 8, 10)
    assert texts == ["t19"]  # t18 is of the evening before: a date without a zone is Vienna's
    assert look(cursor, 10, 11)[0] == []
    first, cursor = look(cursor, 1, 3)
    second, cursor = look(cursor, 3, 5)
    assert (first, second) == (["t12", "t13"], ["t14", "t15"])
    again, cursor = look(cursor, 1, 5)
    assert again == []
    assert look(cursor, 10, 11)[0] == []
    assert look(cursor, 0, 9)[0] == ["t11", "t16", "t17", "t18"]


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9, 0.995])
def test_a_feed_cut_short_is_not_taken(host: Host, kept: float) -> None:
    body = recorded("newspaper.xml").rstrip()
    serve(host, body[: int(len(body) * kept)])
    with pytest.raises(Unreachable, match="ends in the middle"):
        visit(host)


@pytest.mark.parametrize(
    "body",
    [recorded("page.html"), b'{"version": "https://jsonfeed.org"}', b"", b"/etc/passwd",
     b"https://a.invalid/feed"],
    ids=["page", "json", "nothing", "a file's name", "an address"],
)  # fmt: skip
def test_what_is_no_feed(host: Host, body: bytes) -> None:
    serve(host, body)
    with pytest.raises(WrongShape):
        visit(host)
    assert host.paths() == [
        "/robots.txt",
        "/.well-known/tdmrep.json",
        "/feed",
    ]  # nothing else was fetched


def test_entities_do_not_explode(host: Host) -> None:
    levels = "".join(
        f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' if i else '<!ENTITY l0 "ha">' for i in range(12)
    )
    item = "<channel><item><title>&l11;</title></item></channel>"
    feed = f"<!DOCTYPE rss [{levels}]><rss version='2.0'>{item}</rss>"
    serve(host, feed.encode())
    try:
        page = visit(host)
    except UniteError:
        return
    assert sum(len(t) for t in page.items["text"].to_pylist()) < 1000


def test_a_bomb_and_robots(host: Host) -> None:
    serve(host, gzip.compress(bytes(100_000_000)), content_encoding="gzip")
    with pytest.raises(WrongShape, match="too large"):
        visit(host)
    host.ways["/robots.txt"] = lambda ask: ask.give(200, b"User-agent: *\nDisallow: /")
    with pytest.raises(AccessRefused):
        visit(host)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("no tags\nat all", "no tags\nat all"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("a <b>bold</b>\n word", "a bold word"),
        ("x<script>alert('y')</script>z", "xz"),
        ("<style>p {}</style><p>seen</p>", "seen"),
        ("x <iframe><p>in</p></iframe> y", "x y"),
        ("<script>never closed", ""),
        ("3 &lt; 5 &amp;amp; 7&nbsp;€", "3 < 5 &amp; 7 €"),
        ("<td>1</td><td>2</td>", "1 2"),
        ("a < b and c > d", "a < b and c > d"),
        ("<p>unclosed <i>all", "unclosed all"),
        ("<!-- hidden -->shown", "shown"),
        ("&#x1F600; &unknown;", "😀 &unknown;"),
    ],
)
def test_html_to_text(html: str, text: str) -> None:
    assert plain(html).text == text


@pytest.mark.parametrize(
    ("html", "image", "video"),
    [
        ("<img src=a>", True, False),
        ('<img src=count width="1" height="1">', False, False),
        ("<video src=a></video>", False, True),
        ("word", False, False),
    ],
)
def test_html_media(html: str, image: bool, video: bool) -> None:
    found = plain(html)
    assert (found.image, found.video) == (image, video)


@settings(max_examples=200)
@given(st.text(alphabet=st.sampled_from("<>&;/!-ab \n\"'=#x1script"), max_size=60))
def test_html_never_fails(html: str) -> None:
    assert isinstance(plain(html).text, str)


_PIECES = (
    "<p>", "</p>", "<b>", "</b>", "<br>", "<br/>", "<td>", "</td>", '<a href="x">', "</a>",
    "<a href='x'>", '<img src="a/b">', '<img class="x emoji">', "<IMG>", '<img width="1" />',
    "<aside>", "</aside>", '<aside class="quote x">', "<script>", "&am", "&amp", "p;", "&lt;",
    "<", ">", " ", "\n", "\t", '<img class="x\temoji">', "a", "=", '"', "<!-- x -->", "</", "/>",
    "<P>", "<p hidden>",
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.sampled_from(_PIECES), max_size=9))
def test_the_short_way_says_what_the_parser_says(pieces: list[str]) -> None:
    html = "".join(pieces)
    if "<" in html or "&" in html:
        # a newline of the source is a space to a reader
        assert plain(html) == _parsed(html.replace("\n", " "))
