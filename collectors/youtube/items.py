"""Comments and replies of YouTube as the Data API v3 gives them, under the names of ITEM.

The author is the id of the channel, never its name. The thread is the comment on top.
Schema: https://developers.google.com/youtube/v3/docs/comments
"""

from __future__ import annotations

from typing import Any

from collectors.errors import Unmappable
from collectors.shapes import dig

_SITE = "https://www.youtube.com/watch?v="


def fields(comment: object, video: str | None = None, replies: object = None) -> dict[str, Any]:
    """The fields of a comment resource; replies: of the thread it begins. Raises Unmappable."""
    number, snippet = dig(comment, "id"), dig(comment, "snippet")
    if not isinstance(snippet, dict) or not isinstance(number, str):
        raise Unmappable("no snippet", column="text")
    parent = snippet.get("parentId")
    video = snippet.get("videoId") or video
    # asked for as plain text; without a video it stands under a channel itself
    text = snippet.get("textDisplay")
    return {
        "native_id": number,
        "address": f"{_SITE}{video}&lc={number}" if video else None,
        "author": dig(snippet, "authorChannelId", "value"),
        "created": snippet.get("publishedAt"),
        "kind": "reply" if parent else "comment",
        "thread": parent or number,
        "text": text,
        "replies": replies,
        "likes": snippet.get("likeCount"),
    }
