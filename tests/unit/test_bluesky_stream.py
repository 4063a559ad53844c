"""The stream of Bluesky from a local Jetstream: what is kept, what is dropped, and no doubles."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jetstream import START_US, Jetstream, account, commit, streaming
from servers import free_port

from base.errors import BadInput, UniteError
from collectors.bluesky import passing as bluesky_passing
from collectors.bluesky import socket as bluesky_socket
from collectors.bluesky.events import may_matter, read
from collectors.bluesky.stream import StreamPage, follow
from collectors.collector import Cursor
from collectors.errors import AccessRefused, Gone, RateLimited, Unmappable, Unreachable, WrongShape

pytestmark = pytest.mark.unit
BEGIN = datetime.fromtimestamp(START_US / 1e6, UTC)


def keep(text: str) -> str | None:
    return next((city for city in ("wien", "graz") if city in text.casefold()), None)


def after(number: float) -> datetime:
    return BEGIN + timedelta(seconds=number / 10)


def run(
    stream: Jetstream, until: float, cursor: Cursor | None = None, **more: Any
) -> list[StreamPage]:
    given = {"now": lambda: after(until), "sleep": lambda _: None} | more
    return list(follow(keep, address=stream.address, cursor=cursor, until=after(until), **given))


def names(pages: list[StreamPage]) -> list[str]:
    ids = [n for p in pages for n in p.page.items["native_id"].to_pylist()]
    return [n.rpartition("/3k")[2].lstrip("0") or "0" for n in ids]


def deleted(pages: list[StreamPage]) -> list[str]:
    return [n.rpartition("/3k")[2].lstrip("0") or "0" for p in pages for n in p.deleted]


END = commit(10_000, "the end")


def test_only_what_is_tied_to_a_city_is_kept() -> None:
    events = [
        commit(1, "Neue Wohnungen in Wien"),
        commit(2, "Breakfast again"),
        commit(3, "Ein Deutschkurs in Graz", langs=["de"]),
        commit(4, "Wien", collection="app.bsky.feed.like"),
        commit(5, "wien", operation="update", key=5),
        END,
    ]
    with streaming(events=events) as stream:
        (page,) = run(stream, 9_999)
    assert names([page]) == ["1", "3", "5"]
    assert page.homes == ("wien", "graz", "wien")
    assert (page.page.fetched, page.dropped, page.page.rejected) == (4, 1, ())
    assert (page.span.since, page.span.until) == (after(1), after(5) + timedelta(microseconds=1))
    row = page.page.items.to_pylist()[1]
    assert {k: row[k] for k in ("native_id", "address", "author", "kind", "lang", "text")} == {
        "native_id": "at://did:plc:jemand/app.bsky.feed.post/3k000003",
        "address": "https://bsky.app/profile/did:plc:jemand/post/3k000003",
        "author": "did:plc:jemand", "kind": "post", "lang": "de",
        "text": "Ein Deutschkurs in Graz",
    }  # fmt: skip
    assert "Breakfast" not in str(page)
    assert stream.openings[0]["wantedCollections"] == "app.bsky.feed.post"


def test_what_is_taken_back_is_passed_on() -> None:
    events = [
        commit(1, "Wien, eins"),
        commit(2, "Wien, zwei"),
        commit(3, operation="delete", key=1),  # of this page
        commit(4, operation="delete", key=77),  # of long ago
        commit(5, "nothing of a city any more", operation="update", key=2),
        commit(6, "Wien, drei", operation="delete", key=78, collection="app.bsky.feed.like"),
        commit(7, "Wien, vier", who="fort"),
        account(8, "fort", active=False, status="deleted"),
        account(9, "wieder", active=False, status="deactivated"),
        account(10, "wieder", active=True),
        commit(11, operation="delete", key=90),
        commit(12, "Wien, und doch", key=90),  # written anew under the same name
        END,
    ]
    with streaming(events=events) as stream:
        (page,) = run(stream, 9_999)
    assert names([page]) == ["90"]
    assert deleted([page]) == ["1", "77", "2"]
    assert page.closed == ("did:plc:fort",)


def test_a_stream_that_breaks_goes_on_without_loss_or_doubles() -> None:
    events = [commit(n, f"Wien {n}" if n % 3 else "nowhere") for n in range(400)]
    events += [commit(400 + n, operation="delete", key=5000 + n) for n in range(50)]
    with streaming(events=[*events, END], breaks=[130, 170, 90, 3]) as stream:
        pages = run(stream, 9_999)
    assert names(pages) == [str(n) for n in range(400) if n % 3]
    assert deleted(pages) == [str(5000 + n) for n in range(50)]
    assert sum(p.page.fetched for p in pages) == 400
    assert sum(p.dropped for p in pages) == 134
    assert len(stream.openings) == 5
    # each opening goes back a little before the last event
    assert int(stream.openings[1]["cursor"]) == START_US + 129 * 100_000 - 5_000_000


@given(
    tied=st.lists(st.booleans(), min_size=1, max_size=120),
    cut=st.integers(0, 8),
    size=st.integers(1, 20),
    breaks=st.lists(st.integers(1, 60), max_size=3),
)
@settings(deadline=None, max_examples=25)
def test_a_kill_after_any_page_loses_nothing_and_doubles_nothing(
    tied: list[bool], cut: int, size: int, breaks: list[int]
) -> None:
    events = [commit(n, f"Wien {n}" if is_tied else "nowhere") for n, is_tied in enumerate(tied)]
    with (
        streaming(events=[*events, END], breaks=breaks) as stream,
        pytest.MonkeyPatch.context() as p,
    ):
        p.setattr(bluesky_passing, "MOST", size)
        begun = []
        pages = follow(keep, address=stream.address, until=after(9_999), sleep=lambda _: None)
        for _, page in zip(range(cut), pages, strict=False):
            begun.append(page)
        pages.close()
        cursor = begun[-1].page.cursor if begun else None
        rest = run(stream, 9_999, cursor and Cursor(json.loads(json.dumps(dict(cursor.state)))))
    assert names([*begun, *rest]) == [str(n) for n, is_tied in enumerate(tied) if is_tied]


def test_what_is_told_late_after_a_break_is_not_lost() -> None:
    # another machine of the network: the same events, and one that the first had not
    first = [commit(100, "Wien a"), commit(110, "Wien b")]
    with streaming(events=[*first, commit(111, "x"), END]) as stream:
        begun = run(stream, 112)
    second = [commit(90, "Wien late"), *first, commit(120, "Wien c"), END]
    with streaming(events=second) as stream:
        rest = run(stream, 9_999, begun[-1].page.cursor)
    assert (names(begun), names(rest)) == (["100", "110"], ["90", "120"])


def test_a_slow_reader_slows_the_sender_down() -> None:
    text = "Wien " + "x" * 20_000
    events = [commit(n, text) for n in range(3_000)]
    with streaming(events=[*events, END]) as stream:
        pages = follow(keep, address=stream.address, until=after(9_999))
        first = next(pages)
        sent = -1
        while sent != stream.sent:  # until the sender waits for us
            sent = stream.sent
            time.sleep(0.3)
        assert stream.sent < 1_500
        rest = list(pages)
    assert names([first, *rest]) == [str(n) for n in range(3_000)]
    assert max(p.page.items.num_rows for p in rest) <= 500


def test_pages_come_by_the_clock_and_the_end_by_a_word() -> None:
    with streaming(events=[commit(1, "nowhere")]) as stream:
        seen: list[StreamPage] = []
        pages = follow(
            keep, address=stream.address, page_seconds=0.05, stop=lambda: len(seen) >= 2
        )  # fmt: skip
        for page in pages:
            seen.append(page)
            stream.events.append(commit(1 + len(seen), "Wien"))
    # nothing was kept in the first, and its cursor goes on all the same
    assert (names(seen[:1]), seen[0].dropped, seen[0].page.cursor is not None) == ([], 1, True)
    assert names(seen[1:2]) == ["2"]
    assert len(seen) == 3  # what was gathered before the word came
    assert seen[1].span.since == seen[0].span.until


def test_a_long_silence_is_no_time_that_was_looked_at() -> None:
    events = [commit(1, "Wien"), commit(2_000, "Wien")]
    with streaming(events=[*events, END]) as stream, pytest.MonkeyPatch.context() as patch:
        patch.setattr(bluesky_passing, "MOST", 1)
        first, second = run(stream, 9_999)[:2]
    assert first.span.until == after(1) + timedelta(microseconds=1)
    assert second.span.since == after(2_000)


@pytest.mark.parametrize(
    "message",
    [
        b'{"kind":"commit","commit":{"collection":"app.bsky.feed.post"',
        b"\xff\xfe app.bsky.feed.post\"",
        json.dumps(commit(1, "Wien") | {"time_us": "soon"}).encode(),
        json.dumps(commit(1, "Wien") | {"time_us": 10**18}).encode(),
        json.dumps(commit(1, "Wien") | {"time_us": True}).encode(),
        json.dumps(commit(1, "Wien") | {"did": None}).encode(),
        json.dumps(commit(1, "Wien", operation="shuffle")).encode(),
        json.dumps(commit(1, "Wien") | {"commit": {"collection": "app.bsky.feed.post"}}).encode(),
        json.dumps(commit(1, "Wien", createdAt="gestern")).encode(),
        b'"app.bsky.feed.post"', b'["app.bsky.feed.post"]', b'{"a":"app.bsky.feed.post"}',
        b'{"x":' * 50_000 + b'"app.bsky.feed.post"',
        json.dumps(commit(1, None)).encode(),
    ],
    ids=range(14),
)  # fmt: skip
def test_an_odd_message_stops_no_other(message: bytes) -> None:
    with streaming(events=[message, commit(2, "Wien"), END]) as stream:
        (page,) = run(stream, 9_999)
    assert names([page]) == ["2"]
    assert "gestern" not in str(page.page.rejected)


def test_a_post_of_the_future_is_as_old_as_its_event() -> None:
    event = commit(5, "Wien", createdAt="2031-01-01T00:00:00Z")
    with streaming(events=[event, END]) as stream:
        (page,) = run(stream, 9_999)
    assert page.page.items["created"].to_pylist() == [after(5)]


def refused(status: int) -> list[int]:
    return [status] * 20


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"refuses": refused(401)}, AccessRefused),
        ({"refuses": refused(404)}, Gone),
        ({"refuses": refused(400)}, WrongShape),
        ({"refuses": refused(200)}, WrongShape),
        ({"refuses": refused(429)}, RateLimited),
        ({"refuses": refused(503)}, Unreachable),
    ],
)
def test_refusals_are_ours(given: dict[str, Any], kind: type[UniteError]) -> None:
    with streaming(**given) as stream, pytest.raises(kind):
        run(stream, 9_999)
    tries = bluesky_socket.TRIES if kind in (RateLimited, Unreachable) else 1
    assert len(stream.openings) == tries


def test_a_server_that_comes_back_is_read_on() -> None:
    events = [commit(n, "Wien") for n in range(4)]
    with streaming(events=[*events, END], refuses=[503, 503, 429], breaks=[2, 0, 0]) as stream:
        pages = run(stream, 9_999)
    assert names(pages) == ["0", "1", "2", "3"]


def test_what_was_gathered_comes_before_the_error() -> None:
    with streaming(events=[commit(1, "Wien")], breaks=[1] + [0] * 20) as stream:
        stream.events.append(END)
        pages = follow(keep, address=stream.address, sleep=lambda _: None)
        assert names([next(pages)]) == ["1"]
        with pytest.raises(Unreachable):
            next(pages)


def test_a_connection_that_is_silent_counts_as_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky_socket, "_TURN", 0.01)
    with streaming() as stream, pytest.raises(Unreachable):
        list(
            bluesky_socket.messages(
                lambda: stream.address, now=lambda: BEGIN, sleep=lambda _: None, silence=0.02
            )
        )
    assert len(stream.openings) == bluesky_socket.TRIES


def test_a_message_too_large_is_not_held() -> None:
    event = commit(2, "Wien " + "x" * 5_000_000)
    with streaming(events=[commit(1, "Wien"), event]) as stream:
        pages = follow(keep, address=stream.address, sleep=lambda _: None)
        assert names([next(pages)]) == ["1"]
        with pytest.raises(WrongShape, match="too large"):
            next(pages)


def test_no_stream_at_all() -> None:
    slept: list[float] = []
    with pytest.raises(Unreachable):
        list(follow(keep, address=f"ws://127.0.0.1:{free_port()}/", sleep=slept.append))
    assert len(slept) == bluesky_socket.TRIES - 1
    assert slept[-1] > slept[0]
    with pytest.raises(BadInput):
        list(follow(keep, address="https://example.org/", sleep=slept.append))


@pytest.mark.parametrize(
    ("event", "matters"),
    [
        (commit(1, "x"), True),
        (commit(1, operation="delete"), True),
        (account(1, "x", active=False), True),
        # a like names a post by its address, and a text may quote anything
        (commit(1, collection="app.bsky.feed.like",
                subject={"uri": "at://did:plc:x/app.bsky.feed.post/3k"}), False),
        (commit(1, 'they wrote "app.bsky.feed.post" there', collection="a.b.c"), False),
        ({"did": "did:plc:x", "time_us": 1, "kind": "identity", "identity": {}}, False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")], ids=["compact", "spaced"])
def test_the_look_at_the_bytes_misses_no_post(
    event: dict[str, Any], matters: bool, separators: tuple[str, str]
) -> None:
    message = json.dumps(event, separators=separators).encode()
    assert may_matter(message) is matters
    assert bool(read(message)) is matters


def test_a_cursor_that_cannot_be_read_begins_now() -> None:
    for state in ({}, {"time_us": "x"}, {"time_us": "5", "remembered": "a:b :: 7"}):
        with streaming(events=[commit(1, "Wien"), END]) as stream:
            assert names(run(stream, 9_999, Cursor(state))) == ["1"]


def test_deep_nesting_is_no_message() -> None:
    with pytest.raises(Unmappable):
        read(b"[" * 200_000)
