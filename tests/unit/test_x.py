"""Posts of X: searches, lists and accounts, page by page, from where the cursor stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from x_service import (
    ACCOUNT,
    ACCOUNT_SOURCE,
    ARCHIVE,
    DAY,
    HOUR,
    LIST_SOURCE,
    NOW,
    SEARCH,
    SOURCE,
    USER,
    Service,
    access,
    collect,
    gives,
    ids,
    post,
    posts,
    service,
    snowflake,
    texts,
    window,
)

from base.errors import BadInput
from collectors import x
from collectors.collector import Cursor, Window
from collectors.errors import WrongShape
from collectors.x import cursor as x_cursor
from collectors.x import pages as x_pages
from collectors.x.pages import Answer, Reader, Span

pytestmark = pytest.mark.unit
SECOND = timedelta(seconds=1)


@pytest.fixture
def at() -> Iterator[Service]:
    with service() as found:
        yield found


def test_a_search_is_read_page_by_page_and_comes_out_oldest_first(at: Service) -> None:
    at.posts, at.size = posts(25), 10
    pages = collect(at)
    assert ids(pages) == [p["id"] for p in reversed(at.posts)]
    assert sum(p.fetched for p in pages) == 25
    assert [a.get("next_token") for a in at.asked] == [None, "10", "20"]
    first = at.asked[0]
    assert first["query"] == "(Wien) (Asyl) -is:retweet"
    assert first["start_time"] == "2026-11-15T12:00:00Z"
    assert "end_time" not in first  # until now: X itself knows what it has sorted
    assert "user.fields" not in first
    assert "author_id" not in first["expansions"]
    assert at.host.asked[0][1]["authorization"] == "Bearer a-token"


@pytest.mark.parametrize(("source", "path"), [(LIST_SOURCE, "/2/lists/77/tweets"),
                                              (ACCOUNT_SOURCE, USER)])  # fmt: skip
def test_a_list_and_an_account_are_read_alike(at: Service, source: Any, path: str) -> None:
    at.posts, at.size = posts(25), 10
    before = post(NOW - 30 * DAY)
    at.posts.append(before)
    pages = collect(at, source)
    assert ids(pages) == [p["id"] for p in reversed(at.posts[:25])]
    assert at.host.paths()[-1].startswith(path)
    at.posts.insert(0, post(NOW - 10 * SECOND - 60 * SECOND))
    later = Window(NOW, NOW + HOUR)
    at.now = NOW + HOUR
    assert ids(collect(at, source, later, pages[-1].cursor)) == [at.posts[0]["id"]]


def test_a_list_is_read_no_further_than_to_what_was_read_before(at: Service) -> None:
    at.posts, at.size = posts(100), 10
    first = collect(at, LIST_SOURCE, window(1))
    assert (len(ids(first)), len(at.asked)) == (24, 3)  # posts of a day, and the page of its end
    at.posts, at.now = [post(NOW + HOUR / 2), *at.posts], NOW + HOUR
    at.asked.clear()
    later = collect(at, LIST_SOURCE, Window(NOW, at.now), first[-1].cursor)
    assert (ids(later), len(at.asked)) == ([at.posts[0]["id"]], 1)


def test_the_id_of_an_account_is_looked_up_once(at: Service) -> None:
    at.posts = posts(2)
    cursor = collect(at, ACCOUNT_SOURCE)[-1].cursor
    assert cursor is not None
    assert cursor.state["user"] == "4711"
    at.now = NOW + HOUR
    collect(at, ACCOUNT_SOURCE, Window(NOW, NOW + HOUR), cursor)
    assert [p.partition("?")[0] for p in at.host.paths()] == [ACCOUNT, USER, USER]
    assert at.asked[0]["exclude"] == "retweets"


def test_the_whole_archive_is_searched_where_the_source_says_so(at: Service) -> None:
    at.posts = posts(40, step=10 * DAY)
    source = replace(SOURCE, options={"archive": "full"})
    assert len(ids(collect(at, source, window(365)))) == 37
    assert at.host.paths()[0].startswith(ARCHIVE)
    assert at.asked[0]["max_results"] == "500"
    at.asked.clear()
    # a search for everybody leaves out what it cannot be asked for
    assert len(ids(collect(at, SOURCE, window(365)))) == 1
    assert at.asked[0]["start_time"] == "2026-11-13T12:01:01Z"


def test_a_window_is_half_open(at: Service) -> None:
    edge = NOW - 2 * DAY
    moments = [edge - SECOND, edge, edge + DAY - SECOND, edge + DAY]
    at.posts = [post(m, number=n) for n, m in enumerate(moments)][::-1]
    found = ids(collect(at, span=Window(edge, edge + DAY)))
    assert found == [snowflake(edge, 1), snowflake(edge + DAY - SECOND, 2)]
    # X is asked for whole seconds, and the rest is ours
    parted = Window(edge + SECOND / 2, edge + DAY - SECOND / 2)
    assert ids(collect(at, span=parted)) == [snowflake(edge + DAY - SECOND, 2)]


def test_the_next_look_asks_for_what_is_newer_than_the_newest(at: Service) -> None:
    at.posts = posts(3)
    cursor = collect(at)[-1].cursor
    at.now = NOW + HOUR
    fresh = post(NOW + HOUR / 2)
    # X sorted this one in after it was asked, beside older ones that were read
    late = post(NOW - HOUR, "spät", number=5)
    at.posts = [fresh, late, *at.posts]
    at.asked.clear()
    pages = collect(at, span=Window(NOW, NOW + HOUR), cursor=cursor)
    assert ids(pages) == [late["id"], fresh["id"]]
    assert at.asked[0]["since_id"] == snowflake(NOW - HOUR)
    assert "start_time" not in at.asked[0]


def test_an_old_cursor_is_not_asked_for_by_id(at: Service) -> None:
    at.posts = posts(1, NOW - 2 * DAY)
    cursor = collect(at)[-1].cursor
    at.now = NOW + 6 * DAY
    at.posts.insert(0, post(NOW + 3 * DAY))
    pages = collect(at, span=Window(NOW, at.now), cursor=cursor)
    assert ids(pages) == [at.posts[0]["id"]]
    assert "since_id" not in at.asked[-1]


def test_nothing_found_moves_the_cursor_too(at: Service) -> None:
    (page,) = collect(at)
    assert page.cursor is not None
    assert page.cursor.state["until"] == (NOW - x_cursor.FRESH).isoformat()
    at.now = NOW + HOUR
    at.posts = [post(NOW - 10 * SECOND)]  # was not sorted yet
    assert len(ids(collect(at, span=Window(NOW, at.now), cursor=page.cursor))) == 1


def test_a_back_fill_reads_its_window_and_leaves_the_cursor(at: Service) -> None:
    at.posts = posts(100)
    cursor = collect(at, span=window(1))[-1].cursor
    assert cursor is not None
    early = Window(NOW - 3 * DAY, NOW - 2 * DAY)
    pages = collect(at, span=early, cursor=cursor)
    assert len(ids(pages)) == 24
    assert {str(p.cursor) for p in pages} == {str(cursor)}
    # one up to now reads everything again, and the cursor goes on from its end
    at.now = NOW + HOUR
    at.posts.insert(0, post(NOW + HOUR / 2))
    pages = collect(at, span=Window(NOW - 3 * DAY, at.now), cursor=cursor)
    assert len(ids(pages)) == 73
    last = pages[-1].cursor
    assert last is not None
    assert last.state["newest"] == at.posts[0]["id"]
    assert last.state["until"] == (at.now - x_cursor.FRESH).isoformat()


def test_another_search_at_the_same_source_begins_anew(at: Service) -> None:
    at.posts = [post(NOW - 40 * SECOND)]
    cursor = collect(at)[-1].cursor
    at.now = NOW + HOUR
    span = Window(NOW - 60 * SECOND, at.now)
    assert ids(collect(at, span=span, cursor=cursor)) == []
    changed = replace(SOURCE, address="search:Wien")
    assert ids(collect(at, changed, span, cursor)) == [at.posts[0]["id"]]


def test_a_window_that_was_read_asks_nothing(at: Service) -> None:
    at.posts = posts(5)
    cursor = collect(at)[-1].cursor
    at.asked.clear()
    (page,) = collect(at, span=Window(NOW - SECOND, NOW), cursor=cursor)
    assert (page.cursor, page.fetched, at.asked) == (cursor, 0, [])


def test_a_dense_window_is_read_in_slices_of_time(
    at: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 600 posts in the last ten minutes, and one each half day before
    burst = posts(600, NOW - HOUR, SECOND)
    at.posts = burst + posts(8, NOW - 2 * HOUR, DAY / 2)
    at.size = 10
    honest = x_pages.Reader
    monkeypatch.setattr("collectors.x.listing.Reader", lambda *a: replace(honest(*a), most=3))
    pages = collect(at)
    assert ids(pages) == [p["id"] for p in reversed(at.posts)]
    assert sum(p.fetched for p in pages) == 608
    # half a day without a post costs no question of its own
    assert len(at.asked) < 120


def test_a_page_that_comes_twice_counts_once(at: Service) -> None:
    found = posts(4)
    pages = {
        "": {"data": found[:2], "meta": {"next_token": "a"}},
        "a": {"data": found[:2], "meta": {"next_token": "b"}},
        "b": {"data": found[2:], "meta": {}},
    }
    at.host.ways[SEARCH] = lambda ask: gives(pages[_token(ask.path)])(ask)
    got = collect(at)
    assert ids(got) == [p["id"] for p in reversed(found)]
    assert sum(p.fetched for p in got) == 4
    pages["b"]["meta"] = {"next_token": "a"}
    with pytest.raises(WrongShape, match="circle"):
        collect(at)


def _token(path: str) -> str:
    return path.partition("next_token=")[2].partition("&")[0]


def test_an_empty_page_in_the_middle_is_no_end(at: Service) -> None:
    pages = {
        "": {"data": posts(1), "meta": {"next_token": "a"}},
        "a": {"meta": {"result_count": 0, "next_token": "b"}},
        "b": {"data": [post(NOW - 3 * HOUR)], "meta": {}},
    }
    at.host.ways[SEARCH] = lambda ask: gives(pages[_token(ask.path)])(ask)
    assert len(ids(collect(at))) == 2


def test_reposts_are_counted_and_faults_are_told_without_content(at: Service) -> None:
    moments = [NOW - HOUR * n for n in range(1, 8)]
    good, repost, withheld, empty, nameless, future, odd = (
        post(m, f"geheim {n}", n) for n, m in enumerate(moments)
    )
    repost["referenced_tweets"] = [{"type": "retweeted", "id": "1"}]
    withheld["withheld"] = {"copyright": False, "country_codes": ["DE"], "scope": "tweet"}
    empty["text"] = "  "
    del nameless["id"]
    future["created_at"] = "2031-01-01T00:00:00.000Z"
    odd["created_at"] = {"year": 2026}
    body = {"data": [good, repost, withheld, empty, nameless, future, odd, "text", None]}
    at.host.ways[SEARCH] = gives({**body, "meta": {}})
    pages = collect(at)
    assert ids(pages) == [good["id"]]
    assert sum(p.fetched for p in pages) == 9
    rejected = {(r.position, r.column) for p in pages for r in p.rejected}
    assert rejected == {(3, "withheld"), (4, "text"), (5, "native_id"), (6, "created"),
                        (7, "created"), (8, "native_id"), (9, "native_id")}  # fmt: skip
    assert "geheim" not in str([p.rejected for p in pages])


def test_what_a_post_says_arrives_whole(at: Service) -> None:
    said = "مرحبا بكم في فيينا 🧕🏽 &amp; <Asyl>"
    long = "Ein langer Beitrag über Kurse. " * 1_700
    first = snowflake(NOW - 2 * HOUR)
    edited = post(NOW - HOUR, said, edit_history_tweet_ids=[first, snowflake(NOW - HOUR)])
    whole = post(NOW - 3 * HOUR, long[:270] + "…", note_tweet={"text": long})
    at.posts = [edited, whole]
    pages = collect(at)
    assert texts(pages) == [long, "مرحبا بكم في فيينا 🧕🏽 & <Asyl>"]
    assert ids(pages)[1] == first  # an edited post stays the post it was
    # what a person copies from the page of X is the newest version
    assert pages[0].items["address"][1].as_py() == f"https://x.com/i/status/{edited['id']}"


def test_media_are_known_from_the_page_they_came_with(at: Service) -> None:
    def with_media(number: int, *keys: str) -> Any:
        return post(NOW - HOUR * number, number=number, attachments={"media_keys": list(keys)})

    at.posts = [with_media(1, "3_1"), with_media(2, "3_1", "7_2"), with_media(3, "16_9"),
                post(NOW - 4 * HOUR)]  # fmt: skip
    at.media = [{"media_key": "3_1", "type": "photo"}, {"media_key": "7_2", "type": "video"}]
    items = collect(at)[0].items
    # no media, media that X did not tell, a photo and a video, a photo
    assert items["image"].to_pylist() == [False, None, True, True]
    assert items["video"].to_pylist() == [False, None, True, False]


def test_a_post_keeps_no_more_of_its_author_than_a_number(at: Service) -> None:
    at.posts = [post(NOW - HOUR, author_id="123", geo={"place_id": "a"})]
    row = collect(at)[0].items.to_pylist()[0]
    assert row["author"] == "123"
    assert (row["kind"], row["replies"], row["reposts"], row["likes"]) == ("post", 1, 2, 3)
    assert row["created"] == NOW - HOUR


def test_posts_newer_than_the_window_wait_for_the_next(at: Service) -> None:
    ahead = post(NOW + timedelta(minutes=3))  # X's clock is ahead of ours
    at.posts = [ahead, *posts(1)]
    pages = collect(at)
    assert ids(pages) == [at.posts[1]["id"]]
    at.now = NOW + HOUR
    assert ids(collect(at, span=Window(NOW, at.now), cursor=pages[-1].cursor)) == [ahead["id"]]


@pytest.mark.parametrize(
    ("address", "options", "said"),
    [
        ("wien", {}, "no address"),
        ("list:wien", {}, "no address"),
        ("@a-b", {}, "no address"),
        ("search: ", {}, "no query"),
        ("search:Wien", {"archive": "ful"}, "unknown option 'archive = ful'"),
        ("search:Wien", {"since": "2020"}, "unknown option"),
        ("search:" + "a " * 260, {}, "a query of 531 characters"),
        ("search:" + "a " * 520, {"archive": "full"}, "a query of 1,051 characters"),
    ],
)
def test_an_address_that_cannot_be_asked_is_said(
    at: Service, address: str, options: dict[str, str], said: str
) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        collect(at, replace(SOURCE, address=address, options=options))
    assert "x-wien" in str(caught.value)
    assert at.host.asked == []


def test_a_contract_allows_longer_queries(at: Service) -> None:
    source = replace(SOURCE, address="search:" + "a " * 520, options={"plan": "enterprise"})
    collect(at, source)
    assert len(at.asked[0]["query"]) == 1_051


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 80), max_size=60, unique=True),  # half seconds
    st.integers(1, 4),
    st.integers(1, 7),
    st.integers(1, 25),
)
def test_a_look_that_is_cut_anywhere_and_taken_up_again_gives_every_post_once_or_more(
    offsets: list[int], most: int, size: int, page: int
) -> None:
    begin = NOW - DAY
    standing = sorted((begin + SECOND * o / 2 for o in offsets), reverse=True)
    listed = [post(m) for m in standing]

    def ask(span: Span, token: str | None) -> Answer:
        fitting = [
            p for p, m in zip(listed, standing, strict=True)
            if int(p["id"]) > span.after and x_pages.whole(span.since) <= m < span.until
        ]  # fmt: skip
        at = int(token or 0)
        after = str(at + size) if at + size < len(fitting) else None
        return Answer(fitting[at : at + size], {}, after)

    reader = Reader(ask, lambda _, __: None, "here", most)
    span = Window(begin, NOW)
    state: dict[str, str] = {"of": "x"}
    seen: list[int] = []
    for _ in range(200):
        look = x_cursor.look(state, span, NOW)
        cursor: Cursor | None = None
        if not look.is_empty:
            for items in x_pages.oldest_first(reader, look.span):
                assert [i.id for i in items] == sorted(i.id for i in items)
                if items:  # the first page of a run, then the process ends
                    seen += [i.id for i in items[:page]]
                    cursor = look.after(items[:page][-1])
                    break
        if cursor is None:
            break
        state = dict(cursor.state)
    assert sorted(set(seen)) == sorted(int(p["id"]) for p in listed)
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 20 * 3600), max_size=40, unique=True),
    # hours on, a back-fill before, from where and how wide, posts before the process ends
    st.lists(
        st.tuples(st.integers(1, 6), st.booleans(),
                  st.tuples(st.integers(0, 20), st.integers(1, 9)), st.integers(0, 40)),
        min_size=1, max_size=8,
    ),
)  # fmt: skip
def test_looks_that_follow_each_other_miss_nothing_whatever_lies_between(
    offsets: list[int], steps: list[tuple[int, bool, tuple[int, int], int]]
) -> None:
    begin = NOW - DAY
    standing = {snowflake(begin + SECOND * o): begin + SECOND * o for o in offsets}

    def ask(span: Span, token: str | None) -> Answer:
        fitting = [
            {"id": i} for i, m in sorted(standing.items(), key=lambda p: -int(p[0]))
            if int(i) > span.after and x_pages.whole(span.since) <= m < span.until
        ]  # fmt: skip
        at = int(token or 0)
        return Answer(fitting[at : at + 5], {}, str(at + 5) if at + 5 < len(fitting) else None)

    reader = Reader(ask, lambda _, __: None, "here", 2)
    state: dict[str, str] = {"of": "x"}
    seen: set[int] = set()

    def run(span: Window, now: datetime, most: int) -> bool:
        """One look, which ends at the latest after `most` posts; whether it came to its end."""
        nonlocal state
        look = x_cursor.look(state, span, now)
        if look.is_empty:
            return True
        for items in x_pages.oldest_first(reader, look.span):
            if len(items) > most:
                return False
            seen.update(i.id for i in items)
            most -= len(items)
            if items:
                state = dict(look.after(items[-1]).state)
        state = dict(look.done().state)
        return True

    stood, now = begin, begin
    for hours, is_back_fill, (back, wide), most in steps:
        now += HOUR * hours
        if is_back_fill:
            run(Window(begin + HOUR * back, begin + HOUR * (back + wide)), now, most)
        if run(Window(stood, now), now, most):
            stood = now  # as the windows of the lake say
    run(Window(stood, now + HOUR), now + HOUR, 1_000)
    over = now + HOUR - x_cursor.FRESH
    assert {int(i) for i, m in standing.items() if m < over} <= seen


def test_pages_hold_at_most_500_posts(at: Service) -> None:
    at.posts = posts(1_200, step=timedelta(minutes=5))
    sizes = [p.items.num_rows for p in collect(at)]
    assert sizes == [500, 500, 200, 0]


def test_a_day_of_the_past_is_asked_with_its_end(at: Service) -> None:
    at.posts = posts(60)
    day = datetime(2026, 11, 19, tzinfo=NOW.tzinfo)
    assert len(ids(collect(at, span=Window(day, day + DAY)))) == 24
    assert at.asked[0]["end_time"] == "2026-11-20T00:00:00Z"
    assert x.COLLECTOR == "x"
    assert access(at.host).service is not None


@pytest.mark.parametrize("source", [SOURCE, LIST_SOURCE, ACCOUNT_SOURCE])
def test_a_trial_pays_for_the_smallest_page_alone(at: Service, source: Any) -> None:
    at.posts = posts(60)
    trial = replace(access(at.host), is_trial=True)
    (page,) = x.collect(source, window(), None, trial)
    assert (len(ids([page])), len(at.asked), at.asked[0]["max_results"]) == (10, 1, "10")
    assert [g.reason for g in page.gaps] == ["a trial reads no more than the newest 10"]
    at.posts = posts(3)
    (page,) = x.collect(source, window(), None, trial)
    assert (len(ids([page])), page.gaps) == (3, ())
