"""Public posts of Facebook as its pages load them (`comet_sections`)."""

from __future__ import annotations

from typing import Any

from collectors.shapes import Row, Shape, dig, each, whole

_CONTEXT = ("comet_sections", "context_layout", "story", "comet_sections", "metadata")


def _fits(row: Row) -> bool:
    return isinstance(row.get("comet_sections"), dict)


def fields(row: Row) -> dict[str, Any]:
    story = dig(row, "comet_sections", "content", "story")
    times = each(dig(row, *_CONTEXT), "story", "creation_time")
    kinds = each(dig(story, "attachments"), "target", "__typename")
    return {
        "native_id": dig(story, "post_id") or row.get("post_id"),
        "address": dig(story, "wwwURL"),
        "author": dig(story, "actors", 0, "id") or dig(story, "actors", 0, "url"),
        "created": next((t for t in times if t), None) or row.get("creation_time"),
        "kind": "post",
        "text": dig(story, "message", "text"),
        "image": "Photo" in kinds,
        "video": "Video" in kinds,
    }


SHAPE = Shape(
    name="facebook",
    fits=_fits,
    reader=whole(fields),
    platform="facebook",
    origins=("facebook.com", "facebook"),
)
