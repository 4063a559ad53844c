"""A merge of 10,000 posts into a lake of millions: spread over homes, and into one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from deltalake import write_deltalake

from benchmarks.measuring import times
from store import schema
from store.lake import Lake
from store.writer import Guard

_START = datetime(2026, 1, 1, tzinfo=UTC)
_HOMES = 10
_TEXT = "eine wohnung zu finden ist schwer und das amt antwortet erst nach wochen "


def measure(folder: str, rows: int, batch: int = 10_000) -> dict[str, Any]:
    """Seconds of a merge, half of it known posts or all new; median and p95 of ten."""
    lake = Lake(Path(folder))
    lake.create()
    per_home = rows // _HOMES
    for home in range(_HOMES):
        for start in range(0, per_home, 250_000):
            part = _posts(home, range(start, min(start + 250_000, per_home)), per_home)
            write_deltalake(lake.table("posts"), part, mode="append")
            write_deltalake(lake.table("vault"), _vault(part), mode="append")
    turn = iter(range(1, 1000))

    def into_one() -> None:
        start = per_home + next(turn) * batch
        _merge(lake, [_posts(3, [*range(batch // 2), *range(start, start + batch // 2)], per_home)])

    def new_over_homes() -> None:
        step = batch // _HOMES
        start = per_home + next(turn) * batch
        _merge(lake, [_posts(h, range(start, start + step), per_home) for h in range(_HOMES)])

    def over_homes() -> None:
        step = batch // _HOMES
        start = per_home + next(turn) * batch
        parts = [_posts(h, [*range(step // 2), *range(start, start + step // 2)], per_home)
                 for h in range(_HOMES)]  # fmt: skip
        _merge(lake, parts)

    began = time.perf_counter()
    result = {"rows": rows, "batch": batch}
    for name, call in (
        ("into_one", into_one),
        ("over_homes", over_homes),
        ("new_over_homes", new_over_homes),
    ):
        p50, p95 = times(call, rounds=10)
        result |= {f"{name}_s": round(p50 / 1000, 2), f"{name}_p95_s": round(p95 / 1000, 2)}
    return result | {"took_s": round(time.perf_counter() - began)}


def _merge(lake: Lake, parts: list[pa.Table]) -> None:
    posts = pa.concat_tables(parts)
    none = pa.nulls(posts.num_rows, pa.string())
    with lake.writing() as writer:
        writer.merge_posts(posts, _vault(posts), Guard(none, none))


def _vault(posts: pa.Table) -> pa.Table:
    sealed = pa.array([b"x" * 90] * posts.num_rows)
    columns = [posts["id"], posts["home"], posts["month"], sealed, posts["id"]]
    return pa.table(columns, schema=schema.VAULT)


def _posts(home: int, numbers: range | list[int], per_home: int) -> pa.Table:
    """Posts by number: number n lies in month n * 12 / per_home, so months are equally full."""
    count = len(numbers)
    n = np.asarray(numbers, np.int64)
    draw = np.random.default_rng(home)
    month = (n * 12 // per_home) % 12
    days = [_START + timedelta(days=int(m) * 30 + 2) for m in month]
    columns: list[Any] = []
    fixed = {
        "home": f"city-{home}", "city": f"city-{home}", "platform": "reddit", "source": "s",
        "kind": "post", "voice": "personal", "lang": "de", "lang_score": 0.9, "relevant": True,
        "fold": 3, "protected": False, "terms_class": "own", "tagger": "t", "speech": "plain",
    }  # fmt: skip
    for field in schema.POST:
        if field.name == "id":
            columns.append(pa.array([f"{home:04x}{i:028x}" for i in n]))
        elif field.name == "text":
            columns.append(pa.array([_TEXT * 3 + str(i) for i in n]))
        elif field.name == "signature":
            block = draw.bytes(128 * count)
            columns.append(pa.array([block[i * 128 : i * 128 + 128] for i in range(count)]))
        elif field.name in ("created", "collected"):
            columns.append(pa.array(days, schema.MOMENT))
        elif field.name == "day":
            columns.append(pa.array([d.date() for d in days]))
        elif field.name == "month":
            columns.append(pa.array([f"{d:%Y-%m}" for d in days]))
        elif field.name in fixed:
            columns.append(pa.array([fixed[field.name]] * count, field.type))
        elif pa.types.is_list(field.type):
            columns.append(pa.array([[]] * count, field.type))
        else:
            columns.append(pa.nulls(count, field.type))
    return pa.table(columns, schema=schema.POST)
