"""Posts and comments of Lemmy as its API v3 gives them, under the names of ITEM.

The native id is the item's own federated address (`ap_id`): one post that two servers show is
one post. The author is the address of the account. Moments without a zone (before 0.19) are UTC.
Schema: https://join-lemmy.org/api (PostView, CommentView).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.errors import Unmappable
from collectors.markdown_text import plain
from collectors.shapes import dig

_IMAGES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")
_VIDEOS = (".mp4", ".webm", ".mov")


def post_fields(view: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a PostView. Raises Unmappable."""
    post = _part(view, "post")
    _refuse_removed(post)
    link = _words(post, "url").partition("?")[0].lower()
    media = _words(post, "url_content_type")
    return {
        "native_id": post.get("ap_id"),
        "address": post.get("ap_id"),
        "author": dig(view, "creator", "actor_id"),
        "created": post.get("published"),
        "kind": "post",
        "thread": post.get("ap_id"),
        "title": _words(post, "name"),
        "text": plain(_words(post, "body")),
        "replies": dig(view, "counts", "comments"),
        "likes": dig(view, "counts", "upvotes"),
        "image": media.startswith("image") or link.endswith(_IMAGES),
        "video": media.startswith("video") or link.endswith(_VIDEOS),
    }


def comment_fields(view: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a CommentView. Raises Unmappable."""
    comment = _part(view, "comment")
    _refuse_removed(comment)
    text = _words(comment, "content")
    return {
        "native_id": comment.get("ap_id"),
        "address": comment.get("ap_id"),
        "author": dig(view, "creator", "actor_id"),
        "created": comment.get("published"),
        "kind": "comment",
        "thread": dig(view, "post", "ap_id"),
        "text": plain(text),
        "replies": dig(view, "counts", "child_count"),
        "likes": dig(view, "counts", "upvotes"),
        "image": "![" in text,
    }


def _part(view: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = view.get(name)
    if not isinstance(found, dict):
        raise Unmappable(f"no {name} in it", column="text")
    return found


def _words(part: Mapping[str, Any], name: str) -> str:
    found = part.get(name)
    return found if isinstance(found, str) else ""


def _refuse_removed(part: Mapping[str, Any]) -> None:
    if part.get("deleted") or part.get("removed"):
        raise Unmappable("removed by its author or the platform", column="text")
