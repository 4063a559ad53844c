"""Posts of Bluesky: the app's view of a post, with names in camelCase or, from 4CAT, snake_case.

A post cannot be younger than the moment the network saw it: a date of its author's clock that
lies behind that is replaced by it. Who asks not to be shown to people without an account
(`!no-unauthenticated`) is left out.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from collectors.errors import Unmappable
from collectors.shapes import Row, Shape, dig, has, whole

_ONLY_SIGNED_IN = "!no-unauthenticated"


def _fits(row: Row) -> bool:
    return has(row, "uri", "record", "author") and isinstance(row["record"], dict)


def fields(row: Row) -> dict[str, Any]:
    """The fields of one post. Raises Unmappable for one that its author keeps to the network."""
    record, uri, author = row.get("record"), row.get("uri"), row.get("author")
    if any(dig(label, "val") == _ONLY_SIGNED_IN for label in dig(author, "labels") or ()):
        raise Unmappable("its author asks to be shown to signed-in people only", column="author")
    name = dig(author, "handle") or dig(author, "did")
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
        "address": f"https://bsky.app/profile/{name}/post/{str(uri).rpartition('/')[2]}"
        if isinstance(uri, str) and name
        else None,
        "author": dig(author, "did") or name,
        "created": created(row),
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


def created(row: Row) -> Any:
    """The author's date as given, or the moment the network saw the post if that was earlier."""
    record = row.get("record")
    given = dig(record, "createdAt") or dig(record, "created_at")
    seen = row.get("indexedAt") or row.get("indexed_at")
    if not isinstance(given, str) or not isinstance(seen, str):
        return given
    if given.endswith("Z") and seen.endswith("Z") and given[:19] < seen[:19]:
        return given  # the usual case, at the price of a comparison
    mine, theirs = instant(given), instant(seen)
    return seen if mine is not None and theirs is not None and theirs < mine else given


def instant(given: object) -> datetime | None:
    """A date of the protocol in UTC, without a zone too; None for what cannot be read."""
    try:
        found = datetime.fromisoformat(given) if isinstance(given, str) else None
        if found is None:
            return None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


SHAPE = Shape(
    name="bluesky",
    fits=_fits,
    reader=whole(fields),
    platform="bluesky",
    origins=("bsky.app", "bluesky", "bsky"),
    dates_in="UTC",
)
