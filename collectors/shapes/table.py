"""Any table or list of objects with a column of texts: our names, the user's, or common ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from base.errors import BadInput, unknown
from collectors.shapes import TABLE, Fields, Row, Shape, shown
from store.schema import ITEM

# the first name that is there counts
COMMON: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "message", "caption", "full_text", "selftext",
             "comment", "description", "post_text", "tweet"),
    "title": ("title", "subject", "headline"),
    "created": ("created", "created_at", "created_utc", "timestamp", "published",
                "published_at", "date", "datetime", "time", "unix_timestamp", "pubdate"),
    "native_id": ("native_id", "id", "post_id", "id_str", "tweet_id", "message_id",
                  "comment_id", "guid", "uri"),
    "address": ("address", "url", "link", "permalink", "post_url"),
    "author": ("author", "author_id", "user_id", "username", "user", "screen_name", "account"),
    "thread": ("thread", "thread_id", "conversation_id", "topic_id"),
    "kind": ("kind",),
    "replies": ("replies", "reply_count", "num_comments", "comments", "comment_count"),
    "reposts": ("reposts", "retweet_count", "repost_count", "shares", "share_count"),
    "likes": ("likes", "like_count", "favorite_count", "favourites_count", "num_likes", "upvotes"),
    "image": ("image", "has_image", "image_url", "images"),
    "video": ("video", "has_video", "video_url", "videos"),
    "lang": ("lang", "language", "language_guess"),
    "platform": ("platform", "source_platform"),
    "voice": ("voice",),
}  # fmt: skip
TARGETS = (*ITEM.names, "title")
_PLACE = re.compile(r"column (\d{1,4})")  # how messages call a column whose name is not repeated


def named(names: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """The user's own columns, checked, by name or as `column 7`. BadInput with what there is.

    "" is no column: the field is left empty, whatever the columns are called.
    """
    found: dict[str, str] = {}
    for target, given in columns.items():
        place = _PLACE.fullmatch(given)
        column = given
        if given not in names and place and 0 < int(place[1]) <= len(names):
            column = names[int(place[1]) - 1]
        if target not in TARGETS:
            raise unknown("field", target, TARGETS)
        if given and column not in names:
            # what the user typed is not repeated: it may have been copied from the data
            raise BadInput(
                f"no column for {target} under the name that was given",
                expected="the name of a column of the file",
                available=shown(names),
            )
        found[target] = column
    return found


def resolve(names: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """The column that each field is read from: the user's, else a common name. BadInput."""
    by_lower = {n.strip().lower(): n for n in reversed(names)}
    given = named(names, columns)
    found = {target: column for target, column in given.items() if column}
    taken = set(found.values())
    for target, commons in COMMON.items():
        if target not in given:
            column = next((by_lower[c] for c in commons if c in by_lower), "")
            if column and column not in taken:
                found[target] = column
    if "text" not in found and "title" not in found:
        raise BadInput(
            "no column that holds the text",
            expected="a column text, body, content, message …",
            available=shown(names),
            hint="name it: --columns text=NAME",
        )
    return found


def _reader(names: Sequence[str], columns: Mapping[str, str]) -> Fields:
    pairs = tuple(resolve(names, columns).items())

    def fields(row: Row) -> dict[str, Any]:
        return {target: row.get(column) for target, column in pairs}

    return fields


SHAPE = Shape(name=TABLE, fits=lambda _row: True, reader=_reader, rank=100)
