"""Pages of single posts, newest first: created descending, then id, then home.

A page begins after the last row of the one before (a key, not an offset), so that a post that
comes or goes between two pages neither repeats nor hides another.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from store.elastic.documents import KEPT
from store.elastic.reading import View
from store.elastic.where import where
from store.paging import SHOWN, After, check_limit, moment
from store.query import Query

_PAGE = 10_000  # index.max_result_window
_SORT = [{"created": "desc"}, {"id": "asc"}, {"home": "asc"}]
_UNREAD = ["words", "week", "day_month", "within", "digest"]
_REST = frozenset({*KEPT, "collected", "signature", "tone", "hate", "story"})


def page(
    view: View, query: Query, countries: Mapping[str, str], limit: int, after: After | None
) -> pa.Table:
    """At most `limit` posts after `after`, POST columns and story."""
    check_limit(limit)
    last = None if after is None else [moment(after[0]), after[1], after[2]]
    asked = where(query, countries)
    rows: list[dict[str, Any]] = []
    while len(rows) < limit:
        size = min(limit - len(rows), _PAGE)
        more: dict[str, Any] = {} if last is None else {"search_after": last}
        found = view.search(
            asked, size=size, sort=_SORT, track_total_hits=False, source_excludes=_UNREAD, **more
        )
        hits = found["hits"]["hits"]
        rows += [_row(hit["_source"]) for hit in hits]
        if len(hits) < size:
            break
        last = hits[-1]["sort"]
    columns = [pa.array([row[f.name] for row in rows], f.type) for f in SHOWN]
    return pa.Table.from_arrays(columns, schema=SHOWN)


def _row(found: Mapping[str, Any]) -> dict[str, Any]:
    """A document as a row again; moments and days stay numbers."""
    rest = found["rest"]
    row = {name: rest[name] if name in _REST else found.get(name) for name in SHOWN.names}
    (row["text"],) = found["text"].values()
    if row["signature"] is not None:
        row["signature"] = b64decode(row["signature"])
    return row
