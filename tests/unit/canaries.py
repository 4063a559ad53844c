"""Looking for a string in every byte under a folder, however it was encoded or packed."""

from __future__ import annotations

import base64
import contextlib
import gzip
import io
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow.parquet as pq


def spellings(canary: str) -> set[bytes]:
    """A canary as it may stand in a file: raw, UTF-16, percent-encoded, base64 at any offset."""
    raw = canary.encode()
    found = {raw, canary.encode("utf-16-le"), canary.encode("utf-16-be"),
             quote(canary, safe="").encode(), quote(canary).encode()}  # fmt: skip
    for shift in range(3):
        padded = base64.b64encode(b"\0" * shift + raw)
        # the first and last characters also depend on what stands beside it
        found.add(padded[4 if shift else 0 : -4])
    return {f for f in found if len(f) > 5}


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """(where, bytes): each file's name and bytes, and what it holds when unpacked."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        where = str(path.relative_to(folder))
        yield f"{where} (name)", where.encode()
        data = path.read_bytes()
        yield where, data
        yield from ((f"{where} (gzip)", part) for part in _unpacked(data))
        if path.suffix == ".parquet":
            table = pq.read_table(path, partitioning=None)
            yield f"{where} (parquet)", repr(table.to_pylist()).encode()
        elif path.suffix == ".duckdb":
            yield f"{where} (duckdb)", _duckdb(path)
        elif path.suffix == ".db":
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
                yield f"{where} (sqlite)", "\n".join(connection.iterdump()).encode()


def _unpacked(data: bytes) -> Iterator[bytes]:
    at = data.find(b"\x1f\x8b\x08")
    while at >= 0:
        with contextlib.suppress(OSError, EOFError, zlib.error):
            yield gzip.GzipFile(fileobj=io.BytesIO(data[at:])).read()
        at = data.find(b"\x1f\x8b\x08", at + 1)


def _duckdb(path: Path) -> bytes:
    with duckdb.connect(str(path), read_only=True) as con:
        tables = [
            row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()
        ]
        rows = [con.sql(f'select * from "{t}"').to_arrow_table().to_pylist() for t in tables]
    return repr(rows).encode()


def found_in(folder: Path, canaries: list[str]) -> list[tuple[str, str]]:
    """(canary, where) for each place a canary stands."""
    wanted = [(c, spellings(c)) for c in canaries]
    return [
        (canary, where)
        for where, data in contents(folder)
        for canary, forms in wanted
        if any(form in data for form in forms)
    ]
