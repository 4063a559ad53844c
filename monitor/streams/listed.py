"""The streams of data/streams.toml: sources whose home is no city."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path

from base.errors import BadInput, unknown
from collectors.collector import Source
from monitor.tomls import Table, read
from store.schema import STREAM, VOICES


def read_streams(path: Path, platforms: Collection[str]) -> tuple[Source, ...]:
    """The listed streams; none without a file. Raises BadInput that names the file and the key."""
    if not path.exists():
        return ()
    found = tuple(_stream(t, platforms) for t in Table(read(path), path.name).tables("stream"))
    twice = [code for code, n in Counter(s.code for s in found).items() if n > 1]
    if twice:
        raise BadInput(f"the stream {twice[0]!r} is there twice", where=path.name)
    return found


def _stream(table: Table, platforms: Collection[str]) -> Source:
    for key, allowed in (("voice", VOICES), ("platform", platforms)):
        if table.text(key) not in allowed:
            raise unknown(key, table.text(key), allowed, where=table.where)
    options = table.table("options").cells if "options" in table.cells else {}
    return Source(
        code=table.text("code"),
        platform=table.text("platform"),
        home=STREAM,
        address=table.text("address"),
        voice=table.text("voice"),
        time_zone="UTC",
        language=table.optional("language"),
        options={k: str(v) for k, v in options.items()},
    )
