"""Which posts have been kept long enough, counted from when they were collected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from store import schema
from store.lake import Lake

_COLUMNS = ("id", "home", "month", "platform", "source", "day", "collected", "relevant")
Ends = Mapping[str, datetime]
_NOWHERE: Ends = {}


def irrelevant(
    lake: Lake, before: datetime, of_source: Mapping[tuple[str, str], datetime],
    of_platform: Ends = _NOWHERE,
) -> pa.Table:  # fmt: skip
    """Irrelevant posts collected before `before`, or before the moment of their (home, source);
    of a platform in `of_platform` also what was collected before its moment."""
    late = _collected_before(before)
    for (home, source), end in of_source.items():
        mine = (ds.field("home") == home) & (ds.field("source") == source)
        late = pc.if_else(mine, _collected_before(end), late)
    late = late | _too_long(of_platform)
    return lake.read("posts", _COLUMNS, late & ~ds.field("relevant"))


def relevant(lake: Lake, before: datetime, of_platform: Ends = _NOWHERE) -> pa.Table:
    """Relevant posts collected before `before`, or before the moment of their platform."""
    late = _collected_before(before) | _too_long(of_platform)
    return lake.read("posts", _COLUMNS, late & ds.field("relevant"))


def _too_long(of_platform: Ends) -> ds.Expression:
    """Kept longer than the platform's terms allow."""
    found = ds.scalar(False)
    for platform, end in of_platform.items():
        found = found | ((ds.field("platform") == platform) & _collected_before(end))
    return found


def _collected_before(end: datetime) -> ds.Expression:
    return ds.field("collected") < pa.scalar(end, schema.MOMENT)
