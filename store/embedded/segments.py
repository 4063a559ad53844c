"""One segment: a month's counted posts in one immutable DuckDB file, made for counting.

In: the month's posts joined with their stories (`Snapshot.read`), or the coverage table.
Out: a file that gets its final name only when it is whole and on the disk; `tables` says
what stands in it.

Coverage is one table: the keys that Queries ask by, `seen`, and f0 … f63 of `seen_folds`.
Raises what DuckDB and the disk raise; `store.duckdb_index` translates at its door.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from base import points
from base.text import words_line
from store.embedded.tables import codes_sql, posts_sql, quoted, sets_sql, words_sql
from store.tables import OFFLINE, SILENT

SEEN_KEYS = ("home", "city", "source", "platform", "voice", "lang", "day")
SEEN_FOLDS = tuple(f"f{i}" for i in range(64))


def build_month(
    target: Path, rows: pa.RecordBatchReader, *, memory_limit: str, threads: int
) -> dict[str, int]:
    """Write a month's segment: how many rows, their first and last day, the newest (µs)."""
    with _building(target, memory_limit, threads) as con:
        _load(con, rows)
        con.execute(codes_sql())
        con.execute(sets_sql())
        con.execute(posts_sql())
        con.execute(words_sql())
        count, first, last, newest = con.execute(
            "SELECT count(*), coalesce(min(_day), 0), coalesce(max(_day), 0),"
            " coalesce(max(epoch_us(created)), 0) FROM seg.posts"
        ).fetchall()[0]
    return {"rows": count, "first": first, "last": last, "newest": newest}


def build_coverage(target: Path, table: pa.Table, *, memory_limit: str, threads: int) -> int:
    """Write coverage's segment: how many rows."""
    with _building(target, memory_limit, threads) as con:
        con.register("given", table.select([*SEEN_KEYS, "seen", "seen_folds"]))
        folds = ", ".join(f"seen_folds[{i + 1}] AS {fold}" for i, fold in enumerate(SEEN_FOLDS))
        con.execute(
            f"CREATE TABLE seg.coverage AS SELECT {', '.join(SEEN_KEYS)}, seen, {folds}"
            " FROM given WHERE seen > 0 ORDER BY city, day, source"
        )
        return int(con.execute("SELECT count(*) FROM seg.coverage").fetchall()[0][0])


@contextmanager
def _building(target: Path, memory_limit: str, threads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that writes one file, `seg`: on the disk and renamed when nothing was raised."""
    part = target.with_name(f".{target.name}.part")
    spill = target.with_name(f".{target.name}.spill")
    settings = {
        "memory_limit": memory_limit,
        "threads": str(threads),
        "temp_directory": str(spill),
        **OFFLINE,
    }
    try:
        with duckdb.connect(config=settings) as con:
            con.execute("SET TimeZone = 'UTC'")
            con.execute(SILENT)
            con.execute(f"ATTACH {quoted(part)} AS seg")
            prepare(con)
            yield con
            con.execute("CHECKPOINT seg")
            con.execute("DETACH seg")
        sync(part)
        os.replace(part, target)
        points.reached("segment-written")
        sync(target.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        part.with_name(f"{part.name}.wal").unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Called for each file before it is written; tests replace it to store bytes as they are."""


def sync(path: Path) -> None:
    """What stands at `path`, a file or a folder's names, is on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _load(con: duckdb.DuckDBPyConnection, rows: pa.RecordBatchReader) -> None:
    """The rows that count, with `line`, as the table `raw` in memory (it may spill)."""
    schema = rows.schema.append(pa.field("line", pa.string()))
    con.register("given", schema.empty_table())
    con.execute("CREATE TABLE raw AS SELECT * FROM given")
    for batch in rows:
        kept = batch.filter(pc.fill_null(batch["counted"], False))
        lines = [words_line(text) for text in kept["text"].to_pylist()]
        columns = [*kept.columns, pa.array(lines, pa.string())]
        con.register("given", pa.Table.from_arrays(columns, schema=schema))
        con.execute("INSERT INTO raw SELECT * FROM given")
    con.unregister("given")
