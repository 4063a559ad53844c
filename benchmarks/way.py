"""The whole way: files → scrub → tag → merge → stories → index, on one core."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from benchmarks.measuring import Clock, one_core
from monitor import importing, pipeline, stories
from monitor.settings import Settings
from monitor.workspace import Workspace
from store.snapshot import snapshot


def measure(folder: str, home: str) -> dict[str, Any]:
    """posts/s of each part and of all; shares of candidates and of relevant posts."""
    one_core()
    clock = Clock()
    workspace = Workspace(Settings(home=Path(home), store_threads=1))
    with clock.part("start"):
        _ = (workspace.tagger, workspace.lake, workspace.database, workspace.sealer)
    taken = pipeline.Taken()
    with clock.part("import, scrub, tag, merge"):
        for path in sorted(Path(folder).glob("*.ndjson")):
            wanted = importing.Import(city=path.stem, source="bench")
            taken += pipeline.take(workspace, importing.looks(workspace, [path], wanted))
    with clock.part("stories, coverage"):
        stories.follow(workspace.lake)
    with clock.part("index"), workspace.lake.lock.shared():
        workspace.index.catch_up(snapshot(workspace.lake))
    total = sum(v for k, v in clock.wall.items() if k != "start")
    posts = workspace.lake.read("posts", ["relevant", "redactions"])
    return {
        "posts": taken.new,
        "relevant": round(taken.relevant / taken.new, 3),
        "scrubbed": round(pc.sum(pc.greater(pc.list_value_length(posts["redactions"]), 0)).as_py()
                          / taken.new, 3),
        "start_s": round(clock.wall["start"], 2),
        "per_s": {k: round(taken.new / v) for k, v in clock.wall.items() if k != "start"},
        "whole_way_per_s": round(taken.new / total),
        "peak_until_mb": clock.peak_mb,
    }  # fmt: skip
