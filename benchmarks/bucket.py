"""The same merges and reads on a lake in a folder and on one in a bucket, in turn, in one run.

The bucket and the PostgreSQL with its lock are those of the settings (UNITE_STORE_LAKE_…,
UNITE_DATABASE_URL); what is written there stands under a prefix of its own and stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.measuring import times
from benchmarks.merging import fill, merge, posts_of
from monitor.settings import load
from store.lake import Lake
from store.shared_lock import SharedLock
from store.snapshot import snapshot
from store.tables import connect

_ROUNDS = 5


def measure(home: str, rows: int, batch: int = 10_000) -> dict[str, Any]:
    """Seconds, median and p95 of five, of each place."""
    settings = load(home=Path(home))
    bucket = settings.lake_bucket()
    if bucket is None:
        return {"skipped": "no UNITE_STORE_LAKE_URL"}
    bucket = replace(bucket, url=f"{bucket.url}/benchmark-{uuid4().hex[:8]}")
    address = settings.database_address()
    lakes = {
        "folder": Lake(Path(home) / "lake"),
        "bucket": Lake(bucket, SharedLock(bucket.url, address)),
    }
    result: dict[str, Any] = {"rows": rows, "batch": batch}
    began = time.perf_counter()
    for place, lake in lakes.items():
        per_home = fill(lake, rows)
        for what, call in _calls(lake, per_home, batch).items():
            p50, p95 = times(call, rounds=_ROUNDS)
            result[f"{place}, {what}"] = (round(p50 / 1000, 2), round(p95 / 1000, 2))
    return result | {"took_s": round(time.perf_counter() - began)}


def _calls(lake: Lake, per_home: int, batch: int) -> dict[str, Callable[[], object]]:
    turn = iter(range(1, 1000))
    month = max(month for home, month in lake.files("posts") if home == "city-3")

    def bring(known: int) -> None:
        number = next(turn)
        start = per_home + number * batch
        numbers = [*range(known), *range(start, start + batch - known)]
        merge(lake, [posts_of(3, numbers, per_home, number if known else None)])

    return {
        "merge, all new": partial(bring, 0),
        "merge, half changed": partial(bring, batch // 2),
        "read of a month of all homes": lambda: _read(lake, month),
        "count over all": lambda: _count(lake),
    }


def _read(lake: Lake, month: str) -> None:
    """A month as the index takes it."""
    with lake.lock.shared():
        for _ in snapshot(lake).read(month):
            pass


def _count(lake: Lake) -> None:
    with connect() as con:
        lake.view(con, "posts", "posts", columns=("home", "month", "relevant"))
        con.sql("select home, month, count(*) filter (relevant) from posts group by all").fetchall()
