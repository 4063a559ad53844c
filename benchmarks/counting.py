"""The embedded index: questions to 100,000, a million and ten million posts, cold and warm."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.copies import Copies, questions
from benchmarks.measuring import times
from store.duckdb_index import DuckdbIndex

_ROUNDS = 15
_OPENED = 5  # times that the index is opened for one question


def measure(folder: str, posts: int) -> dict[str, Any]:
    """Seconds to build, bytes, and milliseconds of each question.

    cold: the first question after the index was opened (the disk's own memory is warm), the
    median of several. warm: p50 and p95.
    """
    made = Copies(Path(folder))
    copies = max(1, posts // made.posts)
    where = Path(folder) / "index"

    def opened() -> DuckdbIndex:
        return DuckdbIndex(where, made.workspace.registry.countries, memory_limit="512MB")

    start = time.perf_counter()
    opened().catch_up(made.lake(copies))
    found: dict[str, Any] = {
        "posts": copies * made.posts,
        "built, s": round(time.perf_counter() - start),
        "MB": sum(p.stat().st_size for p in where.rglob("*") if p.is_file()) >> 20,
    }
    start = time.perf_counter()
    opened().catch_up(made.lake(copies, 1))
    found["one month again, s"] = round(time.perf_counter() - start, 1)
    found["cold, ms"] = {name: _cold(opened, name) for name in questions(opened())}
    warm = questions(opened())
    found["warm, ms p50, p95"] = {
        name: [round(t, 1) for t in times(call, _ROUNDS)] for name, call in warm.items()
    }
    return found


def _cold(opened: Callable[[], DuckdbIndex], name: str) -> float:
    taken = []
    for _ in range(_OPENED):
        call = questions(opened())[name]
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    return round(median(taken), 1)
