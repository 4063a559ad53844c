"""Which posts have been kept long enough, counted from when they were collected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from store import schema
from store.lake import Lake

_COLUMNS = ("id", "home", "month", "source", "day", "collected", "relevant")


def irrelevant(
    lake: Lake, before: datetime, of_source: Mapping[tuple[str, str], datetime]
) -> pa.Table:
    """Irrelevant posts collected before `before`, or before the moment of their (home, source)."""
    late = _collected_before(before)
    for (home, source), end in of_source.items():
        mine = (ds.field("home") == home) & (ds.field("source") == source)
        late = pc.if_else(mine, _collected_before(end), late)
    return lake.read("posts", _COLUMNS, late & ~ds.field("relevant"))


def relevant(lake: Lake, before: datetime) -> pa.Table:
    """Relevant posts collected before `before`."""
    return lake.read("posts", _COLUMNS, _collected_before(before) & ds.field("relevant"))


def _collected_before(end: datetime) -> ds.Expression:
    return ds.field("collected") < pa.scalar(end, schema.MOMENT)
