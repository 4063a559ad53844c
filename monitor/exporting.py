"""Exports: posts to a file, with a manifest beside it that says what was asked and given.

What of a post leaves, `monitor/passed_on.py` decides. A cell that a spreadsheet would run as a
formula is written with an apostrophe before it.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from base.errors import BadInput, unknown
from base.time import now
from monitor import reading
from monitor.passed_on import PassedOn
from monitor.purposes import Purpose
from monitor.workspace import Workspace
from store import schema
from store.query import Query

FORMATS = ("parquet", "csv", "ndjson")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Exported:
    """What an export wrote."""

    rows: int
    without_text: int
    sha256: str


def export(workspace: Workspace, query: Query, purpose: Purpose, out: Path) -> Exported:
    """Write the posts that match to `out` and `out`.manifest.json; all of it or nothing."""
    kind = out.suffix.lstrip(".")
    if kind not in FORMATS:
        raise unknown("format", kind, FORMATS, where="--out")
    if out.exists():
        raise BadInput("the file is there already", where="--out", hint="choose another name")
    if not out.parent.is_dir():
        raise BadInput("its folder is not there", where="--out", hint="make the folder first")
    beside = out.with_name(f"{out.name}.manifest.json")
    fresh, fresh_beside = (p.with_name(f".{p.name}.part") for p in (out, beside))
    rows = withheld = 0
    passing = PassedOn(workspace.registry.platforms)
    try:
        with _writer(fresh, kind) as write:
            for page in reading.pages(workspace, query):
                shown = passing(page)
                write(shown)
                rows += shown.num_rows
                withheld += shown["text"].null_count
        digest = _sha256(fresh)
        manifest = {
            **_manifest(workspace, query, purpose, rows, withheld, digest),
            "platforms": passing.told(),
            "rows_protected": passing.protected,
        }
        fresh_beside.write_text(
            json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
        # The manifest first: a file without one would not say what it is.
        fresh_beside.replace(beside)
        fresh.replace(out)
    except OSError as error:
        raise BadInput(
            f"the export cannot be written ({error.strerror or 'the disk refused'})", where="--out"
        ) from error
    finally:
        for part in (fresh, fresh_beside):
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return Exported(rows, withheld, digest)


@contextmanager
def _writer(path: Path, kind: str) -> Iterator[Any]:
    if kind == "parquet":
        fields = [pa.field(c.name, c.type) for c in reading.COLUMNS]
        wanted = pa.schema(fields)
        with pq.ParquetWriter(path, wanted) as parquet:
            yield lambda table: parquet.write_table(table.cast(wanted))
        return
    with path.open("w", encoding="utf-8", newline="") as handle:
        if kind == "csv":
            # RFC 4180's line ends: with others a lone CR in a text stays unquoted and ends the row
            lines = csv.writer(handle, lineterminator="\r\n")
            lines.writerow(reading.SHOWN)
            yield lambda table: lines.writerows(_cells(table))
        else:
            yield lambda table: _write_lines(handle, table)


def _write_lines(handle: IO[str], table: pa.Table) -> None:
    for row in table.to_pylist():
        handle.write(json.dumps(reading.plain(row), ensure_ascii=False) + "\n")


def _cells(table: pa.Table) -> Iterator[list[str]]:
    for row in table.to_pylist():
        yield [_cell(v) for v in reading.plain(row).values()]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    return "'" + text if isinstance(value, str) and text.startswith(_FORMULA) else text


def _manifest(
    workspace: Workspace, query: Query, purpose: Purpose, rows: int, withheld: int, digest: str
) -> dict[str, Any]:
    return {
        "made": now().isoformat(),
        "program": "uniteeurope",
        "view": query.to_json(),
        "purpose": purpose.name,
        "rows": rows,
        "rows_without_text": withheld,
        "sha256": digest,
        "lake": workspace.lake.versions(),
        "index": workspace.index.generation(),
        "schema": schema.VERSION,
        "columns": {
            c.name: {"meaning": c.meaning, "type": str(c.type), "null": c.null}
            for c in reading.COLUMNS
        },
        "limits": "Posts do not represent inhabitants. Pseudonymised, not anonymous. Text is left "
        "out where a platform's terms forbid passing it on and from protected posts; of articles "
        "under others' copyright an excerpt is given.",
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
