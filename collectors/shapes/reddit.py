"""Submissions and comments of Reddit as its API, Pushshift's dumps and 4CAT's NDJSON hold them.

The native id is the full name (`t3_` a submission, `t1_` a comment): the short ids of the two
are counted apart. Bodies are Markdown and become plain words, without lines that quote others;
titles are not Markdown. What its author or a moderator took down is not mapped.
"""

from __future__ import annotations

from typing import Any

from collectors.errors import Unmappable
from collectors.items import is_removed
from collectors.markdown_text import plain
from collectors.shapes import Row, Shape, dig, has, unescaped, whole

SITE = "https://www.reddit.com"


def _fits(row: Row) -> bool:
    return has(row, "id", "subreddit", "created_utc")


def is_gone(row: Row) -> bool:
    """Whether only the place of a submission or comment is left, not its words."""
    said = (row.get("body"), row.get("selftext"), row.get("title"))
    return row.get("removed_by_category") is not None or any(map(is_removed, said))


def fields(row: Row, *, is_escaped: bool = True) -> dict[str, Any]:
    """The fields of an item. is_escaped: whether &, < and > are written as HTML does.

    Raises Unmappable for what was removed.
    """
    if is_gone(row):
        raise Unmappable("removed by its author or the platform", column="text")
    is_comment = "body" in row or "link_id" in row
    short, link, thread = row.get("id"), row.get("permalink"), row.get("link_id")
    found = {
        "address": f"{SITE}{link}" if isinstance(link, str) else None,
        "author": row.get("author"),
        "created": row.get("created_utc"),
        "replies": row.get("num_comments"),
        # a hidden score is written as 1
        "likes": None if row.get("score_hidden") or row.get("hide_score") else row.get("score"),
        "native_id": f"{'t1' if is_comment else 't3'}_{short}" if short else None,
    }
    if is_comment:
        if found["address"] is None and short and isinstance(thread, str):
            found["address"] = f"{SITE}/comments/{thread.removeprefix('t3_')}/_/{short}/"
        return {
            **found, "kind": "comment", "thread": thread,
            "text": _words(row.get("body"), is_escaped),
            "image": bool(row["media_metadata"]) if "media_metadata" in row else None,
        }  # fmt: skip
    title, hint = row.get("title"), str(row.get("post_hint"))
    return {
        **found,
        "kind": "post",
        "thread": found["native_id"],
        "title": unescaped(title) if is_escaped else title,
        "text": _words(row.get("selftext"), is_escaped),
        "image": hint == "image" or bool(row.get("is_gallery") or row.get("media_metadata")),
        "video": bool(row.get("is_video")) or hint.endswith("video"),
        "lang": dig(row, "lang"),
    }


def _words(text: Any, is_escaped: bool) -> Any:
    if not isinstance(text, str):
        return text
    return plain(unescaped(text) if is_escaped else text)


SHAPE = Shape(
    name="reddit",
    fits=_fits,
    reader=whole(fields),
    platform="reddit",
    origins=("reddit.com", "reddit"),
)
