"""What of a post's text is kept: none where the platform's terms forbid it, of an old article an
excerpt.

What was cut off stands in `redactions` under the type REST, in characters. Such a post keeps the
tags it got while its text was whole: nothing tags it again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pyarrow as pa

from monitor import excerpts
from store import schema


def without_text(posts: pa.Table, platforms: Collection[str]) -> pa.Table:
    """POST rows, those of these platforms with an empty text and no evidence in it."""
    if not platforms or not set(platforms) & set(posts["platform"].unique().to_pylist()):
        return posts
    return _put(posts, [
        ("", [], _cut(row["redactions"], len(row["text"]))) if row["platform"] in platforms
        else (row["text"], row["matches"], row["redactions"])
        for row in _rows(posts)
    ])  # fmt: skip


def as_excerpts(posts: pa.Table) -> pa.Table:
    """POST rows with excerpts in the place of their texts."""
    found = []
    for row in _rows(posts):
        text, matches = excerpts.excerpt(row["text"], row["matches"])
        found.append((text, matches, _cut(row["redactions"], len(row["text"]) - len(text))))
    return _put(posts, found)


def is_whole(posts: pa.Table) -> pa.Array:
    """Whether each post still has the text it was tagged by."""
    return pa.array(
        [all(r["type"] != schema.REST for r in of or ()) for of in posts["redactions"].to_pylist()],
        pa.bool_(),
    )


def _rows(posts: pa.Table) -> list[dict[str, Any]]:
    return posts.select(["platform", "text", "matches", "redactions"]).to_pylist()


def _cut(redactions: Sequence[dict[str, Any]] | None, count: int) -> list[dict[str, Any]]:
    kept = [r for r in redactions or () if r["type"] != schema.REST]
    return [*kept, {"type": schema.REST, "count": max(count, 1)}]


def _put(posts: pa.Table, found: Sequence[tuple[Any, ...]]) -> pa.Table:
    for name, values in zip(("text", "matches", "redactions"), zip(*found, strict=True),
                            strict=True):  # fmt: skip
        index = posts.schema.get_field_index(name)
        posts = posts.set_column(index, name, pa.array(values, posts.schema.field(name).type))
    return posts
