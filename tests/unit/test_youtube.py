"""Comments of YouTube, through the real client from a local API.

The API answers as developers.google.com/youtube/v3/docs describes (commentThread, comment,
searchResult, errors): no recorded answer was at hand. All words are invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from looks import ALWAYS, NOW, Look, asked, client, created, gives, look
from test_http_host import Ask, Host, running

from base.errors import BadInput, UniteError
from collectors.collector import Access, Cursor, Source, Window
from collectors.errors import AccessRefused, Gone, RateLimited, Unreachable, WrongShape
from collectors.youtube import api as youtube_api
from collectors.youtube import collect, still_public
from collectors.youtube.place import Place, read_place

pytestmark = pytest.mark.unit
START = NOW - timedelta(days=5)
CHANNEL = "UC" + "e" * 22
VIDEO = "erfunden_01"


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def comment(number: str, hours: float, parent: str | None = None, **given: Any) -> dict[str, Any]:
    """A comment resource."""
    snippet = {
        "textDisplay": f"Wohnen in Wien {number}", "authorDisplayName": "@erfunden",
        "authorChannelId": {"value": "UC" + "a" * 22}, "likeCount": 4,
        "publishedAt": at(hours).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }  # fmt: skip
    if parent is not None:
        snippet["parentId"] = parent
    snippet.update(given)
    return {"kind": "youtube#comment", "id": number, "snippet": snippet}


class Tube:
    """Threads newest first and their replies, answered as the API answers."""

    def __init__(self, host: Host) -> None:
        self.threads: dict[str, tuple[dict[str, Any], str, list[dict[str, Any]]]] = {}
        self.off: set[str] = set()
        self.found: list[str] = []
        self.a_page = 100
        for method in ("commentThreads", "comments", "search", "channels"):
            host.ways[f"/{method}"] = getattr(self, f"_{method}")

    def add(
        self, number: str, hours: float, replies: tuple[float, ...] = (), video: str = VIDEO,
        **given: Any,
    ) -> None:  # fmt: skip
        below = [comment(f"{number}.{i}", h, number) for i, h in enumerate(replies)]
        self.threads[number] = (comment(number, hours, **given), video, below)

    def _commentThreads(self, ask: Ask) -> None:
        q = asked(ask)
        if q.get("videoId") in self.off:
            gives(403, error("commentsDisabled", 403))(ask)
            return
        if q.get("videoId", VIDEO) not in {v for _, v, _ in self.threads.values()}:
            gives(404, error("videoNotFound", 404))(ask)
            return
        listed = [t for t in self.threads.values() if q.get("videoId") in (None, t[1])]
        listed.sort(key=lambda t: t[0]["snippet"]["publishedAt"], reverse=True)
        begin = int(q.get("pageToken", "0"))
        items = [
            {
                "id": top["id"],
                "snippet": {
                    "videoId": video,
                    "topLevelComment": top,
                    "totalReplyCount": len(below),
                },
                **({"replies": {"comments": below[-5:]}} if below else {}),
            }
            for top, video, below in listed[begin : begin + self.a_page]
        ]
        answer: dict[str, Any] = {"items": items}
        if begin + self.a_page < len(listed):
            answer["nextPageToken"] = str(begin + self.a_page)
        gives(200, answer)(ask)

    def _comments(self, ask: Ask) -> None:
        q = asked(ask)
        if "id" in q:
            every = {c["id"] for t, _, below in self.threads.values() for c in (t, *below)}
            gives(200, {"items": [{"id": i} for i in q["id"].split(",") if i in every]})(ask)
            return
        below = self.threads[q["parentId"]][2]
        begin = int(q.get("pageToken", "0"))
        answer: dict[str, Any] = {"items": below[begin : begin + 100]}
        if begin + 100 < len(below):
            answer["nextPageToken"] = str(begin + 100)
        gives(200, answer)(ask)

    def _search(self, ask: Ask) -> None:
        gives(200, {"items": [{"id": {"videoId": v}} for v in self.found]})(ask)

    def _channels(self, ask: Ask) -> None:
        is_ours = asked(ask)["forHandle"] == "@stadt"
        gives(200, {"items": [{"id": CHANNEL}] if is_ours else []})(ask)


def error(reason: str, code: int) -> dict[str, Any]:
    """An error resource; its message is not for us to repeat."""
    return {"error": {"code": code, "message": "Erna Erfunden", "errors": [{"reason": reason}]}}


@pytest.fixture(autouse=True)
def _new_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(youtube_api, "_used", {})


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        yield found


@pytest.fixture
def tube(host: Host) -> Tube:
    return Tube(host)


def source(address: str = CHANNEL, **options: str) -> Source:
    return Source("tube", "youtube", "wien", address, "personal", "Europe/Vienna", None, options)


def visit(
    host: Host, window: Window = ALWAYS, cursor: Cursor | None = None, address: str = CHANNEL,
    key: str = "k3y", options: dict[str, str] | None = None, **limits: float,
) -> Look:  # fmt: skip
    with client(**limits) as http:
        access = Access(http, {"key": key}, host.at(""))
        return look(collect, source(address, **(options or {})), access, window, cursor)


def ids(found: Look) -> list[str]:
    return [r["native_id"] for r in found.rows]


def methods(host: Host) -> list[str]:
    return [p[1:].partition("?")[0] for p in host.paths()]


def test_a_thread_and_its_reply(host: Host, tube: Tube) -> None:
    tube.add("a", 1, replies=(2,))
    top, reply = visit(host).rows
    assert top == {
        "native_id": "a", "address": f"https://www.youtube.com/watch?v={VIDEO}&lc=a",
        "author": "UC" + "a" * 22, "created": at(1), "date_given": "2026-03-05T13:00:00Z",
        "kind": "comment", "thread": "a", "text": "Wohnen in Wien a", "replies": 1,
        "reposts": None, "likes": 4, "image": None, "video": None, "lang": None,
        "platform": None, "voice": None,
    }  # fmt: skip
    assert (reply["native_id"], reply["kind"], reply["thread"]) == ("a.0", "reply", "a")
    assert reply["address"].endswith("&lc=a.0")
    path, headers = host.asked[-1]
    assert headers["x-goog-api-key"] == "k3y"
    assert "k3y" not in path


@pytest.mark.parametrize(
    ("given", "texts"),
    [
        ({"textDisplay": ""}, []),
        ({"textDisplay": None}, []),
        ({"publishedAt": "2027-01-01T00:00:00Z"}, []),
        ({"publishedAt": "gestern"}, []),
        ({"authorChannelId": None}, ["Wohnen in Wien a"]),
    ],
    ids=["empty", "no text", "future", "no date", "nobody"],
)
def test_odd_comments(host: Host, tube: Tube, given: dict[str, Any], texts: list[str]) -> None:
    tube.add("a", 1, **given)
    tube.add("b", 2)
    found = visit(host)
    assert found.texts == [*texts, "Wohnen in Wien b"]
    assert all("Wohnen" not in r.reason for r in found.rejected)


def test_all_pages_oldest_first(host: Host, tube: Tube) -> None:
    tube.a_page = 7
    for n in range(40):
        tube.add(f"c{n}", n)
    found = visit(host)
    assert ids(found) == [f"c{n}" for n in range(40)]
    assert created(found.rows) == sorted(created(found.rows))
    assert methods(host) == ["commentThreads"] * 6


def test_the_window_is_half_open_and_following_overlaps(host: Host, tube: Tube) -> None:
    for n in range(0, 60, 2):
        tube.add(f"c{n}", n)
    first = visit(host, Window(at(10), at(20)))
    assert ids(first) == ["c10", "c12", "c14", "c16", "c18"]
    tube.add("late", 19.5)  # shown late by the listing
    found = visit(host, Window(at(20), at(24)), first.cursor)
    assert ids(found) == ["late", "c20", "c22"]
    back = visit(host, Window(at(2), at(6)), found.cursor)
    assert ids(back) == ["c2", "c4"]
    assert back.cursor is not None
    assert found.cursor is not None
    assert back.cursor.state["until"] == found.cursor.state["until"]


def test_old_threads_far_down_are_not_read(host: Host, tube: Tube) -> None:
    tube.a_page = 10
    for n in range(200):
        tube.add(f"c{n}", -24 * n)
    found = visit(host, Window(at(-3), NOW))
    assert ids(found) == ["c0"]
    assert len(host.asked) == 2  # one page of young threads, one without


def test_new_replies_of_an_older_thread_are_found_and_asked_for_once(
    host: Host, tube: Tube
) -> None:
    tube.add("a", 0, replies=tuple(range(1, 9)))
    tube.add("b", 0.5, replies=(1.5,))
    first = visit(host, Window(START, at(10)))
    assert len(first.rows) == 11
    assert methods(host) == ["commentThreads", "comments"]
    host.asked.clear()
    again = visit(host, Window(at(10), at(11)), first.cursor)
    assert again.rows == []
    assert methods(host) == ["commentThreads"]  # the number of replies has not grown
    host.asked.clear()
    tube.threads["a"][2].insert(0, comment("a.new", 11.5, "a"))
    found = visit(host, Window(at(11), at(12)), again.cursor)
    assert ids(found) == ["a.new"]
    assert methods(host) == ["commentThreads", "comments"]


def test_many_replies(host: Host, tube: Tube) -> None:
    tube.add("a", 0, replies=tuple(n / 100 for n in range(250)))
    found = visit(host)
    assert len(found.rows) == 251
    assert methods(host) == ["commentThreads", "comments", "comments", "comments"]


def test_a_page_shown_twice_doubles_nothing(host: Host, tube: Tube) -> None:
    tube.add("a", 1)
    tube.add("b", 2)
    tube.a_page = 1
    honest = tube._commentThreads
    turns = iter([0, 0, 1])

    def shifted(ask: Ask) -> None:
        ask.path = ask.path.partition("&pageToken")[0] + f"&pageToken={next(turns)}"
        honest(ask)

    host.ways["/commentThreads"] = shifted
    assert ids(visit(host)) == ["a", "b"]


def test_a_video_a_handle_and_comments_that_are_off(host: Host, tube: Tube) -> None:
    tube.add("a", 1)
    tube.add("b", 1, video="erfunden_02")
    video = f"https://www.youtube.com/watch?v={VIDEO}"
    assert ids(visit(host, address=video)) == ["a"]
    assert set(ids(visit(host, address="https://www.youtube.com/@stadt"))) == {"a", "b"}
    with pytest.raises(Gone, match="no channel"):
        visit(host, address="@niemand")
    tube.off = {VIDEO}
    off = visit(host, address=video)  # switched off: nothing to read, and the key is fine
    assert (off.rows, off.rejected) == ([], [])
    assert off.cursor is not None
    with pytest.raises(Gone, match="videoNotFound"):
        visit(host, address="https://youtu.be/erfunden_99")


def test_a_search_costs_a_hundred_units_and_is_made_once_a_day(host: Host, tube: Tube) -> None:
    tube.found = [VIDEO, "erfunden_02", "erfunden_99"]  # one is off, one has gone
    tube.add("a", 1)
    tube.add("b", 1, video="erfunden_02")
    tube.off = {"erfunden_02"}
    address = "https://www.youtube.com/results?search_query=Wohnen+Wien"
    options = {"region": "AT", "language": "de"}
    first = visit(host, Window(START, at(5)), address=address, options=options)
    assert ids(first) == ["a"]
    path = next(p for p in host.paths() if p.startswith("/search"))
    for part in ("q=Wohnen%20Wien", "regionCode=AT", "relevanceLanguage=de", "type=video"):
        assert part in path.replace("+", "%20")
    assert first.cursor is not None
    assert first.cursor.state["units"] == "103"
    host.asked.clear()
    second = visit(host, Window(at(5), at(6)), first.cursor, address, options=options)
    assert methods(host) == ["commentThreads"] * 3
    assert second.cursor is not None
    assert second.cursor.state["units"] == "106"


def test_it_stops_before_the_units_of_the_day_are_overdrawn(host: Host, tube: Tube) -> None:
    tube.add("a", 1)
    address = "https://www.youtube.com/results?search_query=Wien"
    options = {"units_a_day": "105"}
    visit(host, options=options)  # one unit
    tube.found = [VIDEO]
    spent = Cursor({"day": "2026-03-10", "units": "6"})  # by another process, earlier today
    host.asked.clear()
    with pytest.raises(RateLimited, match="6 of 105 units of today are used up") as caught:
        visit(host, cursor=spent, address=address, options=options)
    assert host.asked == []
    # noon in Greenwich is 5 in the morning in California, where summer time has begun
    assert caught.value.retry_after == 19 * 3600
    yesterday = Cursor({"day": "2026-03-09", "units": "6"})
    youtube_api._used.clear()
    assert visit(host, cursor=yesterday, address=address, options=options).rows


def test_when_youtube_says_that_the_units_are_used_up_no_other_source_asks(host: Host) -> None:
    host.ways["/commentThreads"] = gives(403, error("quotaExceeded", 403))
    for _ in range(2):
        with pytest.raises(RateLimited, match="used up") as caught:
            visit(host)
        assert caught.value.retry_after == 19 * 3600
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    ("status", "reason", "kind", "said"),
    [
        (400, "keyInvalid", AccessRefused, "UNITE_COLLECTORS_YOUTUBE_KEY"),
        (403, "accessNotConfigured", AccessRefused, "docs/sources.md#youtube"),
        (403, "forbidden", AccessRefused, "source 'tube' of city wien"),
        (401, "", AccessRefused, "(401)"),
        (403, "rateLimitExceeded", RateLimited, "asked to wait"),
        (404, "channelNotFound", Gone, "channelNotFound"),
        (400, "processingFailure", Unreachable, "could not answer"),
        (400, "invalidPageToken", WrongShape, "invalidPageToken"),
        (400, "not a code, a text", WrongShape, "(400)"),
        (429, "", RateLimited, ""),
        (503, "", Unreachable, "503"),
    ],
)
def test_refusals(host: Host, status: int, reason: str, kind: type[UniteError], said: str) -> None:
    host.ways["/commentThreads"] = gives(status, error(reason, status))
    with pytest.raises(kind) as caught:
        visit(host)
    assert said in str(caught.value)
    assert "Erna" not in str(caught.value)
    assert "a text" not in str(caught.value)
    assert "k3y" not in str(caught.value)


def test_without_a_key_nothing_is_asked(host: Host) -> None:
    with pytest.raises(AccessRefused, match="no key for youtube"):
        visit(host, key="")
    assert host.asked == []


@pytest.mark.parametrize("body", [[], {}, {"items": {}}, b"<html>"])
def test_a_changed_shape_is_said(host: Host, body: object) -> None:
    host.ways["/commentThreads"] = gives(200, body)
    with pytest.raises(WrongShape):
        visit(host)


def test_changed_fields_go_to_quarantine(host: Host) -> None:
    bad = [{"id": "x"}, {"id": "y", "snippet": {"topLevelComment": {"id": "y"}}}, "z"]
    host.ways["/commentThreads"] = gives(200, {"items": bad})
    found = visit(host)
    assert found.rows == []
    assert [(r.position, r.column) for r in found.rejected] == [
        (1, "text"),
        (2, "text"),
        (3, "text"),
    ]
    assert found.fetched == 3


@pytest.mark.parametrize(
    ("address", "place"),
    [
        (CHANNEL, Place(channel=CHANNEL)),
        (f"https://www.youtube.com/channel/{CHANNEL}", Place(channel=CHANNEL)),
        ("@stadt", Place(handle="@stadt")),
        ("https://www.youtube.com/@stadt/videos", Place(handle="@stadt")),
        (f"https://www.youtube.com/watch?v={VIDEO}&t=3s", Place(video=VIDEO)),
        (f"https://youtu.be/{VIDEO}", Place(video=VIDEO)),
        (f"https://www.youtube.com/shorts/{VIDEO}", Place(video=VIDEO)),
        ("https://www.youtube.com/results?search_query=a+b", Place(words="a b")),
        ("https://www.youtube.com/watch?v=kurz", None),
        ("https://www.youtube.com/", None),
        ("@", None),
        ("", None),
    ],
)
def test_addresses(address: str, place: Place | None) -> None:
    if place is not None:
        assert read_place(source(address), "here") == place
        return
    with pytest.raises(BadInput, match="not a channel, video or search"):
        read_place(source(address), "here")


def test_whether_comments_still_stand_fifty_at_a_time(host: Host, tube: Tube) -> None:
    for n in range(60):
        tube.add(f"c{n}", n, replies=(n,))
    every = [f"c{n}" for n in range(60)] + ["c3.0", "weg"]
    with client() as http:
        told = still_public(every, Access(http, {"key": "k"}, host.at("")))
    assert told == {i: i != "weg" for i in every}
    assert methods(host) == ["comments", "comments"]


def test_one_that_is_gone_hides_no_other(host: Host, tube: Tube) -> None:
    for n in range(8):
        tube.add(f"c{n}", n)
    honest = tube._comments

    def strict(ask: Ask) -> None:
        is_gone = "weg" in asked(ask)["id"].split(",")
        (gives(404, error("commentNotFound", 404)) if is_gone else honest)(ask)

    host.ways["/comments"] = strict
    every = [*(f"c{n}" for n in range(4)), "weg", *(f"c{n}" for n in range(4, 8))]
    with client() as http:
        told = still_public(every, Access(http, {"key": "k"}, host.at("")))
    assert told == {i: i != "weg" for i in every}
