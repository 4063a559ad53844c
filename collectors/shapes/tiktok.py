"""Videos of TikTok, by their description, and the comments under them, as its pages load them."""

from __future__ import annotations

from typing import Any

from collectors.errors import Unmappable
from collectors.shapes import Row, Shape, dig, has, whole


def _fits(row: Row) -> bool:
    return has(row, "desc", "createTime", "id") or has(row, "cid", "aweme_id")


def fields(row: Row) -> dict[str, Any]:
    if row.get("isAd"):
        raise Unmappable("an advertisement", column="isAd")
    return _comment(row) if "cid" in row else _video(row)


def _video(row: Row) -> dict[str, Any]:
    author = row.get("author")
    name = author if isinstance(author, str) else dig(author, "uniqueId")
    # numbers are strings in the newer of the two
    counts = row.get("statsV2") or row.get("stats")
    native_id = row.get("id")
    has_address = native_id and name
    return {
        "native_id": native_id,
        "address": f"https://www.tiktok.com/@{name}/video/{native_id}" if has_address else None,
        "author": name,
        "created": row.get("createTime"),
        "kind": "post",
        "text": row.get("desc"),
        "replies": dig(counts, "commentCount"),
        "reposts": dig(counts, "shareCount"),
        "likes": dig(counts, "diggCount"),
        "image": bool(row.get("imagePost")),
        "video": not row.get("imagePost"),
        "lang": row.get("textLanguage"),
    }


def _comment(row: Row) -> dict[str, Any]:
    parent = row.get("reply_id")
    return {
        "native_id": row.get("cid"),
        "author": dig(row, "user", "unique_id"),
        "created": row.get("create_time"),
        "kind": "reply" if parent and str(parent) != "0" else "comment",
        "thread": row.get("aweme_id"),
        "text": row.get("text"),
        "replies": row.get("reply_comment_total"),
        "likes": row.get("digg_count"),
        "lang": row.get("comment_language"),
    }


SHAPE = Shape(
    name="tiktok",
    fits=_fits,
    reader=whole(fields),
    platform="tiktok",
    origins=("tiktok.com", "tiktok", "tiktok-comments"),
)
