"""How much of a table is kept, from the lake's log alone: no file of it is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from store.lake import Lake


@dataclass(frozen=True)
class Kept:
    """rows: by home. size: of all files, bytes. changed: when the newest of them was written."""

    rows: Mapping[str, int] = field(default_factory=dict)
    size: int = 0
    changed: datetime | None = None


def kept(lake: Lake, name: str) -> Kept:
    """What the files of a table hold that is partitioned by home."""
    files = pa.table(lake.table(name).get_add_actions(flatten=True))
    if files.num_rows == 0:
        return Kept()
    rows: Counter[str] = Counter()
    pairs = zip(files["partition.home"].to_pylist(), files["num_records"].to_pylist(), strict=True)
    for home, count in pairs:
        rows[home] += count or 0
    newest = pc.max(files["modification_time"]).cast(pa.int64()).as_py()
    changed = datetime.fromtimestamp(newest / 1000, UTC)
    return Kept(rows, pc.sum(files["size_bytes"]).as_py(), changed)
