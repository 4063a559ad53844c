"""The lake as an index follows it: files per month and home, and each month's posts to read."""

from __future__ import annotations

from collections import defaultdict

import pyarrow as pa

from store import schema
from store.index import Month, Snapshot
from store.lake import Lake
from store.tables import connect

_BATCH = 20_000
_COLUMNS = ", ".join(f"p.{name}" for name in schema.POST.names)
# A post that the stories stage has not seen yet is its own story and counts.
_JOINED = f"""
    select {_COLUMNS},
        coalesce(s.story, p.id) as story,
        coalesce(s.story_fold, 0)::tinyint as story_fold,
        coalesce(s.counted, true) as counted
    from posts p left join stories s using (id, home, month)
"""


def snapshot(lake: Lake) -> Snapshot:
    """The lake's present state. Hold the lake lock shared while an index reads it."""
    versions = lake.versions()
    files: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    posts, stories = lake.files("posts"), lake.files("stories")
    for key in posts:
        home, month = key
        files[month][home] = (*posts[key], *stories.get(key, ()))

    def read(month: str) -> pa.RecordBatchReader:
        # The connection must live as long as the reader: the reader's generator holds it.
        partitions = [(home, month) for home in files[month]]
        con = connect()
        lake.view(con, "posts", "posts", partitions)
        lake.view(con, "stories", "stories", partitions)
        reader = con.sql(_JOINED).to_arrow_reader(_BATCH)

        def batches() -> object:
            with con:
                yield from reader

        return pa.RecordBatchReader.from_batches(reader.schema, batches())

    return Snapshot(
        version=f"{versions['posts']}.{versions['stories']}.{versions['coverage']}",
        months={month: Month(month, homes) for month, homes in files.items()},
        read=read,
        coverage=lambda: lake.read("coverage"),
    )
