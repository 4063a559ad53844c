"""A merge of 10,000 posts into a lake of millions: spread over homes, and into one."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import repeat
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
    """Seconds of a merge; median and p95 of ten.

    all new; half known and unchanged, as when a source is looked at again; half known with
    other engagement, so that the files they stand in are written anew.
    """
    lake = Lake(Path(folder))
    per_home = fill(lake, rows)
    turn = iter(range(1, 1000))

    def into_one(known: int, likes: int | None) -> None:
        start = per_home + next(turn) * batch
        numbers = [*range(known), *range(start, start + batch - known)]
        merge(lake, [posts_of(3, numbers, per_home, likes)])

    def over_homes(known: int, likes: int | None) -> None:
        step = batch // _HOMES
        start = per_home + next(turn) * batch
        numbers = [*range(known // _HOMES), *range(start, start + step - known // _HOMES)]
        merge(lake, [posts_of(h, numbers, per_home, likes) for h in range(_HOMES)])

    began = time.perf_counter()
    result: dict[str, Any] = {"rows": rows, "batch": batch}
    half = batch // 2
    for place, call in (("into one home", into_one), ("over ten homes", over_homes)):
        for what, known, is_changed in (
            ("all new", 0, False), ("half known", half, False), ("half changed", half, True)
        ):  # fmt: skip
            turns = iter(range(1, 1000)) if is_changed else iter(repeat(None))
            p50, p95 = times(partial(_once, call, known, turns), rounds=10)
            result[f"{place}, {what}"] = (round(p50 / 1000, 2), round(p95 / 1000, 2))
    return result | {"took_s": round(time.perf_counter() - began)}


def fill(lake: Lake, rows: int) -> int:
    """Make a lake of so many rows; how many each of its ten homes has."""
    lake.create()
    per_home = rows // _HOMES
    for home in range(_HOMES):
        for start in range(0, per_home, 250_000):
            part = posts_of(home, range(start, min(start + 250_000, per_home)), per_home)
            write_deltalake(lake.table("posts"), part, mode="append")
            write_deltalake(lake.table("vault"), _vault(part), mode="append")
    return per_home


def _once(call: Callable[[int, int | None], None], known: int, likes: Iterator[int | None]) -> None:
    call(known, next(likes))


def merge(lake: Lake, parts: list[pa.Table]) -> None:
    posts = pa.concat_tables(parts)
    none = pa.nulls(posts.num_rows, pa.string())
    with lake.writing() as writer:
        writer.merge_posts(posts, _vault(posts), Guard(none, none))


def _vault(posts: pa.Table) -> pa.Table:
    sealed = pa.array([b"x" * 90] * posts.num_rows)
    columns = [posts["id"], posts["home"], posts["month"], sealed, posts["id"]]
    return pa.table(columns, schema=schema.VAULT)


def posts_of(
    home: int, numbers: range | list[int], per_home: int, likes: int | None = None
) -> pa.Table:
    """Posts by number, in the order of time: the first per_home of them fill 360 days."""
    count = len(numbers)
    n = np.asarray(numbers, np.int64)
    days = [_START + timedelta(days=float(part)) for part in n % per_home * (360 / per_home)]
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
            columns.append(pa.array([hashlib.shake_128(b"%d" % i).digest(128) for i in n]))
        elif field.name == "engagement" and likes is not None:
            given = {"replies": 0, "reposts": 0, "likes": likes}
            columns.append(pa.array([given] * count, field.type))
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
