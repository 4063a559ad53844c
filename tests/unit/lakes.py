"""Small lakes for tests: rows of the Post with everything filled in that a test does not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from base.ids import fold_of, keyed
from store import schema
from store.lake import Lake
from store.writer import Guard, Merged

KEY = b"k" * 32
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
_FILL: Mapping[str, Any] = {
    "platform": "files", "source": "s", "kind": "post", "voice": "personal", "lang": "de",
    "lang_score": 0.9, "relevant": True, "areas": ["housing"], "redactions": [], "matches": [],
    "places": [], "groups": [], "rights": [], "protected": False, "terms_class": "own",
    "tagger": "t",
}  # fmt: skip


def post_id(name: object) -> str:
    """The id that a test's post called `name` has."""
    return keyed(KEY, "id", str(name))


def signature(*words: str) -> bytes:
    """A signature in which each word decides as many of the 64 values as the others."""
    values = []
    for i in range(schema.SIGNATURE_HASHES):
        word = words[i % len(words)]
        values.append(int(keyed(KEY, "sig", word, str(i))[:4], 16))
    return np.array(values, np.uint16).tobytes()


def row(name: object, home: str = "wien", *, hours: float = 0, **given: Any) -> dict[str, Any]:
    """One post, created `hours` after START."""
    created = given.pop("created", START + timedelta(hours=hours))
    found: dict[str, Any] = {f: None for f in schema.POST.names}
    found.update(_FILL)
    found.update(
        id=post_id(name), home=home, city=home, created=created, collected=START,
        day=created.date(), month="", text=f"text of {name}", author=f"202603:{name}",
        fold=fold_of(KEY, "fold", str(name)), signature=signature(str(name)),
    )  # fmt: skip
    found.update(given)
    return found


def table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """POST rows as the lake takes them."""
    return pa.Table.from_pylist([dict(r) for r in rows], schema=schema.POST)


def address(name: object) -> str:
    """The lookup of a post's address."""
    return keyed(KEY, "address", str(name))


def merge(lake: Lake, rows: Sequence[Mapping[str, Any]]) -> Merged:
    """Merge rows with vault rows beside them; a row's lookup is that of its id."""
    posts = table(rows)
    lookups = [address(i) for i in posts["id"].to_pylist()]
    vault = pa.table(
        [posts["id"], posts["home"], posts["month"], [b"sealed"] * len(posts), lookups],
        schema=schema.VAULT,
    )
    guard = Guard(pa.array(lookups), pa.nulls(len(posts), pa.string()))
    with lake.writing() as writer:
        return writer.merge_posts(posts, vault, guard)


def stories(lake: Lake) -> dict[tuple[str, str], tuple[str, bool]]:
    """(id, home) → (story, counted)."""
    rows = lake.read("stories").to_pylist()
    return {(r["id"], r["home"]): (r["story"], r["counted"]) for r in rows}
