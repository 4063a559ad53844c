"""A place followed as it happens: nothing is lost when the stream breaks, deletions are told."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import mastodon_host as m
import pytest
from mastodon_host import SERVER, START, gives, hourly, source, status, texts, timeline
from test_http_host import Ask, Host, running

from base.errors import BadInput, UniteError
from collectors.collector import Access, Cursor, Page, Source
from collectors.errors import AccessRefused, Unreachable, WrongShape
from collectors.http.stream import events
from collectors.mastodon import stream as mastodon_stream
from collectors.mastodon.stream import TakenBack, follow

pytestmark = pytest.mark.unit
TAG = "/api/v1/timelines/tag/wien"
LOCAL = "/api/v1/timelines/public"
INSTANCE = "/api/v2/instance/"
STREAM = "/api/v1/streaming/public/local"
HERE = source("/public/local")


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        found.ways[INSTANCE] = instance("wss://streaming.kaffeehaus.invalid")
        found.ways[LOCAL] = timeline([])
        yield found


def instance(streaming: str) -> Callable[[Ask], None]:
    return gives({"domain": SERVER, "configuration": {"urls": {"streaming": streaming}}})


def event(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def says(*pieces: bytes) -> Callable[[Ask], None]:
    """A stream that says these and is closed by the server."""

    def answer(ask: Ask) -> None:
        ask.send_response(200)
        ask.send_header("content-type", "text/event-stream")
        ask.send_header("connection", "close")
        ask.end_headers()
        for piece in pieces:
            ask.wfile.write(piece)
            ask.wfile.flush()

    return answer


def heard(
    host: Host, count: int, cursor: Cursor | None = None, place: Source = HERE, token: str = ""
) -> list[Page | TakenBack]:
    """The first `count` things that are told, empty pages apart."""
    with m.client(host) as http:
        access = Access(http, {"token": token or f"{SERVER} geheim"})
        found = follow(place, cursor, access)
        told = (f for f in found if isinstance(f, TakenBack) or f.fetched)
        return list(itertools.islice(told, count))


def pages(told: list[Page | TakenBack]) -> list[Page]:
    return [t for t in told if isinstance(t, Page)]


def test_statuses_come_as_they_are_written(host: Host) -> None:
    one, two = hourly(2)
    host.ways[STREAM] = says(b":)\n", event("update", one), b":thump\n", event("update", two))
    (page,) = pages(heard(host, 1))
    assert texts([page]) == ["Beitrag 0", "Beitrag 1"]
    assert page.cursor is not None
    assert page.cursor.state["id"] == two["id"]
    asked = dict(host.asked)
    assert asked[STREAM]["host"] == "streaming.kaffeehaus.invalid"
    assert asked[STREAM]["authorization"] == "Bearer geheim"


def test_what_was_missed_is_caught_up_before_the_stream_is_told(host: Host) -> None:
    one, two, three = hourly(3)
    host.ways[LOCAL] = timeline([one, two])
    host.ways[STREAM] = says(event("update", three))
    cursor = Cursor({"address": HERE.address, "id": one["id"], "at": START.isoformat()})
    assert texts(pages(heard(host, 2, cursor))) == ["Beitrag 1", "Beitrag 2"]
    # the stream was open before: what is written meanwhile waits in it
    paths = [path.partition("?")[0] for path in host.paths()]
    assert paths.index(STREAM) < paths.index(LOCAL)


def test_a_stream_that_breaks_is_opened_again_and_loses_nothing(host: Host) -> None:
    posts = hourly(3)
    opened = [0]

    def breaks(ask: Ask) -> None:
        opened[0] += 1
        if opened[0] == 1:
            ask.send_response(200)
            ask.send_header("content-length", "100000")  # and is cut off long before
            ask.end_headers()
            ask.wfile.write(event("update", posts[0]))
            host.ways[LOCAL] = timeline(posts[:2])  # the second is written while nobody listens
            return
        says(event("update", posts[2]))(ask)

    host.ways[STREAM] = breaks
    at = START - timedelta(hours=1)
    cursor = Cursor({"address": HERE.address, "id": m.number(at), "at": at.isoformat()})
    assert texts(pages(heard(host, 2, cursor))) == ["Beitrag 0", "Beitrag 1", "Beitrag 2"]


def test_a_stream_that_falls_silent_is_opened_again(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mastodon_stream, "QUIET", 0.2)
    one, two = hourly(2)

    def falls_silent(ask: Ask) -> None:
        says(event("update", one))(ask)
        host.ways[STREAM] = says(event("update", two))
        assert isinstance(ask.server, Host)
        ask.server.end.wait(3)

    host.ways[STREAM] = falls_silent
    assert texts(pages(heard(host, 1))) == ["Beitrag 1"]
    assert host.paths().count(STREAM) == 2


def test_a_status_taken_back_is_told_by_its_native_id(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mastodon_stream, "MOST_HELD", 2)
    one, two, three = hourly(3)
    host.ways[STREAM] = says(
        *(event("update", s) for s in (one, two, three)),
        event("delete", one["id"]),
        event("delete", three["id"]),
        event("delete", "1"),  # one that never came by
    )
    first, *rest = heard(host, 3)
    assert isinstance(first, Page)
    assert texts([first]) == ["Beitrag 0", "Beitrag 1"]
    # the third was taken back before anybody was told of it
    assert rest == [TakenBack((one["uri"],)), TakenBack((three["uri"],))]


def test_an_edit_comes_again_and_does_not_move_the_cursor_back(host: Host) -> None:
    one, two = hourly(2)
    edited = one | {"content": "<p>verbessert</p>"}
    host.ways[STREAM] = says(event("update", two), event("status.update", edited))
    (page,) = pages(heard(host, 1))
    ids = page.items["native_id"].to_pylist()
    assert dict(zip(ids, texts([page]), strict=True))[one["uri"]] == "verbessert"
    cursor = Cursor({"address": HERE.address, "id": two["id"], "at": two["created_at"]})
    host.ways[STREAM] = says(event("status.update", edited))
    (page,) = pages(heard(host, 1, cursor))
    assert page.cursor is not None
    assert page.cursor.state["id"] == two["id"]


def test_pages_are_told_after_a_while_although_little_happens(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mastodon_stream, "GATHERED", timedelta(0))
    host.ways[STREAM] = says(*(event("update", s) for s in hourly(3)))
    assert [p.fetched for p in pages(heard(host, 3))] == [1, 1, 1]


def test_a_broken_event_is_counted_and_the_others_go_on(host: Host) -> None:
    host.ways[STREAM] = says(
        b"event: update\ndata: {half\n\n",
        event("announcement", {"id": "1"}),
        event("never-heard-of", {"id": "1"}),
        event("update", status("Servus", START)),
        event("update", status("still", START, account=m.account(noindex=True))),
    )
    (page,) = pages(heard(host, 1))
    assert (texts([page]), page.fetched, page.dropped) == (["Servus"], 3, 1)
    assert [r.column for r in page.rejected] == ["id"]


@pytest.mark.parametrize(("scope", "path"), [("federated", "hashtag"), ("local", "hashtag/local")])
def test_a_hashtag_is_followed(host: Host, scope: str, path: str) -> None:
    host.ways[TAG] = timeline([])
    host.ways[f"/api/v1/streaming/{path}"] = says(event("update", status("Servus", START)))
    assert texts(pages(heard(host, 1, place=source(scope=scope)))) == ["Servus"]
    assert f"/api/v1/streaming/{path}?tag=wien" in host.paths()


@pytest.mark.parametrize(("code", "kind"), [(401, AccessRefused), (503, Unreachable)])
def test_what_cannot_be_opened_is_said(host: Host, code: int, kind: type[UniteError]) -> None:
    host.ways[STREAM] = gives({"error": "x"}, code)
    with pytest.raises(kind) as caught:
        heard(host, 1)
    if kind is AccessRefused:
        assert "kaffeehaus" in str(caught.value)
        assert "UNITE_COLLECTORS_MASTODON_TOKEN" in str(caught.value)


def test_a_stream_that_closes_at_once_is_not_opened_without_end(host: Host) -> None:
    host.ways[STREAM] = says()
    with pytest.raises(Unreachable, match="closed at once"):
        heard(host, 1)


def test_streams_in_a_private_network_are_not_asked(host: Host) -> None:
    host.ways[INSTANCE] = instance("wss://10.0.0.1")
    with pytest.raises(WrongShape, match="private network"):
        heard(host, 1)


def test_without_a_key_and_for_an_account_there_is_no_stream(host: Host) -> None:
    with m.client(host) as http:
        with pytest.raises(AccessRefused, match="UNITE_COLLECTORS_MASTODON_TOKEN"):
            next(follow(HERE, None, Access(http, {"token": ""})))
        with pytest.raises(BadInput, match="no stream"):
            next(follow(source("/@stadt", "institutional"), None, Access(http, {"token": "a b"})))


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_events_are_whole_however_they_are_cut(size: int) -> None:
    whole = b":)\nevent: update\ndata: 1\n\n:thump\n:thump\n\nevent: delete\ndata: 2\n\nevent: up"
    cut = (whole[i : i + size] for i in range(0, len(whole), size))
    found = [e.rstrip(b"\n") for e in events(cut, 100)]
    assert [e for e in found if not e.startswith(b":")] == [
        b"event: update\ndata: 1", b"event: delete\ndata: 2",
    ]  # fmt: skip


def test_an_event_without_end_is_refused() -> None:
    with pytest.raises(WrongShape):
        list(events(iter([b"x" * 60, b"x" * 60]), 100))
