"""Reddit through praw from a real local server: items, listings, cursors, windows, gaps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reddit_host import (
    HOUR,
    MINUTE,
    MONTH,
    NOW,
    SITE,
    WIEN,
    Reddit,
    base36,
    comment,
    gives,
    last,
    listing,
    names,
    post,
    posts,
    rows,
    serving,
    source,
    visit,
)
from shared import SHARED

from analysis.release import Tier
from base.errors import BadInput
from collectors.collector import Gap, Window
from collectors.http import Http, Limits
from monitor import collecting, pipeline, questions
from monitor.settings import Settings
from monitor.workspace import Workspace
from store.query import Query

pytestmark = pytest.mark.unit
WIRE = SHARED / "data" / "wire" / "reddit"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def reddit() -> Iterator[Reddit]:
    with serving() as found:
        yield found


def test_a_submission_and_a_comment(reddit: Reddit) -> None:
    at = NOW - HOUR
    reddit.lists("/r/wien/new", [post(100, at, post_hint="image")])
    reddit.lists("/r/wien/comments", [comment(200, at + MINUTE)])
    first, second = rows(visit(reddit))
    assert first == {
        "native_id": "t3_2s", "address": f"{WIEN}/comments/2s/frage/", "author": "erfunden_1",
        "created": at, "date_given": str(at.timestamp()), "kind": "post", "thread": "t3_2s",
        "text": "Frage 100\nWer kennt einen Kurs?", "replies": 3, "reposts": None, "likes": 7,
        "image": True, "video": False, "lang": None, "platform": None, "voice": None,
    }  # fmt: skip
    assert second == {
        **first, "native_id": "t1_5k", "address": f"{WIEN}/comments/zz/frage/5k/",
        "author": "erfunden_2", "created": at + MINUTE, "kind": "comment", "thread": "t3_zz",
        "date_given": str((at + MINUTE).timestamp()), "text": "Antwort 200", "replies": None,
        "likes": 2, "image": None, "video": None,
    }  # fmt: skip


def test_the_fixtures_are_what_the_library_takes_for_reddits() -> None:
    import praw

    reader = praw.Reddit(
        client_id="i", client_secret="s", user_agent="tests", check_for_async=False
    )
    answer = json.loads(listing([post(1, NOW), comment(2, NOW)], "t1_2"))
    found = reader._objector.objectify(data=answer)
    kinds = [type(item).__name__ for item in found]
    assert (kinds, found.after) == (["Submission", "Comment"], "t1_2")
    assert [item.fullname for item in found] == ["t3_1", "t1_2"]
    assert found[1].submission.fullname == "t3_zz"


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"selftext": "", "is_self": False, "url": "https://a.invalid"}, "Frage 1"),  # a link
        ({"selftext": "> Ihr alle\n\n**Nein**"}, "Frage 1\nNein"),
        ({"selftext": "A & B &lt; C"}, "Frage 1\nA & B < C"),
        ({"selftext": "&gt; von Hand, kein Zitat"}, "Frage 1\n> von Hand, kein Zitat"),
        ({"title": "*Sterne* & mehr", "selftext": ""}, "*Sterne* & mehr"),  # no Markdown there
        ({"author": "[deleted]"}, "Frage 1\nWer kennt einen Kurs?"),  # the account went
        (
            {"title": "אין מקום", "selftext": "مرحبا بكم في المدينة"},
            "אין מקום\nمرحبا بكم في المدينة",
        ),
        ({"title": "", "selftext": "ä" * 50_000}, "ä" * 50_000),
        ({"distinguished": "moderator"}, "Frage 1\nWer kennt einen Kurs?"),  # a person's
    ],
)
def test_the_words_of_a_submission(reddit: Reddit, changed: dict[str, Any], text: str) -> None:
    reddit.lists("/r/wien/new", [post(1, NOW - HOUR, **changed)])
    (row,) = rows(visit(reddit))
    assert row["text"] == text
    assert (row["author"] is None) == (changed.get("author") == "[deleted]")


@pytest.mark.parametrize(
    ("item", "column", "value"),
    [
        (post(1, NOW - HOUR, hide_score=True), "likes", None),
        (comment(1, NOW - HOUR, score_hidden=True, score=1), "likes", None),
        (comment(1, NOW - HOUR, score=-4), "likes", None),
        (comment(1, NOW - HOUR, media_metadata={"a": {"e": "Image"}}), "image", True),
        (post(1, NOW - HOUR, is_gallery=True), "image", True),
        (post(1, NOW - HOUR, post_hint="hosted:video"), "video", True),
        (post(1, NOW - HOUR, permalink=None), "address", None),
        (comment(1, NOW - HOUR, permalink=None), "address", f"{SITE}/comments/zz/_/1/"),
    ],
)
def test_what_stands_beside_the_words(
    reddit: Reddit, item: dict[str, Any], column: str, value: object
) -> None:
    reddit.lists("/r/wien/new" if item["kind"] == "t3" else "/r/wien/comments", [item])
    (row,) = rows(visit(reddit))
    assert row[column] == value


@pytest.mark.parametrize(
    ("item", "column"),
    [
        (post(1, NOW - HOUR, selftext="[removed]"), "text"),
        (post(1, NOW - HOUR, title="[deleted by user]", selftext=""), "text"),
        (post(1, NOW - HOUR, selftext="", removed_by_category="moderator"), "text"),
        (post(1, NOW - HOUR, selftext="[ Removed by Reddit ]"), "text"),
        (comment(1, NOW - HOUR, body="[deleted]", author="[deleted]"), "text"),
        (comment(1, NOW - HOUR, body="> nur fremde Worte"), "text"),
        (comment(1, NOW - HOUR, body=""), "text"),
        (comment(1, NOW - HOUR, body=None), "text"),
        (comment(1, NOW - HOUR, body="x" * 300_000), "text"),
        (comment(1, NOW, created_utc=None), "created"),
        (comment(1, NOW, created_utc="gestern"), "created"),
        (comment(1, NOW + timedelta(days=40)), "created"),
        (comment(1, NOW - HOUR, id="ä/1"), "native_id"),
        ({"kind": "t5", "data": {"id": "1", "name": "t1_1"}}, "kind"),
        ({"kind": "t1", "data": {"id": "1", "name": "t1_1"}}, "created"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_post_is_rejected_and_the_next_one_is_not(
    reddit: Reddit, item: dict[str, Any], column: str
) -> None:
    kind = item["data"]["name"][:2]
    path = "/r/wien/new" if kind == "t3" else "/r/wien/comments"
    sound = (post if kind == "t3" else comment)(5, NOW - HOUR)
    reddit.host.ways[path] = gives(listing([sound, item]))
    pages = visit(reddit)
    assert names(pages) == [f"{kind}_5"]
    (rejected,) = [r for page in pages for r in page.rejected]
    assert rejected.column == column
    assert rejected.position == 2
    assert "fremde" not in rejected.reason


def test_the_bot_of_reddit_is_counted_and_skipped(reddit: Reddit) -> None:
    bot = {"author": "AutoModerator", "distinguished": "moderator", "stickied": True}
    reddit.lists("/r/wien/new", posts(range(900, 903)))
    reddit.lists("/r/wien/comments", [comment(5, NOW - HOUR), comment(6, NOW - HOUR, **bot)])
    pages = visit(reddit)
    assert names(pages) == ["t3_p0", "t3_p1", "t3_p2", "t1_5"]
    assert sum(p.fetched for p in pages) == 5
    assert [r for p in pages for r in p.rejected] == []
    cursor = last(pages)
    assert cursor is not None
    assert cursor.state == {"posts": "t3_p2", "comments": "t1_6"}


def test_pages_go_down_and_come_out_oldest_first(reddit: Reddit) -> None:
    reddit.lists("/r/wien/new", posts(range(100, 1000), MINUTE))
    pages = visit(reddit)
    created = [row["created"] for row in rows(pages)]
    assert len(created) == 900
    assert created == sorted(created)
    assert [p.items.num_rows for p in pages] == [500, 400, 0]
    params = [given for path, given in reddit.asked if path == "/r/wien/new"]
    assert [p.get("after") for p in params] == [
        None,
        *(f"t3_{base36(n)}" for n in range(900, 199, -100)),
    ]
    assert {p["limit"] for p in params} == {"100"}


def test_a_look_ends_where_the_last_one_began(reddit: Reddit) -> None:
    reddit.lists("/r/wien/new", posts(range(500, 950)))
    first = visit(reddit, window=Window(NOW - timedelta(days=30), NOW - 51 * HOUR))
    reddit.asked.clear()
    reddit.lists("/r/wien/new", posts(range(500, 960)))
    again = visit(reddit, last(first), Window(NOW - 51 * HOUR, NOW))
    assert names(again) == [f"t3_{base36(n)}" for n in range(949, 960)]
    assert sum(p.fetched for p in again) == 11
    assert len([1 for path, _ in reddit.asked if path == "/r/wien/new"]) == 1


def test_nothing_new_leaves_the_cursor_where_it_was(reddit: Reddit) -> None:
    reddit.lists("/r/wien/new", posts(range(900, 905)))
    cursor = last(visit(reddit))
    pages = visit(reddit, cursor, Window(NOW, NOW + HOUR))
    assert (names(pages), sum(p.fetched for p in pages), last(pages)) == ([], 0, cursor)
    assert json.loads(json.dumps(dict(cursor.state if cursor else {}))) == {"posts": "t3_p4"}


def test_the_deleted_newest_is_no_lost_place(reddit: Reddit) -> None:
    reddit.lists("/r/wien/new", posts(range(700, 905)))
    cursor = last(visit(reddit))
    # the newest that was seen is gone, and another came late: before the look, shown after it
    reddit.lists("/r/wien/new", [*posts(range(700, 904)), *posts(range(905, 907))])
    pages = visit(reddit, cursor, Window(NOW, NOW + HOUR))
    assert names(pages) == ["t3_p5", "t3_p6"]


def test_the_window_is_half_open(reddit: Reddit) -> None:
    reddit.lists("/r/wien/new", posts(range(900, 1000)))
    window = Window(NOW - 20 * HOUR, NOW - 10 * HOUR)
    pages = visit(reddit, window=window)
    assert names(pages) == [f"t3_{base36(n)}" for n in range(980, 990)]
    # what came after the window waits for the next
    later = visit(reddit, last(pages), Window(window.until, NOW))
    assert names(later) == [f"t3_{base36(n)}" for n in range(990, 1000)]


def test_a_look_back_brings_what_is_older_and_keeps_the_cursor(reddit: Reddit) -> None:
    reddit.lists("/r/wien/new", posts(range(600, 1000)))
    cursor = last(visit(reddit, window=Window(NOW - 10 * HOUR, NOW)))
    pages = visit(reddit, cursor, Window(NOW - 50 * HOUR, NOW - 40 * HOUR))
    assert names(pages) == [f"t3_{base36(n)}" for n in range(950, 960)]
    assert last(pages) == cursor


@pytest.mark.parametrize("most", [150, 600])
def test_where_the_listing_ends_early_the_rest_is_a_gap(reddit: Reddit, most: int) -> None:
    reddit.most = most
    reddit.lists("/r/wien/new", posts(range(10, 1000), MINUTE))
    pages = visit(reddit)
    assert len(names(pages)) == most
    gaps = [gap for page in pages for gap in page.gaps]
    if most < 200:  # a young community shows all it has
        assert gaps == []
    else:
        reason = "Reddit lists only the newest submissions of a community"
        assert gaps == [Gap(MONTH.since, NOW - most * MINUTE, reason)]
    # a window that begins later was seen whole
    assert not any(p.gaps for p in visit(reddit, window=Window(NOW - 100 * MINUTE, NOW)))


def test_what_came_late_before_a_window_that_was_seen_is_no_gap(reddit: Reddit) -> None:
    reddit.lists("/r/wien/new", posts(range(100, 200), MINUTE))
    cursor = last(visit(reddit))
    reddit.most = 300
    reddit.lists("/r/wien/new", posts(range(100, 1000), MINUTE))
    pages = visit(reddit, cursor, Window(NOW - 200 * MINUTE, NOW))
    assert len(names(pages)) == 300  # a hundred of them before the window
    assert not any(p.gaps for p in pages)


def test_a_look_before_everything_listed_is_all_gap(reddit: Reddit) -> None:
    reddit.lists("/r/wien/new", posts(range(700, 1000), MINUTE))
    window = Window(NOW - timedelta(days=3), NOW - timedelta(days=2))
    pages = visit(reddit, window=window)
    (gap,) = [gap for page in pages for gap in page.gaps]
    assert (names(pages), gap.since, gap.until) == ([], window.since, window.until)


def test_a_listing_that_repeats_itself_ends_and_says_so(reddit: Reddit) -> None:
    children = posts(range(900, 1000))[::-1]
    reddit.host.ways["/r/wien/new"] = gives(listing(children, "t3_p0"))
    pages = visit(reddit)
    assert len(names(pages)) == len(set(names(pages))) == 100
    assert [g.until for p in pages for g in p.gaps] == [NOW - 100 * HOUR]
    assert len([p for p in reddit.host.paths() if p.startswith("/r/wien/new")]) == 2


def test_a_date_ahead_of_the_clock_waits(reddit: Reddit) -> None:
    ahead = post(990, NOW + HOUR)
    reddit.lists("/r/wien/new", [*posts(range(985, 990)), ahead, *posts(range(991, 993))])
    first = visit(reddit)
    assert "t3_ri" not in names(first)
    later = visit(reddit, last(first), Window(NOW, NOW + 2 * HOUR))
    assert names(later) == ["t3_ri"]


def test_a_search(reddit: Reddit) -> None:
    reddit.lists("/r/wien/search", posts(range(900, 910)))
    pages = visit(reddit, address=f"{WIEN}/search/?q=Miete+OR+Wohnung&sort=top")
    assert len(names(pages)) == 10
    ((_, given),) = reddit.asked
    expected = {"q": "Miete OR Wohnung", "sort": "new", "restrict_sr": "on", "raw_json": "1"}
    assert expected.items() <= given.items()
    cursor = last(pages)
    assert cursor is not None
    assert cursor.state == {"search": "t3_p9"}


@pytest.mark.parametrize(
    "address",
    ["https://www.reddit.com/", f"{SITE}/user/erfunden", f"{SITE}/r/u_erfunden", "r/wien",
     "https://reddit.invalid/r/wien", f"{WIEN}/search", f"{WIEN}?q=a", f"{WIEN}/comments/1/x/",
     f"{WIEN}/search?q=author:erfunden", f"{WIEN}/search?q=miete+Author_fullname:t2_1",
     f"{SITE}/r/../r/wien", f"{SITE}/r/wien%2Fabout"],
)  # fmt: skip
def test_what_is_no_source(reddit: Reddit, address: str) -> None:
    with pytest.raises(BadInput) as caught:
        visit(reddit, address=address)
    assert caught.value.where == "source 'r-wien' of city wien"
    assert reddit.host.asked == []


@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_however_it_is_cut_into_looks_and_killed_every_item_comes(
    reddit: Reddit, data: st.DataObject
) -> None:
    ages = sorted(data.draw(st.lists(st.integers(1, 300), min_size=1, max_size=250)), reverse=True)
    dates = [NOW - HOUR * age for age in ages]
    reddit.lists("/r/wien/new", [post(n + 40, d) for n, d in enumerate(dates) if n % 3])
    reddit.lists("/r/wien/comments", [comment(n + 40, d) for n, d in enumerate(dates) if not n % 3])
    hours = data.draw(st.lists(st.integers(0, 299), max_size=3))
    cursor, since = None, NOW - HOUR * 301
    found: set[str] = set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("collectors.reddit.PAGE_ROWS", 10)
        for end in sorted({*(NOW - HOUR * h for h in hours), NOW}):
            pages = visit(reddit, cursor, Window(since, end))
            # killed after some pages: the window was not committed, the cursor perhaps
            kept = pages[: data.draw(st.integers(0, len(pages)))]
            found |= set(names(kept))
            again = visit(reddit, last(kept) or cursor, Window(since, end))
            found |= set(names(again))
            cursor, since = last(again) or cursor, end
    items = [i["data"]["name"] for path in reddit.listings.values() for i in path]
    assert found == set(items)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("cassette", "path", "kind"),
    [
        ("TestSubredditListings.test_new", "/r/askreddit/new", "t3"),
        ("TestSubredditListings.test_comments", "/r/askreddit/comments", "t1"),
        ("TestSubreddit.test_search", "/r/all/search", "t3"),
    ],
)
def test_recorded_answers_are_read(reddit: Reddit, cassette: str, path: str, kind: str) -> None:
    file = WIRE / f"{cassette}.json"
    if not file.exists():
        pytest.skip(f"{file} is not there")
    recorded = json.loads(file.read_text())["interactions"][-1]["response"]["body"]["string"]
    for other in ("/r/askreddit/new", "/r/askreddit/comments"):
        reddit.host.ways[other] = gives(listing([]))
    children = json.loads(recorded)["data"]["children"]
    reddit.host.ways[path] = gives(listing(children))  # the recorded page is the whole listing
    address = SITE + (f"{path}?q=a" if path.endswith("search") else "/r/askreddit")
    pages = visit(reddit, window=Window(datetime(2005, 1, 1, tzinfo=UTC), NOW), address=address)
    expected = [c["data"] for c in children if c["data"]["author"] != "AutoModerator"]
    found = rows(pages)
    rejected = [r for p in pages for r in p.rejected]
    assert len(found) + len(rejected) == len(expected)
    assert {r.column for r in rejected} <= {"text"}
    assert {r["native_id"] for r in found} <= {d["name"] for d in expected}
    assert {r["native_id"][:2] for r in found} == {kind}
    assert all(r["address"].startswith(f"{SITE}/") and r["created"] < NOW for r in found)
    assert sum(p.fetched for p in pages) == len(children)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = Workspace(Settings(home=tmp_path_factory.mktemp("home")))
    assert found.tagger
    return found


def test_from_the_wire_to_a_released_figure(workspace: Workspace, reddit: Reddit) -> None:
    today = datetime.now(UTC).replace(microsecond=0)
    reddit.most = 240
    about = [
        post(
            n, today - timedelta(days=25) + n * HOUR, author=f"erfunden_{n % 9}", selftext="",
            title=f"Wir suchen in Wien eine Wohnung, die Vermieter lehnen Flüchtlinge ab, Teil {n}",
        )
        for n in range(300, 306)
    ]  # fmt: skip
    other = [
        comment(n, today - timedelta(hours=300) + n * HOUR, body=f"Die Sonne scheint, Tag {n}")
        for n in range(290)
    ]
    reddit.lists("/r/wien/new", about)
    reddit.lists("/r/wien/comments", other)
    opened = Workspace(
        Settings(
            home=workspace.home,
            collectors_reddit_client_id="an-id",
            collectors_reddit_client_secret="a-secret",
            collectors_services=f"reddit={reddit.host.at('')}",
        )
    )
    opened.__dict__.update(tagger=workspace.tagger, registry=workspace.registry)
    since = today - timedelta(days=30)
    limits = Limits(tries=1, interval=0)
    for new in (246, 0):
        taken, failed = collecting.collect(
            opened, [source()], since=since, http=Http(limits=limits)
        )
        assert (taken.fetched, taken.new, failed) == (246, new, [])
    pipeline.refresh(opened)
    query = Query(
        cities=("wien",), since=since.date(), until=today.date(), areas=("housing",),
        platforms=("reddit",),
    )  # fmt: skip
    found = questions.compare_cities(opened, query, Tier.POSTS)
    (row,) = found.comparison.rows
    assert (row.state, row.posts) == ("ok", 6)
    # the comments above the gap were looked at, those in it were not
    windows = opened.lake.read("windows").to_pylist()
    reasons = {w["reason"] for w in windows}
    assert reasons == {None, "Reddit lists only the newest comments of a community"}
    edge = today - timedelta(hours=250)
    assert {w["since"] for w in windows if w["reason"] is None} == {edge}
    assert {(w["since"], w["until"]) for w in windows if w["reason"]} == {(since, edge)}
    # counted once a look
    assert sum(w["fetched"] for w in windows) == 2 * 246
