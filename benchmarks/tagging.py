"""The tagger alone, in batches of 50,000 on one core: the chain and each step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.measuring import Clock, one_core
from monitor import cities
from monitor.settings import Settings
from monitor.tagging import build
from nlp.step import assign

BATCH = 50_000


def measure(folder: str, batches: int = 2) -> dict[str, Any]:
    """posts/s of the chain; µs a post of each step; the share of candidates of the matcher."""
    one_core()
    registry = cities.load()
    clock = Clock()
    with clock.part("load"):
        tagger = build(Settings(), registry, tie_city=True)
        tagger(batch([("Hallo Wien, wir suchen eine Wohnung", "wien")]))
    rows = read(Path(folder), BATCH * batches)
    for start in range(0, len(rows), BATCH):
        posts = batch(rows[start : start + BATCH])
        with clock.part("chain"):
            for step in tagger.steps:
                with clock.part(type(step).__name__):
                    posts = step(posts)
        candidates = pa.compute.sum(
            pa.compute.greater(pa.compute.list_value_length(posts["matches"]), 0)
        ).as_py()
    steps = {type(s).__name__: round(clock.wall[type(s).__name__] / len(rows) * 1e6, 1)
             for s in tagger.steps}  # fmt: skip
    return {
        "posts": len(rows),
        "with_matches": round(candidates / posts.num_rows, 3),
        "load_s": round(clock.wall["load"], 2),
        "per_s": round(len(rows) / clock.wall["chain"]),
        "us_a_post": steps,
    }


def read(folder: Path, most: int) -> list[tuple[str, str]]:
    """(text, home) of the first lines of each file."""
    import json

    found: list[tuple[str, str]] = []
    paths = sorted(folder.glob("*.ndjson"))
    for path in paths:
        with path.open(encoding="utf-8") as handle:
            for number, line in enumerate(handle):
                if number >= most // len(paths):
                    break
                found.append((json.loads(line)["text"], path.stem))
    return found


def batch(rows: list[tuple[str, str]]) -> pa.RecordBatch:
    """Posts of (text, home) whose language nobody has told."""
    texts, homes = zip(*rows, strict=True)
    posts = pa.RecordBatch.from_pydict({"text": pa.array(texts), "home": pa.array(homes)})
    return assign(posts, "lang", pa.nulls(len(rows), pa.string()))
