"""Posts of X as its web pages load them (old and new), and as its API v2 gives them.

A repost has no words of its own and is rejected; a quote and a reply have. A long post keeps
its whole text in `note_tweet`.
"""

from __future__ import annotations

from typing import Any

from collectors.errors import Unmappable
from collectors.files_shapes import Row, Shape, dig, each, has, unescaped, whole

_KINDS = {"replied_to": "reply", "quoted": "quote"}


def _fits(row: Row) -> bool:
    if "legacy" in row and ("rest_id" in row or row.get("type") == "adaptive"):
        return True
    return has(row, "public_metrics", "text") and "author_id" in row


def fields(row: Row) -> dict[str, Any]:
    return _from_page(row) if "legacy" in row else from_api(row)


def _from_page(row: Row) -> dict[str, Any]:
    legacy = row.get("legacy")
    if dig(legacy, "retweeted_status_result") or dig(legacy, "retweeted_status_id_str"):
        raise Unmappable("a repost without words of its own", column="legacy")
    native_id = row.get("rest_id") or dig(legacy, "id_str")
    user = dig(row, "core", "user_results", "result")
    name = (
        dig(user, "core", "screen_name")
        or dig(user, "legacy", "screen_name")
        or dig(row, "user", "screen_name")
    )
    media = dig(legacy, "extended_entities", "media") or dig(legacy, "entities", "media")
    kinds = each(media, "type")
    is_reply = bool(dig(legacy, "in_reply_to_status_id_str"))
    return {
        "native_id": native_id,
        "address": f"https://x.com/{name or 'i'}/status/{native_id}" if native_id else None,
        "author": dig(legacy, "user_id_str") or dig(row, "user", "id_str") or name,
        "created": dig(legacy, "created_at"),
        "kind": "reply" if is_reply else "quote" if dig(legacy, "is_quote_status") else "post",
        "thread": dig(legacy, "conversation_id_str"),
        "text": dig(row, "note_tweet", "note_tweet_results", "result", "text")
        or unescaped(dig(legacy, "full_text")),
        "replies": dig(legacy, "reply_count"),
        "reposts": dig(legacy, "retweet_count"),
        "likes": dig(legacy, "favorite_count"),
        "image": "photo" in kinds,
        "video": "video" in kinds or "animated_gif" in kinds,
        "lang": dig(legacy, "lang"),
    }


def from_api(row: Row) -> dict[str, Any]:
    """The fields of a post of the API v2, its media standing where their keys stood.

    An edited post keeps the id of its first version, so that it stays one post.
    """
    if is_repost(row):
        raise Unmappable("a repost without words of its own", column="referenced_tweets")
    if row.get("withheld"):
        raise Unmappable("withheld by X", column="withheld")
    kinds = each(row.get("referenced_tweets"), "type")
    native_id = row.get("id")
    media = each(dig(row, "attachments", "media_keys"), "type")
    metrics = row.get("public_metrics")
    return {
        "native_id": dig(row, "edit_history_tweet_ids", 0) or native_id,
        "address": f"https://x.com/i/status/{native_id}" if native_id else None,
        "author": row.get("author_id"),
        "created": row.get("created_at"),
        "kind": next((_KINDS[k] for k in ("replied_to", "quoted") if k in kinds), "post"),
        "thread": row.get("conversation_id"),
        "text": unescaped(dig(row, "note_tweet", "text") or row.get("text")),
        "replies": dig(metrics, "reply_count"),
        "reposts": dig(metrics, "retweet_count"),
        "likes": dig(metrics, "like_count"),
        "image": _any(media, "photo"),
        "video": _any(media, "video", "animated_gif"),
        "lang": row.get("lang"),
    }


def is_repost(row: Row) -> bool:
    """Whether a post of the API v2 is a repost, which has no words of its own."""
    return "retweeted" in each(row.get("referenced_tweets"), "type")


def _any(media: list[Any], *kinds: str) -> bool | None:
    """Whether one of the kinds is among the media; None where only keys of media are known."""
    return None if not any(media) else any(m in kinds for m in media)


SHAPE = Shape(
    name="x",
    fits=_fits,
    reader=whole(fields),
    platform="x",
    origins=("twitter.com", "x.com", "twitter", "x", "twitter-comments", "x-comments"),
)
