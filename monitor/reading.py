"""Single posts as the posts tier may read them: never a fold, an author or a signature.

The one door to `index.posts`. Of an article people see an excerpt (`monitor/excerpts.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from base.errors import NotAllowed
from monitor import excerpts, permits
from monitor.purposes import Purpose
from monitor.workspace import Workspace
from store import schema
from store.query import Query
from taxonomy.model import VOCABULARY

# Replicates and author keys are never shown or exported; a signature could find its text again.
_NEVER = frozenset({"fold", "author", "signature", "month", "home"})
SOURCE_CITY = schema.Column(
    "source_city", pa.string(), "home of the source that brought it; where it differs from city,"
    " the post of a source of one city (or country) is about another", "source",
    "a stream brought it",
)  # fmt: skip
COLUMNS = tuple(
    column
    for c in schema.POST_COLUMNS
    for column in ((c, SOURCE_CITY) if c.name == "city" else (c,))
    if c.name not in _NEVER
)
SHOWN = tuple(c.name for c in COLUMNS)
_PAGE = 5_000
_MOST_WORDS = 3  # of the evidence for an area, in a line


def permitted(
    workspace: Workspace, purpose: Purpose, query: Query
) -> tuple[Query, dict[str, NotAllowed]]:
    """The Query without platforms whose terms exclude the purpose, and by platform why.

    Raises NotAllowed where one of them was asked for by name, or nothing is left.
    """
    present: list[str] = []
    if workspace.has("lake"):  # a question makes none
        rows = workspace.lake.read("coverage", ["platform"])
        present = pc.unique(rows["platform"]).to_pylist()
    return permits.narrowed(workspace.registry.platforms, purpose, query, present)


def posts(workspace: Workspace, query: Query, *, limit: int) -> list[dict[str, Any]]:
    """At most `limit` posts, newest first, as JSON-able objects."""
    rows: list[dict[str, Any]] = []
    for page in pages(workspace, query, limit=limit):
        rows += [plain(excerpts.shown(row)) for row in shown(page).to_pylist()]
    return rows


def pages(workspace: Workspace, query: Query, *, limit: int | None = None) -> Iterator[pa.Table]:
    """All posts as they are kept, newest first, a page at a time; flat in memory.

    For work on them; whoever shows or exports a row asks `excerpts` and `permits`.
    """
    after: tuple[str, str, str] | None = None
    left = limit
    while left is None or left > 0:
        page = workspace.index.posts(
            query, limit=_PAGE if left is None else min(_PAGE, left), after=after
        )
        if page.num_rows == 0:
            return
        yield page
        last = page.slice(page.num_rows - 1).select(["created", "id", "home"]).to_pylist()[0]
        after = (last["created"].isoformat(), last["id"], last["home"])
        left = None if left is None else left - page.num_rows


def shown(page: pa.Table) -> pa.Table:
    """The columns that may be read, with the city of the source beside the city."""
    homes = page["home"].cast(pa.string())
    source_city = pc.if_else(
        pc.equal(homes, schema.STREAM), pa.scalar(None, pa.string()), homes
    )  # fmt: skip
    return page.append_column(SOURCE_CITY.name, source_city).select(list(SHOWN))


def about(post: dict[str, Any]) -> str:
    """The city of a post and, where that is another, whose source brought it."""
    city, source = post["city"], post["source_city"]
    if source in (None, city):
        return city or "–"
    return f"{city or '–'} (from a source of {source})"


def because(post: dict[str, Any]) -> str:
    """Each area with the words of the post that stand for it: `housing (Miete, Wohnung)`."""
    words: dict[str, dict[str, None]] = {area: {} for area in post["areas"]}
    for match in post["matches"] or ():
        if match["list"] in ("terms", VOCABULARY) and match["code"] in words:
            words[match["code"]][post["text"][match["start"] : match["end"]]] = None
    return ", ".join(
        f"{area} ({', '.join(list(found)[:_MOST_WORDS])})" if found else area
        for area, found in words.items()
    )


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A post in the shape that programs read: redactions as {type: count}, dates as text."""
    found = dict(row)
    found["redactions"] = {r["type"]: r["count"] for r in row["redactions"] or ()}
    for name in ("created", "collected", "day"):
        found[name] = row[name].isoformat()
    return found
