"""Exports of other tools: rows shaped like real ones, every name and text invented."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors.collector import Page, Source
from collectors.files import read
from collectors.shapes import choose, dig, shapes, shown
from collectors.shapes import reddit as shape_reddit
from collectors.shapes import x as shape_x
from store.schema import ITEM

pytestmark = pytest.mark.unit

SOURCE = Source("import-1a2b3c4d", "files", "wien", "", "personal", "Europe/Vienna")
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
AT = 1772362800
MOMENT = datetime(2026, 3, 1, 11, tzinfo=UTC)

X: dict[str, Any] = {
    "rest_id": "2028000000000000001",
    "core": {"user_results": {"result": {"legacy": {"screen_name": "erfunden", "name": "E."}}}},
    "legacy": {
        "created_at": "Sun Mar 01 11:00:00 +0000 2026",
        "full_text": "Der Kurs ist voll https://t.co/x",
        "conversation_id_str": "2028000000000000001",
        "user_id_str": "77",
        "favorite_count": 3, "retweet_count": 1, "reply_count": 2, "quote_count": 0,
        "lang": "de", "is_quote_status": False,
        "entities": {"media": [{"type": "photo"}], "hashtags": [], "urls": []},
    },
}  # fmt: skip
X_REPLY = {
    **X,
    "core": {"user_results": {"result": {"core": {"screen_name": "erfunden"}}}},
    "note_tweet": {"note_tweet_results": {"result": {"text": "Die lange Fassung"}}},
    "legacy": {**X["legacy"], "in_reply_to_status_id_str": "1", "conversation_id_str": "1",
               "lang": "und", "entities": {}},
}  # fmt: skip
X_REPOST = {**X, "legacy": {**X["legacy"], "retweeted_status_result": {"result": {}}}}
X_OLD = {
    "type": "adaptive", "user": {"screen_name": "erfunden", "id_str": "77"},
    "legacy": {**X["legacy"], "id_str": "2028000000000000002", "is_quote_status": True},
}  # fmt: skip
X_API = {
    "id": "2028000000000000003", "text": "Guten Morgen", "author_id": "77",
    "created_at": "2026-03-01T11:00:00.000Z", "conversation_id": "5", "lang": "de",
    "public_metrics": {"like_count": 1, "reply_count": 0, "retweet_count": 4},
    "referenced_tweets": [{"type": "replied_to", "id": "5"}],
}  # fmt: skip
X_EDITED = {
    **X_API, "id": "2028000000000000009",
    "edit_history_tweet_ids": ["2028000000000000003", "2028000000000000009"],
    "referenced_tweets": [{"type": "quoted", "id": "5"}],
    "attachments": {"media_keys": [{"media_key": "3_1", "type": "photo"}]},
}  # fmt: skip
INSTAGRAM = {
    "code": "Cabc_-1", "taken_at": AT, "media_type": 8, "like_count": -1, "comment_count": 4,
    "caption": {"text": "Straßenfest"}, "user": {"username": "erfunden"},
    "carousel_media": [{"media_type": 1}, {"media_type": 2}],
}  # fmt: skip
INSTAGRAM_GRAPH = {
    "__typename": "GraphVideo", "shortcode": "Cabc_-2", "taken_at_timestamp": AT,
    "edge_media_to_caption": {"edges": [{"node": {"text": "Im Park"}}]},
    "edge_media_preview_like": {"count": 9}, "owner": {"username": "erfunden"},
}  # fmt: skip
TIKTOK = {
    "id": "7470000000000000001", "desc": "Mein erster Tag", "createTime": str(AT),
    "author": {"uniqueId": "erfunden"}, "textLanguage": "de",
    "stats": {"diggCount": 5, "commentCount": 1, "shareCount": 2, "playCount": 99},
}  # fmt: skip
TIKTOK_COMMENT = {
    "cid": "7470000000000000009", "aweme_id": "7470000000000000001", "text": "Viel Glück!",
    "create_time": AT, "digg_count": 2, "reply_comment_total": 1, "reply_id": "0",
    "user": {"unique_id": "erfunden"}, "comment_language": "de",
}  # fmt: skip
BLUESKY = {
    "uri": "at://did:plc:aaa/app.bsky.feed.post/3k", "cid": "b",
    "author": {"did": "did:plc:aaa", "handle": "erfunden.invalid"},
    "record": {"text": "Wer kennt einen Kurs?", "createdAt": "2026-03-01T11:00:00.000Z",
               "langs": ["de"], "embed": {"$type": "app.bsky.embed.images"}},
    "likeCount": 3, "replyCount": 2, "repostCount": 1,
}  # fmt: skip
BLUESKY_4CAT: dict[str, Any] = {
    "uri": "at://did:plc:aaa/app.bsky.feed.post/3m", "labels": [], "threadgate": None,
    "author": {"did": "did:plc:aaa", "handle": "erfunden.invalid"},
    "record": {"text": "Hier!", "created_at": "2026-03-01T11:00:00.000Z", "langs": None,
               "reply": {"root": {"uri": "at://did:plc:bbb/app.bsky.feed.post/3k"}}},
    "like_count": 0, "reply_count": 0, "repost_count": 0, "4CAT_metadata": {"rank": 1},
}  # fmt: skip
TELEGRAM = {
    "id": 12, "date": float(AT), "message": "Treffpunkt wie immer", "views": 10, "forwards": 2,
    "_chat": {"username": "kanal_erfunden"}, "_sender": {"id": 99, "username": "e"},
    "media": {"_type": "MessageMediaPhoto"}, "reply_to_msg_id": None,
    "reactions": {"results": [{"count": 3}, {"count": 1}]}, "replies": {"replies": 5},
}  # fmt: skip
FACEBOOK = {
    "id": "S:1", "comet_sections": {
        "content": {"story": {
            "post_id": "123", "wwwURL": "https://www.facebook.com/x/posts/123",
            "message": {"text": "Flohmarkt am Sonntag"}, "actors": [{"id": "55", "name": "E."}],
            "attachments": [{"target": {"__typename": "Photo", "id": "1"}}]}},
        "context_layout": {"story": {"comet_sections": {"metadata": [
            {"story": {"creation_time": AT, "url": "https://www.facebook.com/x"}}]}}},
    },
}  # fmt: skip
THREADS = {
    "code": "Dabc", "taken_at": AT, "media_type": 19, "like_count": 1,
    "caption": {"text": "Neu hier"}, "user": {"username": "erfunden"},
    "carousel_media": None, "image_versions2": {"candidates": []}, "video_versions": None,
    "text_post_app_info": {"direct_reply_count": 2, "repost_count": 0, "is_reply": True},
}  # fmt: skip
REDDIT = {
    "id": "abc", "subreddit": "wien", "created_utc": AT, "title": "Kurs gesucht",
    "selftext": "Wer kennt einen?", "author": "[deleted]", "score": 4, "num_comments": 2,
    "permalink": "/r/wien/comments/abc/kurs/", "is_video": False,
}  # fmt: skip
REDDIT_COMMENT = {
    "id": "abc", "subreddit": "wien", "created_utc": AT, "body": "Die Volkshochschule",
    "author": "erfunden", "score": -4, "link_id": "t3_abc", "parent_id": "t3_abc",
}  # fmt: skip
LINKEDIN = {
    "updateMetadata": {"urn": f"urn:li:activity:{(AT * 1000) << 22}"},
    "actor": {"navigationContext": {"actionTarget": "https://www.linkedin.com/in/x?a=b"}},
    "commentary": {"text": {"text": "Wir stellen ein"}}, "content": None,
    "*socialDetail": {"*totalSocialActivityCounts": {"numLikes": 3, "numComments": 1,
                                                     "numShares": 0}},
}  # fmt: skip
NINEGAG = {
    "id": "aXY", "url": "https://9gag.com/gag/aXY", "title": "Montag", "description": "",
    "creationTs": AT, "creator": None, "type": "Photo", "upVoteCount": 8, "commentsCount": 2,
    "promoted": 0, "images": {},
}  # fmt: skip

# platform object, Zeeschuimer's name for the platform, what is expected of the item
OBJECTS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (X, "twitter.com", {
        "native_id": "2028000000000000001", "platform": "x", "kind": "post", "author": "77",
        "text": "Der Kurs ist voll https://t.co/x", "thread": "2028000000000000001",
        "address": "https://x.com/erfunden/status/2028000000000000001", "lang": "de",
        "replies": 2, "reposts": 1, "likes": 3, "image": True, "video": False}),
    (X_REPLY, "x.com", {"kind": "reply", "text": "Die lange Fassung", "lang": None,
                        "image": False, "thread": "1"}),
    (X_OLD, "twitter.com", {"native_id": "2028000000000000002", "kind": "quote",
                            "platform": "x"}),
    (X_API, "twitter.com", {
        "native_id": "2028000000000000003", "kind": "reply", "reposts": 4, "image": None,
        "address": "https://x.com/i/status/2028000000000000003"}),
    (X_EDITED, "twitter.com", {
        "native_id": "2028000000000000003", "kind": "quote", "image": True, "video": False,
        "address": "https://x.com/i/status/2028000000000000009"}),
    (INSTAGRAM, "instagram.com", {
        "native_id": "Cabc_-1", "platform": "instagram", "text": "Straßenfest", "likes": None,
        "address": "https://www.instagram.com/p/Cabc_-1", "image": True, "video": True}),
    (INSTAGRAM_GRAPH, "instagram.com", {
        "native_id": "Cabc_-2", "text": "Im Park", "likes": 9, "image": False, "video": True}),
    (TIKTOK, "tiktok.com", {
        "native_id": "7470000000000000001", "platform": "tiktok", "reposts": 2, "video": True,
        "address": "https://www.tiktok.com/@erfunden/video/7470000000000000001"}),
    (TIKTOK_COMMENT, "tiktok-comments", {
        "native_id": "7470000000000000009", "platform": "tiktok", "kind": "comment",
        "thread": "7470000000000000001", "replies": 1, "likes": 2, "address": None}),
    (BLUESKY, "bsky.app", {
        "native_id": "at://did:plc:aaa/app.bsky.feed.post/3k", "platform": "bluesky",
        "address": "https://bsky.app/profile/erfunden.invalid/post/3k", "kind": "post",
        "author": "did:plc:aaa", "image": True, "video": False, "likes": 3}),
    (BLUESKY_4CAT, "bsky.app", {"kind": "reply", "likes": 0, "lang": None,
                                "thread": "at://did:plc:bbb/app.bsky.feed.post/3k"}),
    (TELEGRAM, "telegram", {
        "native_id": "kanal_erfunden/12", "platform": "telegram", "author": "99", "likes": 4,
        "address": "https://t.me/kanal_erfunden/12", "reposts": 2, "replies": 5, "image": True}),
    (FACEBOOK, "facebook.com", {
        "native_id": "123", "platform": "facebook", "text": "Flohmarkt am Sonntag",
        "author": "55", "image": True}),
    (THREADS, "threads.com", {
        "native_id": "Dabc", "platform": "threads", "kind": "reply", "replies": 2,
        "address": "https://www.threads.com/@erfunden/post/Dabc", "image": False}),
    (REDDIT, "reddit.com", {
        "native_id": "t3_abc", "platform": "reddit", "text": "Kurs gesucht\nWer kennt einen?",
        "author": None, "kind": "post", "likes": 4, "thread": "t3_abc",
        "address": "https://www.reddit.com/r/wien/comments/abc/kurs/"}),
    (REDDIT_COMMENT, "reddit.com", {
        "native_id": "t1_abc", "kind": "comment", "thread": "t3_abc", "likes": None}),
    (LINKEDIN, "linkedin.com", {
        "platform": "linkedin", "text": "Wir stellen ein", "likes": 3,
        "author": "https://www.linkedin.com/in/x"}),
    (NINEGAG, "9gag.com", {
        "native_id": "aXY", "platform": "9gag", "text": "Montag", "author": None, "likes": 8,
        "image": True, "video": False}),
]  # fmt: skip


def one(path: Path, content: str, **options: Any) -> Page:
    path.write_text(content)
    (page,) = read(path, SOURCE, latest=NOW, **options)
    return page


def envelope(platform: str, data: object) -> dict[str, Any]:
    return {
        "nav_index": "1:2:0", "item_id": "1", "timestamp_collected": AT * 1000,
        "source_platform": platform, "source_platform_url": "https://a.invalid/",
        "user_agent": "Browser", "data": data,
    }  # fmt: skip


@pytest.mark.parametrize("dress", ["zeeschuimer", "4cat ndjson", "bare"])
@pytest.mark.parametrize(("data", "platform", "expected"), OBJECTS)
def test_objects(
    tmp_path: Path, data: dict[str, Any], platform: str, expected: dict[str, Any], dress: str
) -> None:
    row = {
        "zeeschuimer": envelope(platform, data),
        "4cat ndjson": {**data, "__import_meta": {"source_platform": platform}},
        "bare": data,
    }[dress]
    page = one(tmp_path / "a.ndjson", json.dumps(row) + "\n")
    assert page.rejected == ()
    (item,) = page.items.to_pylist()
    assert {k: item[k] for k in expected} == expected
    assert item["created"] == MOMENT


@pytest.mark.parametrize(
    ("data", "platform", "column"),
    [
        (X_REPOST, "twitter.com", "legacy"),
        (
            {**X_API, "referenced_tweets": [{"type": "retweeted"}]},
            "twitter.com",
            "referenced_tweets",
        ),
        ({**X_API, "withheld": {"country_codes": ["AT"]}}, "twitter.com", "withheld"),
        ({**INSTAGRAM, "product_type": "ad"}, "instagram.com", "product_type"),
        ({**INSTAGRAM, "caption": None}, "instagram.com", "text"),
        ({**TIKTOK, "isAd": True}, "tiktok.com", "isAd"),
        ({**NINEGAG, "promoted": 1}, "9gag.com", "promoted"),
        ({**REDDIT, "title": "", "selftext": "[removed]"}, "reddit.com", "text"),
        ({**LINKEDIN, "updateMetadata": {}}, "linkedin.com", "native_id"),
        ({**X, "legacy": "changed"}, "twitter.com", "text"),
        ({"new": "shape"}, "twitter.com", "text"),
        ({"id": "1"}, "pinterest.com", "source_platform"),
        ([], "twitter.com", "data"),
        (None, "twitter.com", "data"),
    ],
)
def test_objects_that_are_rejected(
    tmp_path: Path, data: object, platform: str, column: str
) -> None:
    rows = [envelope(platform, data), envelope("tiktok.com", TIKTOK)]
    page = one(tmp_path / "a.ndjson", "\n".join(map(json.dumps, rows)))
    assert page.items.num_rows == 1
    assert [(r.position, r.column) for r in page.rejected] == [(1, column)]


def variants(value: Any) -> Iterator[Any]:
    """The value with one part of it, however deep, gone or of another type."""
    yield from (None, "x", 7, True, [], {}, [None], [[]], {"a": 1})
    if isinstance(value, dict):
        for key in value:
            yield {k: v for k, v in value.items() if k != key}
            yield from ({**value, key: other} for other in variants(value[key]))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            for other in variants(part):
                yield [*value[:place], other, *value[place + 1 :]]


@pytest.mark.parametrize("data", [o[0] for o in OBJECTS])
def test_no_missing_part_of_an_object_is_a_traceback(tmp_path: Path, data: dict[str, Any]) -> None:
    """Platforms change: with any part gone or of another type the row is read or rejected."""
    broken = list(variants(data))
    platform = next(o[1] for o in OBJECTS if o[0] is data)
    lines = [json.dumps(envelope(platform, b)) for b in broken]
    page = one(tmp_path / "a.ndjson", "\n".join(lines))
    assert page.fetched == len(broken)


# --- 4CAT's CSV ---------------------------------------------------------------------------------

HASH = "9f86d081884c7d659a2feaa0c55ad015"
FOURCAT: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({"id": "20280001", "thread_id": "20280000", "timestamp": "2026-03-01 11:00:00",
      "unix_timestamp": str(AT), "link": "https://x.com/e/status/20280001", "body": "Voll",
      "author": HASH, "language_guess": "de", "retweet_count": "1", "reply_count": "2",
      "like_count": "3", "quote_count": "0", "is_retweet": "no", "is_quote_tweet": "no",
      "is_reply": "yes", "images": "https://a.invalid/b.jpg", "videos": ""},
     {"platform": "x", "kind": "reply", "author": HASH, "likes": 3, "image": True,
      "video": False, "lang": "de", "thread": "20280000",
      "address": "https://x.com/e/status/20280001"}),
    ({"id": "Cab", "thread_id": "Cab", "timestamp": "2026-03-01 11:00:00", "body": "Fest",
      "author": "REDACTED", "type": "video", "url": "https://www.instagram.com/p/Cab",
      "num_likes": "7", "num_comments": "1", "num_media": "1"},
     {"platform": "instagram", "kind": "post", "author": None, "likes": 7, "replies": 1,
      "thread": None}),
    ({"id": "747", "thread_id": "747", "author": "e", "body": "Tag", "unix_timestamp": str(AT),
      "timestamp": "2026-03-01 11:00:00", "tiktok_url": "https://www.tiktok.com/@e/video/747",
      "likes": "5", "comments": "1", "shares": "2", "video_url": ""},
     {"platform": "tiktok", "reposts": 2, "video": True,
      "address": "https://www.tiktok.com/@e/video/747"}),
    ({"id": "12", "thread_id": "kanal", "chat": "kanal", "author": "99", "author_is_bot": "no",
      "body": "Treffpunkt", "reply_to": "", "timestamp": "2026-03-01 11:00:00",
      "unix_timestamp": str(AT)},
     {"platform": "telegram", "native_id": "kanal/12", "thread": "kanal", "kind": "post"}),
    ({"id": "def", "thread_id": "abc", "timestamp": str(AT), "body": "Ja", "subject": "",
      "author": "[deleted]", "subreddit": "wien", "url": "", "score": "-3"},
     {"platform": "reddit", "native_id": "t1_def", "thread": "t3_abc", "kind": "comment",
      "likes": None, "address": "https://www.reddit.com/comments/abc/_/def/"}),
    ({"id": "abc", "thread_id": "abc", "timestamp": str(AT), "body": "Wer?", "subject": "Kurs",
      "author": "e", "subreddit": "wien", "url": "https://elsewhere.invalid/", "score": "3"},
     {"platform": "reddit", "native_id": "t3_abc", "text": "Kurs\nWer?", "kind": "post",
      "likes": 3, "address": "https://www.reddit.com/comments/abc/"}),
    ({"id": "at://did/3k", "thread_id": "at://did/3j", "created_at": "2026-03-01T11:00:00+00:00",
      "author": "e.invalid", "body": "Hier", "link": "https://bsky.app/profile/e/post/3k",
      "like_count": "1", "reply_count": "0", "repost_count": "0", "quoted_post": "",
      "replied_to_post": "https://bsky.app/profile/f/post/3j", "languages": "N/A",
      "timestamp": str(AT)},
     {"platform": "bluesky", "kind": "reply", "lang": None, "native_id": "at://did/3k"}),
    ({"id": "123", "url": "https://www.facebook.com/x/posts/123", "body": "Flohmarkt",
      "timestamp": "2026-03-01 11:00:00", "author": "e", "is_in_group": "no", "image_url": "",
      "unix_timestamp": str(AT)},
     {"platform": "facebook", "native_id": "123", "image": False}),
    ({"id": "aXY", "url": "https://9gag.com/gag/aXY", "subject": "Montag", "body": "",
      "timestamp": "2026-03-01 11:00:00", "author": "e", "is_vote_masked": "no",
      "upvotes": "8", "comments": "2", "unix_timestamp": str(AT)},
     {"platform": "9gag", "text": "Montag", "likes": 8, "replies": 2}),
    ({"id": "696", "thread_id": "696", "body": "Wir stellen ein", "author": "e",
      "timestamp": "2026-03-01 11:00:00", "post_url": "https://www.linkedin.com/feed/update/1",
      "likes": "3", "comments": "1", "shares": "0", "inclusion_context": "",
      "unix_timestamp": str(AT)},
     {"platform": "linkedin", "likes": 3,
      "address": "https://www.linkedin.com/feed/update/1"}),
    ({"id": "1", "thread_id": "1", "timestamp": "2026-03-01 11:00:00", "body": "Anders",
      "author": "e"},
     {"platform": None, "native_id": "1", "thread": "1"}),
]  # fmt: skip


@pytest.mark.parametrize(("row", "expected"), FOURCAT)
def test_fourcat_csv(tmp_path: Path, row: dict[str, str], expected: dict[str, Any]) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, list(row))
        writer.writeheader()
        writer.writerow(row)
    (page,) = read(path, SOURCE, latest=NOW)
    assert page.rejected == ()
    (item,) = page.items.to_pylist()
    assert {k: item[k] for k in expected} == expected
    assert item["created"] == MOMENT  # 4CAT writes UTC, whatever the city's time is


def test_fourcat_reposts_are_rejected(tmp_path: Path) -> None:
    rows = [FOURCAT[0][0], {**FOURCAT[0][0], "is_retweet": "yes"}]
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (page,) = read(path, SOURCE, latest=NOW)
    assert [(r.position, r.column) for r in page.rejected] == [(3, "is_retweet")]


def test_the_users_columns_lie_over_a_shape(tmp_path: Path) -> None:
    row = {**FOURCAT[-1][0], "mine": "Meins"}
    content = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    page = one(tmp_path / "a.csv", content, columns={"text": "mine"}, platform="forum")
    (item,) = page.items.to_pylist()
    assert (item["text"], item["native_id"], item["platform"]) == ("Meins", "1", "forum")


# --- the registry -------------------------------------------------------------------------------


def test_shapes_are_found_by_listing() -> None:
    found = shapes()
    files = Path(__file__).parents[2] / "collectors" / "shapes"
    assert len(found) == len(list(files.glob("[a-z]*.py")))
    assert {"4cat", "zeeschuimer", "table", "x"} <= set(found)


def test_each_object_is_known_by_its_own_shape_alone() -> None:
    for data, _, _ in OBJECTS:
        fitting = [s.name for s in shapes().values() if s.name != "table" and s.fits(data)]
        assert fitting[0] == choose("auto", [data]).name
        assert len(fitting) == 1 or fitting == ["threads", "instagram"]


@pytest.mark.parametrize("row", [{}, {"a": None}, {"data": None, "source_platform": 3}])
def test_what_no_shape_knows_is_a_table(row: dict[str, Any]) -> None:
    assert choose("auto", [row]).name == "table"


ESCAPED, MEANT = "A &amp; B &lt;3 &amp;lt; &eacute;", "A & B <3 &lt; &eacute;"


@pytest.mark.parametrize(
    "row",
    [
        {"id": "7", "edit_history_tweet_ids": ["7"], "text": ESCAPED},
        {"rest_id": "7", "legacy": {"full_text": ESCAPED}},
        {**REDDIT, "title": ESCAPED, "selftext": ""},
    ],
)
def test_what_x_and_reddit_escape_is_read_as_it_was_written(row: dict[str, Any]) -> None:
    shape = shape_reddit if "subreddit" in row else shape_x
    found = shape.fields(row)
    assert MEANT in (found["text"], found.get("title"))


@pytest.mark.parametrize(
    ("row", "text"),
    [
        # a body is Markdown, which reads entities once more
        ({**REDDIT, "selftext": ESCAPED}, "A & B <3 < é"),
        ({**REDDIT_COMMENT, "body": ESCAPED}, "A & B <3 < é"),
        ({**REDDIT_COMMENT, "body": "&gt; fremde Worte\n\n[hier](https://a.invalid)"}, "hier"),
    ],
)
def test_the_body_of_a_reddit_item_is_read_as_markdown(row: dict[str, Any], text: str) -> None:
    assert shape_reddit.fields(row)["text"] == text


def test_dig() -> None:
    assert dig({"a": [{"b": 1}]}, "a", 0, "b") == 1
    assert dig({"a": [{"b": 1}]}, "a", 1, "b") is None
    assert dig({"a": "text"}, "a", 0) is None
    assert dig(None, "a") is None


def test_shown() -> None:
    names = ["id", "größe", "a@b.example", "0664123456", "Beitrag Nr. 1", "wie war das noch mal"]
    assert shown(names) == ["id", "column 2", "column 3", "column 4", "Beitrag Nr. 1", "column 6"]


def test_fields_are_those_of_an_item() -> None:
    allowed = {*ITEM.names, "title"}
    for data, _, _ in OBJECTS:
        fields = choose("auto", [data]).reader((), {})(data)
        assert set(fields) <= allowed
