"""Communities of Lemmy, through the real client from a local server.

The server answers as join-lemmy.org/api describes for v3 (PostView, CommentView, next_page): no
recorded answer was at hand. All words are invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from looks import ALWAYS, NOW, Look, asked, client, created, gives, look
from test_http_host import Ask, Host, running

from base.errors import BadInput, UniteError
from collectors.collector import Access, Cursor, Source, Window
from collectors.errors import AccessRefused, Gone, WrongShape
from collectors.lemmy import _address, collect, still_public
from collectors.markdown_text import plain

pytestmark = pytest.mark.unit
START = NOW - timedelta(days=20)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def _view(number: int, hours: float, part: dict[str, Any]) -> dict[str, Any]:
    published = at(hours).strftime("%Y-%m-%dT%H:%M:%S.123456Z")
    return {
        "creator": {"id": 9, "name": "erfunden", "actor_id": "https://lemmy.example/u/erfunden"},
        "community": {"id": 3, "name": "wien"},
        "counts": {"comments": 3, "child_count": 1, "upvotes": 6, "downvotes": 2, "score": 4},
        "kept": {"id": number, "published": published, "deleted": False, "removed": False, **part},
    }


def post(number: int, hours: float, **given: Any) -> dict[str, Any]:
    """A PostView."""
    address = f"https://lemmy.example/post/{number}"
    part = {"name": f"Wohnen {number}", "body": "In **Wien**.", "ap_id": address, **given}
    view = _view(number, hours, part)
    view["post"] = view.pop("kept")
    return view


def comment(number: int, hours: float, **given: Any) -> dict[str, Any]:
    """A CommentView."""
    address = f"https://other.example/comment/{number}"
    part = {"content": f"Antwort {number}", "path": f"0.{number}", "ap_id": address, **given}
    view = _view(number, hours, part)
    view["comment"] = view.pop("kept")
    view["post"] = {"ap_id": "https://lemmy.example/post/1"}
    return view


class Server:
    """A server with one community, newest publication first, pinned posts above."""

    def __init__(self, host: Host, posts: list[Any], comments: list[Any]) -> None:
        self.posts, self.comments = posts, comments
        self.has_cursors = True
        self.community = "wien"
        host.ways["/api/v3/post/list"] = lambda ask: self._list(ask, "post", self.posts)
        host.ways["/api/v3/comment/list"] = lambda ask: self._list(ask, "comment", self.comments)

    def _list(self, ask: Ask, kind: str, views: list[Any]) -> None:
        q = asked(ask)
        assert (q["community_name"], q["sort"], q["limit"]) == (self.community, "New", "50")
        pinned = "featured_community"
        listed = sorted(
            views, key=lambda v: (bool(v[kind].get(pinned)), v[kind]["published"]), reverse=True
        )
        begin = int(q.get("page_cursor", "P0")[1:]) or (int(q.get("page", "1")) - 1) * 50
        answer: dict[str, Any] = {f"{kind}s": listed[begin : begin + 50]}
        if kind == "post" and self.has_cursors:
            answer["next_page"] = f"P{begin + 50}" if begin + 50 < len(listed) else None
        gives(200, answer)(ask)


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        yield found


def source(address: str) -> Source:
    return Source("wien", "lemmy", "wien", address, "personal", "Europe/Vienna")


def visit(
    host: Host, window: Window = ALWAYS, cursor: Cursor | None = None, **limits: float
) -> Look:
    with client(**limits) as http:
        return look(collect, source(host.at("/c/wien")), Access(http), window, cursor)


def numbers(found: Look) -> list[int]:
    return [int(r["native_id"].rpartition("/")[2]) for r in found.rows]


def test_a_post_and_a_comment(host: Host) -> None:
    Server(host, [post(1, 1)], [comment(2, 2)])
    first, second = visit(host).rows
    assert first == {
        "native_id": "https://lemmy.example/post/1", "address": "https://lemmy.example/post/1",
        "author": "https://lemmy.example/u/erfunden",
        "created": at(1).replace(microsecond=123456),
        "date_given": "2026-02-18T13:00:00.123456Z", "kind": "post",
        "thread": "https://lemmy.example/post/1", "text": "Wohnen 1\nIn Wien.", "replies": 3,
        "reposts": None, "likes": 6, "image": False, "video": False, "lang": None,
        "platform": None, "voice": None,
    }  # fmt: skip
    assert (second["kind"], second["thread"]) == ("comment", "https://lemmy.example/post/1")
    assert (second["text"], second["replies"]) == ("Antwort 2", 1)
    assert second["native_id"] == "https://other.example/comment/2"


def test_a_moment_without_a_zone_is_utc(host: Host) -> None:
    Server(host, [post(1, 1, published="2026-02-19T10:00:00.5")], [])  # before Lemmy 0.19
    assert visit(host).rows[0]["created"].isoformat() == "2026-02-19T10:00:00.500000+00:00"


@pytest.mark.parametrize(
    ("given", "image", "video"),
    [
        ({"url": "https://lemmy.example/pictrs/image/a.webp?x=1"}, True, False),
        ({"url": "https://lemmy.example/a", "url_content_type": "video/mp4"}, False, True),
        ({"url": "https://zeitung.example/artikel"}, False, False),
    ],
)
def test_media(host: Host, given: dict[str, Any], image: bool, video: bool) -> None:
    Server(host, [post(1, 1, **given)], [])
    (row,) = visit(host).rows
    assert (row["image"], row["video"]) == (image, video)


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"deleted": True}, "text"),
        ({"removed": True}, "text"),
        ({"content": ""}, "text"),
        ({"content": "> nur ein Zitat"}, "text"),
        ({"content": None}, "text"),
        ({"ap_id": None}, "native_id"),
        ({"published": "gestern"}, "created"),
        ({"published": None}, "created"),
        ({"published": "2027-01-01T00:00:00Z"}, "created"),
    ],
)
def test_what_is_no_comment(host: Host, given: dict[str, Any], column: str) -> None:
    views = [comment(2, 2, **given), comment(1, 1)]
    host.ways["/api/v3/post/list"] = gives(200, {"posts": [], "next_page": None})
    host.ways["/api/v3/comment/list"] = lambda ask: gives(
        200, {"comments": views if asked(ask)["page"] == "1" else []}
    )(ask)
    found = visit(host)
    assert found.texts == ["Antwort 1"]
    assert [r.column for r in found.rejected] == [column]


@pytest.mark.parametrize("has_cursors", [True, False])
def test_all_pages_oldest_first(host: Host, has_cursors: bool) -> None:
    posts = [post(n, n) for n in range(1, 130)]
    Server(host, posts, [comment(n, n + 0.5) for n in range(1, 480)]).has_cursors = has_cursors
    found = visit(host)
    assert len(found.rows) == 129 + 479
    assert created(found.rows) == sorted(created(found.rows))
    assert found.sizes == [500, 108]
    assert found.cursors[0] is None
    assert found.fetched == 608


def test_the_window_is_half_open_and_pinned_posts_stop_nothing(host: Host) -> None:
    posts = [post(n, n) for n in range(1, 300)]
    posts[0]["post"]["featured_community"] = True
    Server(host, posts, [])
    found = visit(host, Window(at(200), at(250)))
    # a moment has 123456 µs here: 199 + lies before, 249 + within
    assert numbers(found) == list(range(200, 250))
    assert len([p for p in host.paths() if "/post/" in p]) == 4  # not down to the oldest


def test_following_takes_what_federation_brought_late(host: Host) -> None:
    server = Server(host, [post(n, n) for n in range(1, 100)], [comment(5, 50)])
    first = visit(host, Window(START, at(100)))
    assert len(first.rows) == 100
    again = visit(host, Window(at(100), at(101)), first.cursor)
    assert again.rows == []
    server.posts += [post(100, 90), post(101, 101.5)]  # 100 was published before the window
    found = visit(host, Window(at(101), at(102)), again.cursor)
    assert numbers(found) == [100, 101]
    assert visit(host, Window(at(102), at(103)), found.cursor).rows == []


def test_what_is_dated_after_the_window_waits(host: Host) -> None:
    server = Server(host, [post(1, 1), post(2, 30), post(3, 2)], [])
    first = visit(host, Window(START, at(10)))
    assert numbers(first) == [1, 3]
    second = visit(host, Window(at(10), at(40)), first.cursor)
    assert 2 in numbers(second)
    server.posts += [post(4, 480.5)]  # another server's clock is fast
    assert 4 not in numbers(visit(host, Window(at(40), NOW), second.cursor))


def test_a_look_back_leaves_following_where_it_stood(host: Host) -> None:
    Server(host, [post(n, n) for n in range(1, 200)], [])
    first = visit(host, Window(at(150), at(200)))
    back = visit(host, Window(at(20), at(30)), first.cursor)
    assert numbers(back) == list(range(20, 30))
    assert back.cursor == first.cursor


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    moments=st.lists(st.integers(0, 470), min_size=1, max_size=120),
    cuts=st.lists(st.integers(0, 480), max_size=4),
)
def test_any_windows_one_after_the_other_give_the_same(moments: list[int], cuts: list[int]) -> None:
    with running() as host:
        Server(host, [post(n, h) for n, h in enumerate(moments, 1)], [])
        whole = visit(host, Window(START, NOW))
        ends = [START, *sorted(at(c) for c in set(cuts) - {0, 480}), NOW]
        cursor, parts = None, []
        for since, until in pairwise(ends):
            part = visit(host, Window(since, until), cursor)
            parts += numbers(part)
            cursor = part.cursor
        assert set(parts) == set(numbers(whole)) == set(range(1, len(moments) + 1))


def test_an_item_shown_twice_is_taken_once(host: Host) -> None:
    Server(host, [], [])
    shown = [[comment(n, n) for n in range(50, 0, -1)], [comment(n, n) for n in range(3, 0, -1)]]
    host.ways["/api/v3/comment/list"] = lambda ask: gives(
        200, {"comments": shown[int(asked(ask)["page"]) - 1] if asked(ask)["page"] < "3" else []}
    )(ask)
    assert numbers(visit(host)) == list(range(1, 51))


@pytest.mark.parametrize(
    ("status", "code", "kind", "said"),
    [
        (404, "couldnt_find_community", Gone, "couldnt_find_community"),
        (400, "couldnt_find_community", Gone, "no such community"),
        (401, "instance_is_private", AccessRefused, "docs/sources.md#lemmy"),
        (400, "Erna Erfunden", WrongShape, "(400)"),
    ],
)
def test_refusals(host: Host, status: int, code: str, kind: type[UniteError], said: str) -> None:
    host.ways["/api/v3/post/list"] = gives(status, {"error": code})
    with pytest.raises(kind) as caught:
        visit(host)
    assert said in str(caught.value)
    assert "Erna" not in str(caught.value)


@pytest.mark.parametrize("body", [[], {"items": []}, {"posts": None}, {"posts": ["x"]}, b"<html>"])
def test_a_changed_shape_is_said(host: Host, body: object) -> None:
    host.ways["/api/v3/post/list"] = gives(200, body)
    with pytest.raises(WrongShape):
        visit(host)


def test_robots_are_obeyed(host: Host) -> None:
    host.ways["/robots.txt"] = lambda ask: ask.give(200, b"User-agent: *\nDisallow: /")
    with pytest.raises(AccessRefused, match=r"robots\.txt"):
        visit(host)


@pytest.mark.parametrize(
    ("address", "asked_at"),
    [
        ("!wien@lemmy.example", ("https://lemmy.example", "wien")),
        ("https://lemmy.example/c/wien", ("https://lemmy.example", "wien")),
        ("https://lemmy.example/c/wien@b.example/", ("https://lemmy.example", "wien@b.example")),
        ("!wien", None),
        ("https://lemmy.example/u/wien", None),
        ("https://lemmy.example/post/1", None),
        ("wien@lemmy.example", None),
    ],
)  # fmt: skip
def test_addresses(address: str, asked_at: tuple[str, str] | None) -> None:
    if asked_at is not None:
        assert _address(source(address)) == asked_at
        return
    with pytest.raises(BadInput):
        _address(source(address))


def test_whether_items_still_stand(host: Host) -> None:
    host.ways |= {
        "/post/1": gives(200, {"type": "Page"}),
        "/post/2": gives(410, {"type": "Tombstone"}),
        "/comment/3": gives(404),
        "/comment/4": gives(401),
        "/comment/5": gives(503),
    }
    ids = [host.at(p) for p in ("/post/1", "/post/2", "/comment/3", "/comment/4", "/comment/5")]
    with client() as http:
        told = still_public([*ids, "http://10.0.0.1/post/1"], Access(http, {}, host.at("")))
    assert told == {ids[0]: True, ids[1]: False, ids[2]: False}
    path, headers = host.asked[1]
    assert (path, headers["accept"]) == ("/post/1", "application/activity+json")
    host.asked.clear()
    with client() as http:
        assert still_public(ids, Access(http)) == {}  # a private network is not asked
    assert host.asked == []


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("keine Zeichen\nhier", "keine Zeichen\nhier"),
        ("**fett**, _schräg_, ***beides***, ~~weg~~, `code`", "fett, schräg, beides, weg, code"),
        ("snake_case_name und 3 * 4 * 5", "snake_case_name und 3 * 4 * 5"),
        ("[Wort](https://a.example/b_c_d \"Titel\") bleibt", "Wort bleibt"),
        ("![ein Bild](https://a.example/b.png) davor", "ein Bild davor"),
        ("<https://a.example/x_y>", "https://a.example/x_y"),
        ("> fremd\n> noch fremd\n\neigen", "eigen"),
        ("5 > 3 und 3 < 5", "5 > 3 und 3 < 5"),
        ("# Titel\n\n## Zweiter ##\nText", "Titel\n\nZweiter\nText"),
        ("- eins\n* zwei\n+ drei\n1. vier", "eins\nzwei\ndrei\n1. vier"),
        ("-5 Grad", "-5 Grad"),
        ("#wien ist ein Schlagwort", "#wien ist ein Schlagwort"),
        (r"\*nicht schräg\* und \_so\_", "*nicht schräg* und _so_"),
        ("davor\n```\ncode\n```\ndanach", "davor\ncode\ndanach"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b\n1 2"),
        ("oben\n\n---\n\nunten", "oben\n\nunten"),
        ("::: spoiler Ende\nverdeckt\n:::\noffen", "verdeckt\noffen"),
        ("Q&A &amp; &lt;b&gt;", "Q&A & <b>"),
        ("[kein Link] (und weiter)", "[kein Link] (und weiter)"),
    ],
)  # fmt: skip
def test_markdown_to_words(markdown: str, text: str) -> None:
    assert plain(markdown) == text


@settings(max_examples=200)
@given(st.text(alphabet=st.sampled_from("*_[]()<>#`~|\\-! \nab:&>1."), max_size=80))
def test_markdown_never_fails_and_adds_nothing(markdown: str) -> None:
    assert len(plain(markdown)) <= len(markdown)
