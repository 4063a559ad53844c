"""Posts of Threads as its pages load them."""

from __future__ import annotations

from typing import Any

from collectors.shapes import Row, Shape, dig, each, has, whole


def _fits(row: Row) -> bool:
    return has(row, "text_post_app_info", "taken_at")


def fields(row: Row) -> dict[str, Any]:
    code, name = row.get("code"), dig(row, "user", "username")
    info = row.get("text_post_app_info")
    parts = row.get("carousel_media") or [row]
    is_reply = bool(dig(info, "is_reply") or dig(info, "reply_to_author"))
    is_quote = bool(dig(info, "share_info", "quoted_post"))
    return {
        "native_id": code,
        "address": f"https://www.threads.com/@{name}/post/{code}" if code and name else None,
        "author": name,
        "created": row.get("taken_at"),
        "kind": "reply" if is_reply else "quote" if is_quote else "post",
        "text": dig(row, "caption", "text"),
        "replies": dig(info, "direct_reply_count"),
        "reposts": dig(info, "repost_count"),
        "likes": row.get("like_count"),
        "image": any(each(parts, "image_versions2", "candidates")),
        "video": any(each(parts, "video_versions")),
    }


SHAPE = Shape(
    name="threads",
    fits=_fits,
    reader=whole(fields),
    platform="threads",
    origins=("threads.net", "threads.com", "threads"),
    rank=40,  # its posts also have what Instagram's have
)
