"""CSV exports of 4CAT: one flat row a post, columns named alike for every platform.

`unix_timestamp` is preferred, for `timestamp` is written without a zone, in UTC. The platform
is told by columns that only its rows have. Authors may be hashes or REDACTED: 4CAT pseudonymises.
Columns: https://github.com/digitalmethodsinitiative/4cat `datasources/*/`, map_item.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from collectors.errors import Unmappable
from collectors.shapes import Fields, Row, Shape, has

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "text": ("body",),
    "title": ("subject", "title"),
    "created": ("unix_timestamp", "timestamp", "created_at"),
    "native_id": ("id",),
    "address": ("link", "tiktok_url", "post_url", "url"),
    "author": ("author", "author_id"),
    "thread": ("thread_id",),
    "replies": ("reply_count", "replies", "num_comments", "comments", "amount_comments"),
    "reposts": ("retweet_count", "repost_count", "reposts", "shares", "amount_shares"),
    "likes": ("like_count", "likes", "num_likes", "amount_likes", "upvotes", "score"),
    "image": ("images", "image_url", "image_urls", "image_file"),
    "video": ("videos", "video_url"),
    "lang": ("language_guess", "languages", "lang"),
}
# columns that only one platform's rows have
_TELLING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("tiktok", ("tiktok_url",)),
    ("tiktok", ("post_url", "music_id")),
    ("x", ("retweet_count", "quote_count")),
    ("bluesky", ("repost_count", "replied_to_post")),
    ("telegram", ("chat", "author_is_bot")),
    ("reddit", ("subreddit",)),
    ("instagram", ("num_media", "num_likes")),
    ("instagram", ("usertags", "num_likes")),
    ("threads", ("is_paid_partnership", "link_thumbnail_url")),
    ("facebook", ("is_in_group",)),
    ("linkedin", ("inclusion_context",)),
    ("9gag", ("is_vote_masked",)),
)


def _fits(row: Row) -> bool:
    if not has(row, "id", "body", "author") or "data" in row:
        return False
    return has(row, "timestamp", "thread_id") or has(row, "timestamp", "unix_timestamp")


def _platform(names: Sequence[str]) -> str | None:
    return next((p for p, telling in _TELLING if all(t in names for t in telling)), None)


def _reader(names: Sequence[str], columns: Mapping[str, str]) -> Fields:
    del columns  # laid over what is found here, for every shape alike
    pairs = tuple(
        (target, found)
        for target, commons in _COLUMNS.items()
        if (found := next((c for c in commons if c in names), None))
    )
    platform = _platform(names)

    def fields(row: Row) -> dict[str, Any]:
        if row.get("is_retweet") == "yes":
            raise Unmappable("a repost without words of its own", column="is_retweet")
        found = {target: row.get(column) for target, column in pairs}
        found["platform"] = platform
        found["kind"] = _kind(row)
        if platform == "telegram":
            # a message's number counts within its chat
            found["native_id"] = f"{row.get('chat')}/{row.get('id')}"
        elif platform == "reddit":
            is_post = row.get("id") == row.get("thread_id")
            found["native_id"] = f"{'t3' if is_post else 't1'}_{row.get('id')}"
            found["thread"] = f"t3_{row.get('thread_id')}"
            tail = "" if is_post else f"_/{row.get('id')}/"
            found["address"] = f"https://www.reddit.com/comments/{row.get('thread_id')}/{tail}"
        elif platform == "bluesky" and found.get("lang") == "N/A":
            found["lang"] = None
        elif platform in ("tiktok", "instagram", "threads", "linkedin"):
            found["thread"] = None  # 4CAT repeats the id there
        if platform == "tiktok":
            found["video"] = True
        return found

    return fields


def _kind(row: Row) -> str:
    if row.get("type") == "comment" or row.get("subreddit"):
        is_post = row.get("subreddit") and row.get("id") == row.get("thread_id")
        return "post" if is_post else "comment"
    if row.get("is_reply") == "yes" or row.get("replied_to_post") or row.get("reply_to"):
        return "reply"
    if row.get("is_quote_tweet") == "yes" or row.get("quoted_post"):
        return "quote"
    return "post"


SHAPE = Shape(name="4cat", fits=_fits, reader=_reader, dates_in="UTC", rank=20)
