"""Submissions and comments of Reddit as its API, Pushshift's dumps and 4CAT's NDJSON hold them.

The native id is the full name (`t3_` a submission, `t1_` a comment): the short ids of the two
are counted apart.
"""

from __future__ import annotations

from typing import Any

from collectors.files_shapes import Row, Shape, dig, has, unescaped, whole


def _fits(row: Row) -> bool:
    return has(row, "id", "subreddit", "created_utc")


def fields(row: Row) -> dict[str, Any]:
    is_comment = "body" in row or "link_id" in row
    short, link = row.get("id"), row.get("permalink")
    found = {
        "address": f"https://www.reddit.com{link}" if isinstance(link, str) else None,
        "author": row.get("author"),
        "created": row.get("created_utc"),
        "replies": row.get("num_comments"),
        "likes": row.get("score"),
        "native_id": f"{'t1' if is_comment else 't3'}_{short}" if short else None,
    }
    if is_comment:
        return {
            **found, "kind": "comment", "thread": row.get("link_id"),
            "text": unescaped(row.get("body")),
        }  # fmt: skip
    hint = str(row.get("post_hint"))
    return {
        **found,
        "kind": "post",
        "thread": found["native_id"],
        "title": unescaped(row.get("title")),
        "text": unescaped(row.get("selftext")),
        "image": hint == "image" or bool(row.get("is_gallery")),
        "video": bool(row.get("is_video")) or hint.endswith("video"),
        "lang": dig(row, "lang"),
    }


SHAPE = Shape(
    name="reddit",
    fits=_fits,
    reader=whole(fields),
    platform="reddit",
    origins=("reddit.com", "reddit"),
)
