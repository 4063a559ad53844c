"""Posts of 9gag as its pages load them."""

from __future__ import annotations

from typing import Any

from collectors.errors import Unmappable
from collectors.shapes import Row, Shape, dig, has, whole


def _fits(row: Row) -> bool:
    return has(row, "creationTs", "upVoteCount")


def fields(row: Row) -> dict[str, Any]:
    if row.get("promoted"):
        raise Unmappable("an advertisement", column="promoted")
    is_video = row.get("type") == "Animated"
    return {
        "native_id": row.get("id"),
        "address": row.get("url"),
        "author": dig(row, "creator", "username"),
        "created": row.get("creationTs"),
        "kind": "post",
        "title": row.get("title"),
        "text": row.get("description"),
        "replies": row.get("commentsCount"),
        "likes": row.get("upVoteCount"),
        "image": not is_video,
        "video": is_video,
    }


SHAPE = Shape(
    name="9gag",
    fits=_fits,
    reader=whole(fields),
    platform="9gag",
    origins=("9gag.com", "9gag"),
)
