"""Posts of X as its web pages load them (old and new), and as its API v2 gives them.

A repost has no words of its own and is rejected; a quote and a reply have. A long post keeps
its whole text in `note_tweet`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.errors import Unmappable
from collectors.shapes import Row, Shape, dig, each, has, unescaped, whole

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


class Repost(Unmappable):
    """A repost: it has no words of its own."""


def from_api(row: Row, media: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The fields of a post of the API v2. Raises Repost, and Unmappable for a withheld post.

    media: key of a medium → the medium, where they came beside the posts; else they stand where
    their keys stood. An edited post keeps the id of its first version: it stays one post.
    """
    get = row.get
    kinds = each(get("referenced_tweets"), "type") if get("referenced_tweets") else ()
    if "retweeted" in kinds:
        raise Repost("a repost without words of its own", column="referenced_tweets")
    if get("withheld"):
        raise Unmappable("withheld by X", column="withheld")
    native_id = get("id")
    note, metrics = get("note_tweet"), get("public_metrics")
    count = metrics.get if isinstance(metrics, dict) else _nothing
    image, video = _media(get("attachments"), media)
    return {
        "native_id": dig(get("edit_history_tweet_ids"), 0) or native_id,
        "address": f"https://x.com/i/status/{native_id}" if native_id else None,
        "author": get("author_id"),
        "created": get("created_at"),
        "kind": next((_KINDS[k] for k in _KINDS if k in kinds), "post") if kinds else "post",
        "thread": get("conversation_id"),
        "text": unescaped((note and dig(note, "text")) or get("text")),
        "replies": count("reply_count"),
        "reposts": count("retweet_count"),
        "likes": count("like_count"),
        "image": image,
        "video": video,
        "lang": get("lang"),
    }


def _nothing(_: str) -> None:
    return None


def _media(attachments: Any, known: Mapping[str, Any] | None) -> tuple[bool | None, bool | None]:
    """Whether images and videos are attached; None where it cannot be told."""
    listed = dig(attachments, "media_keys") if attachments else None
    if not isinstance(listed, list) or not listed:
        # who asked for media is told of them: then none are there
        return (None, None) if known is None else (False, False)
    if known is not None:
        listed = [known.get(key) if isinstance(key, str) else key for key in listed]
    kinds = each(listed, "type")
    if not any(kinds):
        return None, None
    return "photo" in kinds, "video" in kinds or "animated_gif" in kinds


SHAPE = Shape(
    name="x",
    fits=_fits,
    reader=whole(fields),
    platform="x",
    origins=("twitter.com", "x.com", "twitter", "x", "twitter-comments", "x-comments"),
)
