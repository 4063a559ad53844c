"""The streams of data/streams.toml: sources whose home is no city."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from collectors.collector import Source
from monitor.homes import each_once, read_source
from monitor.tomls import open_table
from store.schema import STREAM


def read_streams(path: Path, platforms: Collection[str]) -> tuple[Source, ...]:
    """The listed streams; none without a file. Raises BadInput that names the file and the key."""
    if not path.exists():
        return ()
    table = open_table(path)
    table.only(("stream",))
    found = tuple(read_source(t, STREAM, "UTC", platforms) for t in table.tables("stream"))
    each_once("stream", (s.code for s in found), table.file)
    return found
