"""Bluesky through the protocol's own client: what comes, in which order, once, and what is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bluesky_network import SOMEBODY, TOWN, Network, give, post, refuse, repost
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared import SHARED
from test_http_host import running

from base.errors import BadInput, UniteError
from collectors.bluesky import OVERLAP, collect, read_address, still_public
from collectors.bluesky import search as bluesky_search
from collectors.collector import Access, Cursor, Page, Source, Window
from collectors.errors import AccessRefused, Gone, Unreachable, WrongShape
from collectors.http import Http, Limits
from collectors.shapes.bluesky import fields

pytestmark = pytest.mark.unit
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=10)
WINDOW = Window(SINCE, NOW)
KEYS = {"handle": "konto.example", "password": "app-pass"}
SEARCH = Source("s", "bluesky", "wien", "search:wien", "personal", "Europe/Vienna")
ACCOUNT = replace(SEARCH, address="at://stadt.example", voice="institutional")
FEED = replace(SEARCH, address=f"at://{TOWN}/app.bsky.feed.generator/wien")
LIST = replace(SEARCH, address="https://bsky.app/profile/stadt.example/lists/3kliste")


@pytest.fixture
def network() -> Iterator[Network]:
    with running() as host:
        yield Network(host)


def http() -> Http:
    limits = Limits(connect=60, read=60, total=120, tries=1, interval=0)
    return Http(limits=limits, now=lambda: NOW)


def access(network: Network) -> Access:
    return Access(http(), KEYS, network.host.at(""))


def read(
    network: Network, source: Source, window: Window = WINDOW, cursor: Cursor | None = None
) -> list[Page]:
    return list(collect(source, window, cursor, access(network)))


def rows(pages: list[Page]) -> list[dict[str, Any]]:
    return [row for page in pages for row in page.items.to_pylist()]


def names(pages: list[Page]) -> list[str]:
    return [row["native_id"].rpartition("/3k")[2].lstrip("0") for row in rows(pages)]


def at(hours: float) -> datetime:
    return SINCE + timedelta(hours=hours)


@pytest.mark.parametrize("source", [SEARCH, ACCOUNT, FEED, LIST], ids=lambda s: s.address[:25])
def test_posts_come_oldest_first_in_pages(network: Network, source: Source) -> None:
    network.posts = [post(n, at(n / 10), did=TOWN) for n in range(1, 1201)]
    pages = read(network, source)
    assert names(pages) == [str(n) for n in range(1, 1201)]
    assert max(p.items.num_rows for p in pages) <= 500
    assert sum(p.fetched for p in pages) >= 1200


@pytest.mark.parametrize("source", [SEARCH, ACCOUNT, FEED], ids=lambda s: s.address[:25])
def test_the_window_is_half_open(network: Network, source: Source) -> None:
    moments = {1: SINCE - timedelta(seconds=1), 2: SINCE, 3: NOW - timedelta(seconds=1), 4: NOW}
    network.posts = [post(n, m, did=TOWN) for n, m in moments.items()]
    assert names(read(network, source)) == ["2", "3"]


def test_a_post_is_mapped(network: Network) -> None:
    reply = {"root": {"uri": "at://a/app.bsky.feed.post/1", "cid": "x"},
             "parent": {"uri": "at://a/app.bsky.feed.post/2", "cid": "x"}}  # fmt: skip
    network.posts = [
        post(7, at(1), "Deutschkurs in Wien", reply=reply,
             embed={"$type": "app.bsky.embed.images", "images": []}),
    ]  # fmt: skip
    (row,) = rows(read(network, SEARCH))
    assert row == {
        "native_id": f"at://{SOMEBODY}/app.bsky.feed.post/3k000007",
        "address": "https://bsky.app/profile/erfunden.example/post/3k000007",
        "author": SOMEBODY, "created": at(1), "date_given": row["date_given"], "kind": "reply",
        "thread": "at://a/app.bsky.feed.post/1", "text": "Deutschkurs in Wien", "replies": 1,
        "reposts": 2, "likes": 0, "image": True, "video": False, "lang": "de",
        "platform": None, "voice": None,
    }  # fmt: skip


def test_the_answers_here_are_what_the_protocol_promises(network: Network) -> None:
    from atproto_client.models.app.bsky.feed import get_author_feed, search_posts
    from atproto_client.models.utils import get_or_create

    network.posts = [post(n, at(n), did=TOWN) for n in (1, 2)]
    network.reposts = [repost(post(3, at(3)), at(4))]
    bodies: dict[str, Any] = {}

    class Kept(Http):
        def get(self, address: str, **more: Any) -> Any:
            answer = super().get(address, **more)
            bodies[address.rpartition(".")[2]] = answer.json()
            return answer

    kept = Kept(limits=Limits(tries=1, interval=0), now=lambda: NOW)
    for source in (SEARCH, ACCOUNT):
        assert list(collect(source, WINDOW, None, Access(kept, KEYS, network.host.at(""))))
    searched = get_or_create(bodies["searchPosts"], search_posts.Response)
    listed = get_or_create(bodies["getAuthorFeed"], get_author_feed.Response)
    assert searched is not None
    assert [p.record.text for p in searched.posts] == [
        p["record"]["text"] for p in reversed(network.posts)
    ]
    assert listed is not None
    assert listed.feed[0].reason.by.did == TOWN


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("thread_view_post_with_embed_media.json",
         {"kind": "quote", "image": True, "lang": "en", "likes": 0}),
        ("extended_post_record.json", {"kind": "post", "lang": "en", "text": "regress test"}),
        ("post_record.json", {"kind": "post", "lang": None}),
    ],
)  # fmt: skip
def test_recorded_posts_are_mapped(name: str, expected: dict[str, Any]) -> None:
    found = json.loads(Path(SHARED, "data/wire/bluesky", name).read_text("utf-8"))
    view = found["thread"]["post"] if "thread" in found else {**found, "record": found["value"]}
    mapped = fields(view)
    assert mapped["native_id"] == view["uri"]
    assert {k: mapped[k] for k in expected} == expected


def test_reposts_are_counted_and_left_out(network: Network) -> None:
    network.posts = [post(1, at(1), did=TOWN)]
    network.reposts = [repost(post(2, at(2)), at(3))]
    (page,) = read(network, ACCOUNT)
    assert (names([page]), page.fetched, page.rejected) == (["1"], 2, ())


def test_a_follow_up_goes_on_and_looks_a_little_before(network: Network) -> None:
    network.posts = [post(1, at(1)), post(2, at(5))]
    middle = at(10)
    first = read(network, SEARCH, Window(SINCE, middle))
    # one was written before the end of that look and came into the index after it
    network.posts += [post(3, middle - OVERLAP / 2), post(4, at(11))]
    second = read(network, SEARCH, Window(middle, NOW), first[-1].cursor)
    assert names(first) == ["1", "2"]
    assert names(second) == ["3", "4"]


@pytest.mark.parametrize("source", [SEARCH, ACCOUNT], ids=["search", "account"])
def test_what_lies_before_the_cursor_can_be_filled_in(network: Network, source: Source) -> None:
    network.posts = [post(n, at(n), did=TOWN) for n in (1, 2, 30, 40)]
    cursor = read(network, source, Window(at(20), NOW))[-1].cursor
    assert names(read(network, source, Window(SINCE, at(20)), cursor)) == ["1", "2"]


@given(
    times=st.lists(st.integers(0, 240 * 60 - 1), max_size=30),
    page=st.integers(2, 9),
    address=st.sampled_from([SEARCH, ACCOUNT]),
    data=st.data(),
)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_going_on_after_any_page_gives_the_same_posts(
    times: list[int], page: int, address: Source, data: st.DataObject
) -> None:
    with running() as host, pytest.MonkeyPatch.context() as patch:
        patch.setattr(bluesky_search, "MOST", 10)  # several spans of few posts
        network = Network(host, page=page)
        network.posts = [post(n, at(t / 60), did=TOWN) for n, t in enumerate(times)]
        whole = read(network, address)
        cut = data.draw(st.integers(0, len(whole)))
        begun = whole[:cut]
        cursor = next((p.cursor for p in reversed(begun) if p.cursor), None)
        # new ones have come meanwhile: they belong to the next window
        network.posts.append(post(999, NOW, did=TOWN))
        rest = read(network, address, WINDOW, cursor)
    expected = {p["uri"] for p in network.posts[:-1]}
    assert {r["native_id"] for r in rows(whole)} == expected
    assert {r["native_id"] for r in rows(begun + rest)} == expected
    assert len(rows(whole)) == len(expected)


def test_a_dense_search_is_cut_into_spans(network: Network) -> None:
    # a quiet week, then 900 posts in an hour
    network.posts = [post(n, at(n * 5)) for n in range(1, 40)]
    network.posts += [post(1000 + n, at(220) + timedelta(seconds=4 * n)) for n in range(900)]
    pages = read(network, SEARCH)
    assert len(set(names(pages))) == len(rows(pages)) == 939
    assert [r["created"] for r in rows(pages)] == sorted(r["created"] for r in rows(pages))
    assert network.asked("searchPosts") < 20


def test_more_hits_in_a_second_than_are_held_at_once(network: Network) -> None:
    network.posts = [post(n, at(1) + timedelta(milliseconds=n % 5)) for n in range(1, 701)]
    pages = read(network, SEARCH, Window(at(1), at(1) + timedelta(seconds=2)))
    assert len(set(names(pages))) == 700
    assert max(p.items.num_rows for p in pages) == 500


def test_a_server_that_heeds_no_dates_is_walked_down(network: Network) -> None:
    network.heeds_dates = False
    network.posts = [post(n, at(n - 700)) for n in range(1, 901)]
    assert names(read(network, SEARCH)) == [str(n) for n in range(700, 901)]
    # also where that shows only when the window is cut
    network.posts = [post(n, at(n / 10)) for n in range(1, 901)]
    assert names(read(network, SEARCH)) == [str(n) for n in range(1, 901)]


def test_what_newer_posts_pushed_down_on_the_way_is_not_lost(network: Network) -> None:
    network.posts = [post(n, at(n / 10), did=TOWN) for n in range(1, 1001)]
    asked: list[str] = []

    def meanwhile(method: str) -> None:
        asked.append(method)
        if len(asked) == 11:  # the walk is at its end, the way up begins
            network.posts += [post(2000 + n, at(150), did=TOWN) for n in range(150)]

    network.before = meanwhile
    found = names(read(network, FEED))
    assert set(found) >= {str(n) for n in range(1, 1001)}
    assert len(found) == len(set(found))


def test_a_page_that_comes_twice_ends_the_listing(network: Network) -> None:
    same = {"feed": [{"post": post(1, at(1), did=TOWN)}], "cursor": "again"}
    network.host.ways["/xrpc/app.bsky.feed.getAuthorFeed"] = lambda ask: give(ask, same)
    assert names(read(network, ACCOUNT)) == ["1"]


def test_one_session_serves_all_searches_of_a_run(network: Network) -> None:
    network.posts = [post(1, at(1))]
    one = access(network)
    for _ in range(3):
        assert len(rows(list(collect(SEARCH, WINDOW, None, one)))) == 1
    assert network.asked("createSession") == 1
    assert network.asked("getProfile") == 0
    network.tokens.append("another")  # as if the first had run out
    network.host.ways["/xrpc/app.bsky.feed.getAuthorFeed"] = lambda ask: refuse(ask, 400, "X")
    assert len(rows(list(collect(SEARCH, WINDOW, None, one)))) == 1
    assert network.asked("createSession") == 2


def test_feeds_are_read_without_any_key(network: Network) -> None:
    network.posts = [post(1, at(1), did=TOWN)]
    for source in (ACCOUNT, FEED, LIST):
        pages = list(collect(source, WINDOW, None, Access(http(), {}, network.host.at(""))))
        assert names(pages) == ["1"]
    assert network.asked("createSession") == 0
    assert all("authorization" not in headers for _, headers in network.host.asked)


def test_a_search_without_keys_names_the_setting(network: Network) -> None:
    given = Access(http(), {"handle": "a.example", "password": ""}, network.host.at(""))
    with pytest.raises(AccessRefused) as caught:
        list(collect(SEARCH, WINDOW, None, given))
    assert caught.value.expected == "UNITE_COLLECTORS_BLUESKY_PASSWORD"
    assert "source 's' of city wien" in str(caught.value)
    assert "docs/sources.md#bluesky" in str(caught.value)
    assert network.host.asked == []


def refusing(method: str, status: int, code: str, message: str = "no", **headers: str) -> Any:
    def prepare(network: Network) -> None:
        network.host.ways[f"/xrpc/{method}"] = lambda ask: refuse(
            ask, status, code, message, **headers
        )

    return prepare


SESSION, SEARCHED = "com.atproto.server.createSession", "app.bsky.feed.searchPosts"
LISTED = "app.bsky.feed.getAuthorFeed"


@pytest.mark.parametrize(
    ("source", "prepare", "kind", "said"),
    [
        (SEARCH, refusing(SESSION, 401, "AuthenticationRequired"), AccessRefused,
         "AuthenticationRequired"),
        (SEARCH, refusing(SESSION, 401, "AuthFactorTokenRequired"), AccessRefused, "AuthFactor"),
        (SEARCH, refusing(SESSION, 401, "AccountTakedown"), Gone, "AccountTakedown"),
        (SEARCH, refusing(SEARCHED, 403, "Forbidden"), AccessRefused, "wien"),
        (SEARCH, refusing(SEARCHED, 400, "BadQueryString"), WrongShape, "BadQueryString"),
        (SEARCH, refusing(SEARCHED, 400, "ExpiredToken"), WrongShape, "ExpiredToken"),
        (ACCOUNT, refusing(LISTED, 400, "InvalidRequest", "Profile not found"), Gone, "any more"),
        (ACCOUNT, refusing(LISTED, 400, "AccountDeactivated"), Gone, "AccountDeactivated"),
        (ACCOUNT, refusing(LISTED, 400, "BlockedActor"), AccessRefused, "BlockedActor"),
        (ACCOUNT, refusing(LISTED, 403, "weird <b>"), AccessRefused, "403"),
        (FEED, refusing("app.bsky.feed.getFeed", 400, "UnknownFeed"), Gone, "UnknownFeed"),
        (FEED, refusing("app.bsky.feed.getFeed", 502, "UpstreamFailure"), Unreachable, "502"),
        (ACCOUNT, refusing(LISTED, 500, "InternalServerError"), Unreachable, "500"),
        (ACCOUNT, refusing(LISTED, 404, "XRPCNotSupported"), Gone, "404"),
    ],
)  # fmt: skip
def test_refusals_are_told_apart(
    network: Network, source: Source, prepare: Any, kind: type[UniteError], said: str
) -> None:
    network.posts = [post(1, at(1), did=TOWN)]
    prepare(network)
    with pytest.raises(kind) as caught:
        read(network, source)
    assert said in str(caught.value)
    assert "app-pass" not in str(caught.value)
    assert "weird" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [b'{"feed": [', {"posts": []}, [], {"feed": {"a": 1}}],
)
def test_answers_that_are_none(network: Network, answer: Any) -> None:
    network.host.ways[f"/xrpc/{LISTED}"] = lambda ask: give(ask, answer)
    with pytest.raises(WrongShape):
        read(network, ACCOUNT)


def test_one_bad_post_stops_no_other(network: Network) -> None:
    odd: list[Any] = [
        {"post": {**post(2, at(2)), "record": None}},
        {"post": {**post(3, at(3)), "record": {"text": 5, "createdAt": []}}},
        {"post": post(4, at(4), createdAt="gestern")},
        {"post": post(5, at(5), createdAt="0001-01-01T00:00:00Z")},
        {"post": None}, {}, None, "x", 7,
        {"post": {**post(6, at(6)), "author": None}},
        {"post": post(8, at(8), "   ")},
    ]  # fmt: skip
    feed = [{"post": post(9, at(9), did=TOWN)}, *odd, {"post": post(1, at(1), did=TOWN)}]
    network.host.ways[f"/xrpc/{LISTED}"] = lambda ask: give(ask, {"feed": feed})
    pages = read(network, ACCOUNT)
    assert set(names(pages)) == {"1", "6", "9"}
    rejected = [r for p in pages for r in p.rejected]
    assert {r.column for r in rejected} >= {"text", "created", "post"}
    assert all("gestern" not in str(r) for r in rejected)
    assert len({r.position for r in rejected}) == len(rejected)


def test_who_asks_to_be_shown_to_signed_in_people_only_is_left_out(network: Network) -> None:
    shy = post(1, at(1))
    shy["author"]["labels"] = [{"src": SOMEBODY, "uri": SOMEBODY, "val": "!no-unauthenticated"}]
    other = post(2, at(2))
    other["author"]["labels"] = [{"src": SOMEBODY, "uri": SOMEBODY, "val": "bot"}]
    network.posts = [shy, other]
    (page,) = read(network, SEARCH)
    assert names([page]) == ["2"]
    assert "signed-in" in page.rejected[0].reason


@pytest.mark.parametrize("source", [SEARCH, ACCOUNT], ids=["search", "account"])
def test_a_clock_that_runs_ahead_counts_as_when_the_network_saw_it(
    network: Network, source: Source
) -> None:
    network.posts = [post(1, NOW + timedelta(days=400), did=TOWN, seen=at(3))]
    (row,) = rows(read(network, source))
    assert row["created"] == at(3)


def test_a_date_without_zone_is_utc(network: Network) -> None:
    network.posts = [post(1, at(1), createdAt="2026-11-10T12:00:00.25")]
    (row,) = rows(read(network, SEARCH))
    assert row["created"] == datetime(2026, 11, 10, 12, 0, 0, 250_000, UTC)


@pytest.mark.parametrize(
    ("address", "voice", "expected"),
    [
        ("search:#wien", "personal", ("search", "#wien", "")),
        ("search: Wien Geflüchtete ", "personal", ("search", "Wien Geflüchtete", "")),
        ("at://stadt.example", "institutional", ("account", "stadt.example", "")),
        ("stadt.example", "media", ("account", "stadt.example", "")),
        ("@Stadt.Example", "political", ("account", "stadt.example", "")),
        ("did:plc:abc", "media", ("account", "did:plc:abc", "")),
        ("https://bsky.app/profile/stadt.example", "media", ("account", "stadt.example", "")),
        ("https://bsky.app/profile/stadt.example/feed/wien", "personal",
         ("feed", "stadt.example", "wien")),
        ("at://did:web:a.example/app.bsky.graph.list/3k", "personal",
         ("list", "did:web:a.example", "3k")),
    ],
)  # fmt: skip
def test_addresses(address: str, voice: str, expected: tuple[str, str, str]) -> None:
    wanted = read_address(replace(SEARCH, address=address, voice=voice))
    assert (wanted.kind, wanted.what, wanted.key) == expected


@pytest.mark.parametrize(
    ("address", "voice"),
    [
        ("search:", "personal"), ("stadt", "media"), ("https://example.org/a", "media"),
        ("at://stadt.example/app.bsky.feed.post/3k", "media"), ("", "media"),
        ("at://stadt.example", "personal"),  # a person's account is no source
        ("at://stadt.example/app.bsky.feed.generator/../x", "media"),
    ],
)  # fmt: skip
def test_addresses_that_are_refused(address: str, voice: str) -> None:
    with pytest.raises(BadInput, match="source 's' of city wien"):
        read_address(replace(SEARCH, address=address, voice=voice))


def test_a_filter_that_the_protocol_does_not_know_is_asked_as_it_stands(network: Network) -> None:
    network.posts = [post(1, at(1), did=TOWN)]
    source = replace(ACCOUNT, options={"filter": "posts_no_replies"})
    assert names(read(network, source)) == ["1"]
    assert "filter=posts_no_replies" in network.host.paths()[-1]
    network.host.asked.clear()
    assert names(read(network, replace(SEARCH, options={"lang": "de"}))) == ["1"]
    assert "lang=de" in network.host.paths()[-1]


def test_which_posts_still_stand_is_asked_without_a_key(network: Network) -> None:
    network.posts = [post(n, at(n)) for n in range(1, 41)]
    asked = [p["uri"] for p in network.posts]
    del network.posts[::2]
    there = {p["uri"] for p in network.posts}
    found = still_public([*asked, "https://example.org/x"], access(network))
    assert found == {uri: uri in there for uri in asked}
    assert network.asked("getPosts") == 2
    assert network.asked("createSession") == 0
    refusing("app.bsky.feed.getPosts", 503, "UpstreamFailure")(network)
    with pytest.raises(Unreachable):
        still_public(asked, access(network))
