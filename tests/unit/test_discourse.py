"""Discourse forums, through the real client from a local forum.

The forum answers as docs.discourse.org and its sources describe (PostSerializer, TopicView,
LatestPostsQuery): no recorded answer was at hand. All words are invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from looks import ALWAYS, NOW, Look, asked, asked_all, client, created, gives, look
from test_http_host import Ask, Host, running

from base.errors import BadInput
from collectors.collector import Access, Cursor, Source, Window
from collectors.discourse import collect, still_public
from collectors.errors import AccessRefused, WrongShape

pytestmark = pytest.mark.unit
START = datetime(2026, 2, 1, tzinfo=UTC)


def post(number: int, **given: Any) -> dict[str, Any]:
    """A post as PostSerializer writes it, an hour after the one before."""
    moment = START + timedelta(hours=number)
    return {
        "id": number, "name": None, "username": "erfunden", "user_id": 7, "post_type": 1,
        "created_at": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "cooked": f"<p>Neue Wohnungen, Teil {number}.</p>", "post_number": number % 10 + 1,
        "reply_count": 2, "topic_id": number // 10 + 1, "topic_slug": "wohnen",
        "topic_title": "Wohnen in der Stadt", "category_id": 4, "hidden": False,
        "user_deleted": False, "deleted_at": None,
        "actions_summary": [{"id": 2, "count": 5}, {"id": 3, "count": 9}], **given,
    }  # fmt: skip


class Board:
    """A forum: its posts by number, answered as Discourse answers."""

    def __init__(self, host: Host, posts: list[dict[str, Any]]) -> None:
        self.host = host
        self.posts = {p["id"]: p for p in posts}
        self.is_old = False  # before 2025, `before` also meant: at most 50 numbers below
        self.pinned: set[int] = set()
        host.ways["/posts.json"] = self._latest
        host.ways["/c/stadt/4/l/latest.json"] = self._topics
        host.ways["/search.json"] = self._search
        for topic in {p["topic_id"] for p in posts}:
            host.ways[f"/t/{topic}.json"] = self._topic
            host.ways[f"/t/{topic}/posts.json"] = self._of_topic

    def _latest(self, ask: Ask) -> None:
        numbers = sorted(self.posts, reverse=True)
        before = asked(ask).get("before")
        if before is not None:
            end = int(before)
            numbers = [n for n in numbers if n < end or (self.is_old and n == end)]
            if self.is_old:
                numbers = [n for n in numbers if n > end - 50]
        gives(200, {"latest_posts": [self.posts[n] for n in numbers[:50]]})(ask)

    def _topics(self, ask: Ask) -> None:
        page = int(asked(ask)["page"])
        of: dict[int, list[dict[str, Any]]] = {}
        for p in self.posts.values():
            of.setdefault(p["topic_id"], []).append(p)
        last = {t: max(p["created_at"] for p in ps) for t, ps in of.items()}
        order = sorted(of, key=lambda t: (t in self.pinned, last[t]), reverse=True)
        topics = [
            {"id": t, "title": "Wohnen", "slug": "wohnen", "bumped_at": last[t],
             "last_posted_at": last[t], "pinned": t in self.pinned}
            for t in order
        ]  # fmt: skip
        listed: dict[str, Any] = {"topics": topics[page * 3 : page * 3 + 3]}
        if len(topics) > page * 3 + 3:
            listed["more_topics_url"] = "/c/stadt/4/l/latest?page=1"
        gives(200, {"topic_list": listed})(ask)

    def _stream(self, topic: int) -> list[dict[str, Any]]:
        mine = [p for p in self.posts.values() if p["topic_id"] == topic]
        return [{k: v for k, v in p.items() if k != "topic_title"} for p in mine]

    def _topic(self, ask: Ask) -> None:
        topic = int(ask.path.split("/")[2].partition(".")[0])
        posts = sorted(self._stream(topic), key=lambda p: p["id"])
        stream = {"posts": posts[:4], "stream": [p["id"] for p in posts]}
        gives(200, {"id": topic, "title": "Wohnen", "slug": "wohnen", "post_stream": stream})(ask)

    def _of_topic(self, ask: Ask) -> None:
        wanted = {int(n) for n in asked_all(ask, "post_ids[]")}
        posts = [p for p in self._stream(int(ask.path.split("/")[2])) if p["id"] in wanted]
        gives(200, {"post_stream": {"posts": posts}})(ask)

    def _search(self, ask: Ask) -> None:
        word, after, _ = asked(ask)["q"].split()
        hits = [p for p in self.posts.values() if word in p["cooked"]]
        hits = [p for p in hits if p["created_at"][:10] >= after.removeprefix("after:")]
        page = int(asked(ask)["page"])
        part = hits[page * 50 - 50 : page * 50]
        posts = [{"id": p["id"], "topic_id": p["topic_id"], "blurb": "…"} for p in part]
        more = {"more_full_page_results": len(hits) > page * 50 or None}
        gives(200, {"posts": posts, "grouped_search_result": more})(ask)


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        yield found


def source(host: Host, path: str = "") -> Source:
    return Source("forum", "discourse", "wien", host.at(path), "personal", "Europe/Vienna")


def visit(
    host: Host, window: Window = ALWAYS, cursor: Cursor | None = None, path: str = "", **more: Any
) -> Look:
    limits = {k: more.pop(k) for k in ("read", "total", "tries") if k in more}
    with client(**limits) as http:
        return look(collect, source(host, path), Access(http), window, cursor, **more)


def numbers(found: Look) -> list[int]:
    return [int(r["native_id"].rpartition("/")[2]) for r in found.rows]


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def test_one_post(host: Host) -> None:
    Board(host, [post(20), post(23)])
    found = visit(host)
    base = host.at("")
    assert found.rows[1] == {
        "native_id": f"{base}/p/23", "address": f"{base}/t/wohnen/3/4", "author": f"{base}/u/7",
        "created": at(23), "date_given": "2026-02-01T23:00:00.000Z", "kind": "reply",
        "thread": f"{base}/t/3", "text": "Neue Wohnungen, Teil 23.", "replies": 2, "reposts": None,
        "likes": 5, "image": False, "video": False, "lang": None, "platform": None, "voice": None,
    }  # fmt: skip
    first = found.rows[0]  # the title stands above the first post of a topic only
    assert (first["kind"], first["text"]) == (
        "post",
        "Wohnen in der Stadt\nNeue Wohnungen, Teil 20.",
    )
    assert found.fetched == 2


@pytest.mark.parametrize(
    ("cooked", "text", "image"),
    [
        ('<aside class="quote no-group" data-post="1"><div class="title"><img class="avatar"> '
         "anderer:</div><blockquote><p>fremd</p></blockquote></aside><p>eigen</p>", "eigen", False),
        ("<blockquote><p>selbst gesetzt</p></blockquote><p>eigen</p>",
         "selbst gesetzt\n\neigen", False),
        ('<aside class="onebox"><aside class="quote">x</aside>fremd</aside><p>eigen</p>',
         "eigen", False),
        ('<aside class="hint"><p>ein Hinweis</p></aside>', "ein Hinweis", False),
        ('<p>Danke <img src="/e.png" title=":smile:" class="emoji" alt=":smile:"></p>',
         "Danke", False),
        ('<p>Der Platz</p><div class="lightbox-wrapper"><a href="/a.jpg"><img src="/a.jpg">'
         '<div class="meta"><span class="filename">a.jpg</span></div></a></div>',
         "Der Platz", True),
        ('<p>Danke <a class="mention" href="/u/x">@x</a></p>', "Danke @x", False),
    ],
    ids=["quote", "own quote", "preview", "other aside", "emoji", "picture", "mention"],
)  # fmt: skip
def test_the_words_of_a_post(host: Host, cooked: str, text: str, image: bool) -> None:
    Board(host, [post(1, cooked=cooked, post_number=2)])
    (row,) = visit(host).rows
    assert (row["text"], row["image"]) == (text, image)


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"user_deleted": True}, "text", "removed"),
        ({"deleted_at": "2026-02-02T00:00:00Z"}, "text", "removed"),
        ({"hidden": True}, "text", "removed"),
        ({"post_type": 3}, "kind", "a note of the forum"),
        ({"cooked": "<p><img src=a></p>"}, "text", "no text"),
        ({"cooked": None}, "text", "no text"),
        ({"created_at": "2026-03-10T13:00:00Z"}, None, None),  # a clock that is fast: it waits
        ({"created_at": "2027-01-01T00:00:00Z"}, "created", "out of range"),
        ({"created_at": "gestern"}, "created", "cannot be read"),
    ],
)
def test_what_is_no_post(
    host: Host, change: dict[str, Any], column: str | None, reason: str | None
) -> None:
    Board(host, [post(1), post(2, **change)])
    found = visit(host)
    assert numbers(found) == [1]
    if column is None:
        assert found.rejected == []
    else:
        (rejected,) = found.rejected
        assert (rejected.position, rejected.column) == (2, column)
        assert str(reason) in rejected.reason


@pytest.mark.parametrize("is_old", [False, True])
def test_a_forum_is_read_upwards_without_a_hole(host: Host, is_old: bool) -> None:
    # holes: private messages, deleted posts; wider than a page too
    held = [n for n in range(1, 700) if n % 7 and not 200 < n < 330]
    Board(host, [post(n) for n in held]).is_old = is_old
    found = visit(host)
    assert numbers(found) == held
    assert max(found.sizes) <= 500
    assert created(found.rows) == sorted(created(found.rows))
    assert len(host.asked) < 40


@pytest.mark.parametrize("is_old", [False, True])
@pytest.mark.parametrize("path", ["", "/c/stadt/4"])
def test_the_window_is_half_open(host: Host, is_old: bool, path: str) -> None:
    Board(host, [post(n) for n in range(1, 600)]).is_old = is_old
    found = visit(host, Window(at(250), at(300)), path=path)
    assert numbers(found) == list(range(250, 300))
    later = visit(host, Window(at(300), at(310)), found.cursor, path=path)
    assert numbers(later) == list(range(300, 310))


@pytest.mark.parametrize("path", ["", "/c/stadt/4"])
def test_following_takes_what_is_new_and_what_came_late(host: Host, path: str) -> None:
    board = Board(host, [post(n) for n in range(1, 100)])
    first = visit(host, Window(START, at(100)), path=path)
    assert numbers(first) == list(range(1, 100))
    again = visit(host, Window(at(100), at(101)), first.cursor, path=path)
    assert (again.rows, again.fetched) == ([], 0)
    # approved late: its number is new, its date is not
    late = post(100, created_at=post(90)["created_at"], topic_id=10)
    board.posts |= {100: late, 101: post(101, topic_id=10)}
    found = visit(host, Window(at(101), at(200)), again.cursor, path=path)
    assert numbers(found) == [100, 101]
    assert visit(host, Window(at(200), at(201)), found.cursor, path=path).rows == []


@pytest.mark.parametrize("path", ["", "/c/stadt/4"])
def test_a_look_back_leaves_following_where_it_stood(host: Host, path: str) -> None:
    Board(host, [post(n) for n in range(1, 300)])
    first = visit(host, Window(at(200), at(300)), path=path)
    back = visit(host, Window(at(50), at(60)), first.cursor, path=path)
    assert numbers(back) == list(range(50, 60))
    assert back.cursor == first.cursor


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    held=st.sets(st.integers(1, 880), min_size=1, max_size=800),
    killed=st.integers(1, 2), begin=st.integers(-10, 900), is_old=st.booleans(),
)  # fmt: skip
def test_killed_after_any_page_nothing_is_lost_or_doubled(
    held: set[int], killed: int, begin: int, is_old: bool
) -> None:
    with running() as host:
        Board(host, [post(n) for n in held]).is_old = is_old
        window = Window(at(begin), max(NOW, at(begin + 1)))
        whole = visit(host, window)
        part = visit(host, window, most_pages=killed)
        rest = visit(host, window, part.cursor)
        assert numbers(whole) == sorted(n for n in held if n >= begin)
        if len(whole.sizes) > killed:
            assert numbers(part) + numbers(rest) == numbers(whole)


def test_a_category(host: Host) -> None:
    board = Board(host, [post(n) for n in range(1, 90)])
    board.pinned = {1}
    found = visit(host, Window(at(60), NOW), path="/c/stadt/4")
    assert numbers(found) == list(range(60, 90))
    assert created(found.rows) == sorted(created(found.rows))
    assert {r["address"].split("/")[4] for r in found.rows} == {"wohnen"}
    asked_topics = {p for p in host.paths() if p.startswith("/t/") and p.endswith(".json")}
    # the pinned and the old topics cost a line in a list, not a question
    assert "/t/1.json" not in asked_topics
    assert "/t/2.json" not in asked_topics
    assert "text" not in str(found.cursor)


def test_a_topic_that_went_while_it_was_read(host: Host) -> None:
    Board(host, [post(n) for n in range(1, 30)])
    host.ways["/t/2.json"] = gives(404, {"errors": ["gone"]})
    assert set(numbers(visit(host, path="/c/stadt/4"))) == {*range(1, 10), *range(20, 30)}


def test_one_topic_and_a_search(host: Host) -> None:
    board = Board(host, [post(n) for n in range(1, 60)])
    assert numbers(visit(host, path="/t/wohnen/3")) == list(range(20, 30))
    board.posts[33] = post(33, cooked="<p>Der Sprachkurs beginnt</p>")
    board.posts[12] = post(12, cooked="<p>Ein Sprachkurs endet</p>")
    found = visit(host, Window(at(1), NOW), path="/search?q=Sprachkurs")
    assert found.texts == ["Ein Sprachkurs endet", "Der Sprachkurs beginnt"]


@pytest.mark.parametrize("path", ["/search", "/c/stadt", "/tag", "/t/nur-worte"])
def test_an_address_that_names_no_part(host: Host, path: str) -> None:
    with pytest.raises(BadInput, match="not a part of a Discourse forum"):
        visit(host, path=path)


def test_a_forum_in_a_folder_of_a_site(host: Host) -> None:
    host.ways["/forum/posts.json"] = gives(200, {"latest_posts": [post(1)]})
    (row,) = visit(host, path="/forum").rows
    assert row["address"] == host.at("/forum/t/wohnen/1/2")


def test_asked_to_wait_it_waits(host: Host) -> None:
    board = Board(host, [post(1)])
    answers = [gives(429, {}, retry_after="5"), board._latest]
    host.ways["/posts.json"] = lambda ask: (answers.pop(0) if len(answers) > 1 else answers[0])(ask)
    assert numbers(visit(host, tries=2, total=30)) == [1]


def test_members_only_and_robots(host: Host) -> None:
    Board(host, [post(1)])
    host.ways["/login"] = lambda ask: ask.give(200, b"<html>")
    host.ways["/posts.json"] = lambda ask: ask.give(302, b"", location="/login")
    with pytest.raises(AccessRefused, match="members only"):
        visit(host)
    host.ways["/robots.txt"] = lambda ask: ask.give(200, b"User-agent: *\nDisallow: /search")
    host.ways["/posts.json"] = gives(200, {"latest_posts": []})
    with pytest.raises(AccessRefused, match=r"robots\.txt"):
        visit(host, path="/search?q=wohnen")
    assert visit(host).rows == []


@pytest.mark.parametrize("body", [[], {"posts": []}, {"latest_posts": {}}, {"latest_posts": [1]}])
def test_a_changed_shape_is_said(host: Host, body: object) -> None:
    host.ways["/posts.json"] = gives(200, body)
    with pytest.raises(WrongShape):
        visit(host)


def test_whether_posts_still_stand(host: Host) -> None:
    host.ways |= {
        "/posts/1.json": gives(200, post(1)),
        "/posts/2.json": gives(404, {"errors": []}),
        "/posts/3.json": gives(200, post(3, user_deleted=True)),
        "/posts/4.json": gives(403, {}),
        "/posts/5.json": gives(200, {"another": "shape"}),
    }
    ids = [host.at(f"/p/{n}") for n in range(1, 6)]
    with client() as http:
        told = still_public([*ids, "https://192.168.0.1/p/1", "x"], Access(http, {}, host.at("")))
        assert told == {ids[0]: True, ids[1]: False, ids[2]: False}
        host.asked.clear()
        assert still_public(ids, Access(http)) == {}  # a private network is not asked
    assert host.asked == []
