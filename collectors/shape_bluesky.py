"""Posts of Bluesky: the app's view of a post, with names in camelCase or, from 4CAT, snake_case."""

from __future__ import annotations

from typing import Any

from collectors.files_shapes import Row, Shape, dig, has, whole


def _fits(row: Row) -> bool:
    return has(row, "uri", "record", "author") and isinstance(row["record"], dict)


def fields(row: Row) -> dict[str, Any]:
    record, uri = row.get("record"), row.get("uri")
    handle = dig(row, "author", "handle")
    has_address = isinstance(uri, str) and handle
    embeds = str(
        [
            dig(e, "$type") or dig(e, "py_type")
            for e in (
                row.get("embed"), dig(row, "embed", "media"),
                dig(record, "embed"), dig(record, "embed", "media"),
            )
        ]
    )  # fmt: skip
    is_reply = bool(dig(record, "reply"))
    return {
        "native_id": uri,
        "address": f"https://bsky.app/profile/{handle}/post/{str(uri).rpartition('/')[2]}"
        if has_address
        else None,
        "author": dig(row, "author", "did") or handle,
        "created": dig(record, "createdAt") or dig(record, "created_at"),
        "kind": "reply" if is_reply else "quote" if "embed.record" in embeds else "post",
        "thread": dig(record, "reply", "root", "uri") or uri,
        "text": dig(record, "text"),
        "replies": row.get("replyCount", row.get("reply_count")),
        "reposts": row.get("repostCount", row.get("repost_count")),
        "likes": row.get("likeCount", row.get("like_count")),
        "image": "embed.images" in embeds,
        "video": "embed.video" in embeds,
        "lang": dig(record, "langs", 0),
    }


SHAPE = Shape(
    name="bluesky",
    fits=_fits,
    reader=whole(fields),
    platform="bluesky",
    origins=("bsky.app", "bluesky", "bsky"),
)
