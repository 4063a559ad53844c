"""Timelines of Mastodon through the real library from a real server: every post once, in order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import mastodon_host as m
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mastodon_host import NOW, START, hourly, source, status, texts, timeline, visit
from shared import SHARED
from test_http_host import Ask, Host, running

from base.errors import BadInput, UniteError
from collectors.collector import Cursor, Window
from collectors.errors import AccessRefused, Gone, RateLimited, WrongShape

pytestmark = pytest.mark.unit
TAG = "/api/v1/timelines/tag/wien"
LOCAL = "/api/v1/timelines/public"
WIRE = SHARED / "data" / "wire" / "mastodon"


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        yield found


def names(count: int, first: int = 0) -> list[str]:
    return [f"Beitrag {n}" for n in range(first, count)]


def last(pages: list[Any]) -> Cursor:
    cursor = pages[-1].cursor
    assert cursor is not None
    assert json.loads(json.dumps(dict(cursor.state))) == cursor.state
    return cursor


def hours(first: float, end: float) -> Window:
    return Window(START + timedelta(hours=first), START + timedelta(hours=end))


def test_a_hashtag_from_the_oldest_to_the_newest(host: Host) -> None:
    host.ways[TAG] = timeline(hourly(100))
    pages = visit(host)
    assert texts(pages) == names(100)
    assert [p.fetched for p in pages] == [40, 40, 20]
    assert last(pages).state["id"] == m.number(START + timedelta(hours=99))
    # the newest page tells how the server counts; then forward from the window's beginning
    first, second, third, *_ = m.asked(host)
    assert first == f"{TAG}?limit=40"
    begin = m.number(m.ALWAYS.since - timedelta(minutes=10))
    assert second == f"{TAG}?min_id={begin}&limit=40"
    assert third == f"{TAG}?min_id={m.number(START + timedelta(hours=39))}&limit=40"
    assert len(host.asked) == 5  # the last is empty


def test_nothing_but_the_timeline_is_asked(host: Host) -> None:
    host.ways[TAG] = timeline(hourly(3))
    visit(host)
    assert {path.partition("?")[0] for path in host.paths()} == {TAG}
    assert all(h["user-agent"].startswith("UniteEurope/") for _, h in host.asked)
    assert all("authorization" not in h for _, h in host.asked)


def test_a_quiet_hashtag_takes_one_question(host: Host) -> None:
    host.ways[TAG] = timeline(hourly(30))
    pages = visit(host, window=hours(10, 500))
    assert (texts(pages), len(host.asked)) == (names(30, first=10), 1)


def test_an_empty_hashtag_is_looked_at_all_the_same(host: Host) -> None:
    host.ways[TAG] = timeline([])
    (page,) = visit(host)
    assert (page.fetched, page.items.num_rows, page.cursor) == (0, 0, None)


def test_the_next_look_goes_on_from_the_cursor(host: Host) -> None:
    host.ways[LOCAL] = timeline(hourly(50))
    place = source("/public/local")
    first = visit(host, place=place, window=hours(0, 100))
    host.ways[LOCAL] = timeline(hourly(53))
    host.asked.clear()
    second = visit(host, last(first), hours(100, 200), place=place)
    assert texts(second) == names(53, first=50)
    assert "local=1" in m.asked(host)[0]
    third = visit(host, last(second), hours(200, 300), place=place)
    assert (texts(third), last(third)) == ([], last(second))


def test_the_window_is_half_open_and_what_comes_after_waits(host: Host) -> None:
    host.ways[TAG] = timeline(hourly(100))
    pages = visit(host, window=hours(10, 50))
    assert texts(pages) == names(50, first=10)
    assert last(pages).state["id"] == m.number(START + timedelta(hours=49))
    assert len(host.asked) == 3  # it stops at a page that lies after the window
    assert texts(visit(host, last(pages), hours(50, 52)))[-2:] == names(52, first=50)


def test_a_back_fill_reads_before_the_cursor_and_does_not_move_it(host: Host) -> None:
    host.ways[TAG] = timeline(hourly(100))
    cursor = last(visit(host, window=hours(60, 100)))
    pages = visit(host, cursor, hours(10, 50))
    assert texts(pages) == names(50, first=10)
    assert {str(p.cursor) for p in pages} == {str(cursor)}
    through = visit(host, cursor, hours(50, 200))
    assert texts(through) == names(100, first=50)
    assert last(through) == cursor


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 40), st.integers(0, 8), st.sampled_from(["/tags/wien", "/public/local"]))
def test_a_look_that_was_cut_off_at_any_page_loses_nothing(count: int, at: int, path: str) -> None:
    with running() as host:
        host.ways = dict.fromkeys((TAG, LOCAL), timeline(hourly(count), most=6))
        place = source(path)
        whole = visit(host, place=place)
        cut = min(at, len(whole) - 1)
        before, cursor = whole[:cut], whole[cut - 1].cursor if cut else None
        # the same window again (nothing was recorded), or the next one (it was)
        for window in (m.ALWAYS, Window(NOW - timedelta(hours=1), NOW)) if cut else (m.ALWAYS,):
            after = visit(host, cursor, window, place=place)
            assert sorted({*texts(before), *texts(after)}) == sorted(texts(whole))
            assert last(after) == last(whole)


def test_a_post_of_another_server_that_comes_late_is_found(host: Host) -> None:
    posts = hourly(50)
    host.ways[TAG] = timeline(posts)
    cursor = last(visit(host, window=hours(0, 50)))
    late = status("kam zu spät", START + timedelta(hours=45, minutes=30))
    host.ways[TAG] = timeline([*posts, late])
    assert "kam zu spät" in texts(visit(host, cursor, hours(50, 60)))
    # where only posts of the server itself stand, none comes late and none is asked for twice
    host.ways[TAG] = timeline(posts)
    here = source(scope="local")
    cursor = last(visit(host, window=hours(0, 50), place=here))
    assert texts(visit(host, cursor, hours(50, 60), place=here)) == []


def test_a_date_in_the_future_waits_and_holds_the_cursor(host: Host) -> None:
    ahead = status("geht vor", NOW + timedelta(hours=2), native=m.number(NOW - timedelta(hours=5)))
    wrong = status(
        "aus 2031", NOW + timedelta(days=1500), native=m.number(NOW - timedelta(hours=4))
    )
    posts = [*hourly(3), ahead, wrong, status("danach", NOW - timedelta(hours=3))]
    host.ways[TAG] = timeline(posts)
    pages = visit(host)
    assert texts(pages) == [*names(3), "danach"]
    assert [(r.column, r.reason) for p in pages for r in p.rejected] == [
        ("created", "a date out of range")
    ]
    assert last(pages).state["id"] == m.number(START + timedelta(hours=2))
    later = Window(NOW, NOW + timedelta(hours=3))
    assert "geht vor" in texts(visit(host, last(pages), later))


def test_a_server_that_numbers_in_its_own_way_is_walked_back(host: Host) -> None:
    """Pleroma, GoToSocial and others speak the API with codes for ids."""
    posts = [s | {"id": f"01J{n:023d}"} for n, s in enumerate(hourly(100))]
    host.ways[TAG] = timeline(posts)
    pages = visit(host, window=hours(10, 500))
    assert texts(pages) == names(100, first=10)
    assert max(p.fetched for p in pages) <= 40
    assert not any("min_id" in path for path in host.paths())
    host.ways[TAG] = timeline(
        [*posts, status("neu", NOW - timedelta(hours=1), native=f"01K{1:023d}")]
    )
    assert texts(visit(host, last(pages), hours(500, 700))) == ["neu"]


def test_a_server_that_cannot_page_is_said_to_be_so(host: Host) -> None:
    host.ways[TAG] = timeline(hourly(100))
    cursor = last(visit(host, window=hours(70, 100)))
    host.ways[TAG] = timeline(hourly(100), knows_min_id=False)
    with pytest.raises(WrongShape, match="does not page forward"):
        visit(host, cursor, hours(100, 200), place=source(scope="local"))
    with pytest.raises(WrongShape, match="does not page forward"):
        visit(host)
    host.ways[TAG] = m.gives([status("x", START, native="01JZZZ")])
    with pytest.raises(WrongShape, match="does not page back"):
        visit(host)


def test_a_page_given_twice_doubles_nothing(host: Host) -> None:
    posts = hourly(60)
    honest, seen = timeline(posts), [0]

    def overlapping(ask: Ask) -> None:
        seen[0] += 1
        # the third answer begins ten statuses too early
        again = m.gives([*reversed(posts[30:60])]) if seen[0] == 3 else honest
        again(ask)

    host.ways[TAG] = overlapping
    assert texts(visit(host)) == names(60)


def test_boosts_are_passed_over_and_what_is_withheld_is_counted(host: Host) -> None:
    one, two, three, four = hourly(4)
    host.ways[TAG] = timeline(
        [
            one,
            two | {"reblog": one},
            three | {"account": m.account(noindex=True)},
            four | {"visibility": "private"},
        ]
    )
    (page,) = visit(host)
    assert (texts([page]), page.fetched, page.dropped, page.rejected) == (names(1), 4, 2, ())
    (page,) = visit(host, place=source(indexing="opt-in"))
    assert (texts([page]), page.dropped) == ([], 3)


def test_one_bad_item_is_rejected_and_the_others_go_on(host: Host) -> None:
    one, two, three, four = hourly(4)
    del two["content"]
    three["account"] = None
    host.ways[TAG] = lambda ask: m.gives(
        [] if m.number(START + timedelta(hours=3)) in ask.path else [four, three, None, two, one]
    )(ask)
    (page,) = visit(host)
    assert texts([page]) == ["Beitrag 0", "Beitrag 3"]
    assert sorted((r.column, r.reason) for r in page.rejected) == [
        ("account", "no account"), ("content", "no HTML"), ("id", "no status with an id"),
    ]  # fmt: skip
    assert page.fetched == 5


@pytest.mark.parametrize("body", [{"error": "x"}, [{"uri": "x"}], [None], "x", 7])
def test_another_shape_is_said(host: Host, body: object) -> None:
    host.ways[TAG] = m.gives(body)
    with pytest.raises(WrongShape) as caught:
        visit(host)
    assert "kaffeehaus" in str(caught.value)


def test_an_answer_that_is_no_json_is_not_repeated(host: Host) -> None:
    host.ways[TAG] = lambda ask: ask.give(200, b"<html>Frau Huber, Quellengasse 117</html>")
    with pytest.raises(WrongShape) as caught:
        visit(host)
    error: BaseException | None = caught.value
    assert "Huber" not in str(error)
    assert error is not None
    assert error.__cause__ is None
    assert error.__suppress_context__


@pytest.mark.parametrize(
    ("code", "kind"),
    [(401, AccessRefused), (404, Gone), (410, Gone), (422, WrongShape)],
)  # fmt: skip
def test_refusals(host: Host, code: int, kind: type[UniteError]) -> None:
    host.ways[TAG] = m.gives({"error": "This account is suspended"}, code)
    with pytest.raises(kind) as caught:
        visit(host)
    if kind is AccessRefused:
        assert "UNITE_COLLECTORS_MASTODON_TOKEN" in str(caught.value)


def test_a_used_up_limit_is_waited_for_and_a_long_one_is_said(host: Host) -> None:
    full, answers = timeline(hourly(1)), [0]

    def limited(ask: Ask) -> None:
        answers[0] += 1
        reset = {"x_ratelimit_remaining": "0", "x_ratelimit_reset": "2026-03-10T12:00:30.000Z"}
        (m.gives({"error": "x"}, 429, **reset) if answers[0] == 1 else full)(ask)

    host.ways[TAG] = limited
    assert texts(visit(host, tries=2, longest_wait=60)) == names(1)
    answers[0] = 0
    with pytest.raises(RateLimited) as caught:
        visit(host, tries=2, longest_wait=10)
    assert caught.value.retry_after == 30


def test_an_institutions_account(host: Host) -> None:
    host.ways["/api/v1/accounts/lookup"] = m.gives(m.account("stadt") | {"id": "77"})
    host.ways["/api/v1/accounts/77/statuses"] = timeline(hourly(50))
    place = source("/@stadt", voice="institutional")
    pages = visit(host, place=place)
    assert texts(pages) == names(50)
    assert m.asked(host)[0] == "/api/v1/accounts/lookup?acct=stadt"
    assert "exclude_reblogs=1" in m.asked(host)[1]
    host.asked.clear()
    visit(host, last(pages), Window(NOW, NOW + timedelta(hours=1)), place=place)
    assert not any("lookup" in path for path in host.paths())  # the cursor knows the number


def test_a_cursor_of_another_address_is_not_followed(host: Host) -> None:
    host.ways[TAG] = timeline(hourly(5))
    elsewhere = Cursor({"address": "https://x.invalid/tags/wien", "id": "9", "at": NOW.isoformat()})
    assert texts(visit(host, elsewhere)) == names(5)


def test_a_token_goes_to_its_own_server_only(host: Host) -> None:
    host.ways[TAG] = timeline(hourly(1))
    visit(host, token=f"anderswo.invalid t1, {m.SERVER} t2")
    assert host.asked[0][1]["authorization"] == "Bearer t2"
    host.asked.clear()
    visit(host, token="anderswo.invalid t1")
    assert "authorization" not in host.asked[0][1]
    with pytest.raises(BadInput) as caught:
        visit(host, token="geheim")
    assert "UNITE_COLLECTORS_MASTODON_TOKEN" in str(caught.value)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "asks"),
    [("/tags/wien", TAG), ("/tags/Wien/", "/api/v1/timelines/tag/Wien"),
     ("/tags/m%C3%BCnchen", "/api/v1/timelines/tag/münchen"), ("/public/local", LOCAL)],
)  # fmt: skip
def test_addresses_are_those_of_the_servers_pages(host: Host, path: str, asks: str) -> None:
    host.ways[quote(asks)] = timeline(hourly(1))
    assert texts(visit(host, place=source(path))) == names(1)


@pytest.mark.parametrize(
    ("path", "options", "voice"),
    [
        ("/public", {}, "personal"),  # the whole network: tied to no city
        ("/tags/", {}, "personal"),
        ("/tags/a/b", {}, "personal"),
        ("/tags/a%2F..", {}, "personal"),
        ("/", {}, "personal"),
        ("/@erfunden/109", {}, "institutional"),
        ("/@erfunden@x.invalid", {}, "institutional"),
        ("/@erfunden", {}, "personal"),  # no list of persons
        ("/tags/wien", {"scope": "lokal"}, "personal"),
        ("/tags/wien", {"indexing": "all"}, "personal"),
    ],
)
def test_what_cannot_be_a_source_is_refused_before_anybody_is_asked(
    host: Host, path: str, options: dict[str, str], voice: str
) -> None:
    with pytest.raises(BadInput) as caught:
        visit(host, place=source(path, voice, **options))
    assert "kaffeehaus" in str(caught.value)
    assert host.asked == []


def recorded(name: str) -> list[tuple[str, Any]]:
    """(path, answer) of each GET of a recording of a real Mastodon."""
    srsly = pytest.importorskip("srsly")
    exchanges = srsly.read_yaml(WIRE / name)["interactions"]
    return [
        (e["request"]["uri"].removeprefix("http://localhost:3000"),
         json.loads(e["response"]["body"]["string"]))
        for e in exchanges if e["request"]["method"] == "GET"
    ]  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize("name", ["hashtag_tl.yaml", "public_tl.yaml", "public_tl_anonymous.yaml"])
def test_answers_of_a_real_server(host: Host, name: str) -> None:
    path, listed = next(found for found in recorded(name) if "/timelines/" in found[0])
    host.ways[path.partition("?")[0]] = timeline(listed)
    place = source("/tags/hoot" if "/tag/" in path else "/public/local")
    ends = [moment(s["created_at"]) for s in listed]
    pages = visit(host, window=Window(min(ends), max(ends) + timedelta(seconds=1)), place=place)
    wordless = [s for s in listed if not re.sub("<[^>]+>", "", s["content"])]
    assert [p.fetched for p in pages] == [len(listed)]
    assert len(texts(pages)) == len(listed) - len(wordless) >= 1
    assert {r.reason for p in pages for r in p.rejected} <= {"no text"}
    found = {r["native_id"]: r for p in pages for r in p.items.to_pylist()}
    for theirs in (s for s in listed if s not in wordless):
        item = found[theirs["uri"]]
        assert (item["address"], item["lang"]) == (theirs["url"], theirs["language"])
        assert item["created"] == moment(theirs["created_at"])
        assert item["author"] == theirs["account"]["uri"]
        assert "<" not in item["text"]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
