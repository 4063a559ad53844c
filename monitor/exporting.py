"""Exports: posts to a file, with a manifest beside it that says what was asked and given.

Text goes only where the platform's terms allow it and never from `protected` posts, which name no
district either, whatever they were tagged with. A cell that
a spreadsheet would run as a formula is written with an apostrophe before it.
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
import pyarrow.compute as pc
import pyarrow.parquet as pq

from base.errors import BadInput, unknown
from base.time import now
from monitor import reading
from monitor.purposes import Purpose
from monitor.workspace import Workspace
from store import schema
from store.query import Query

FORMATS = ("parquet", "csv", "ndjson")
_TEXT_ALLOWED = pa.array(["open", "research", "own"])
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
    try:
        with _writer(fresh, kind) as write:
            for page in reading.pages(workspace, query):
                shown = _allowed(reading.shown(page))
                write(shown)
                rows += shown.num_rows
                withheld += shown["text"].null_count
        digest = _sha256(fresh)
        manifest = _manifest(workspace, query, purpose, rows, withheld, digest)
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


def _allowed(table: pa.Table) -> pa.Table:
    """Posts as they are exported: text only where it may be passed on."""
    may = pc.and_(
        pc.is_in(table["terms_class"], value_set=_TEXT_ALLOWED), pc.invert(table["protected"])
    )
    text = pc.if_else(may, table["text"], pa.scalar(None, pa.string()))
    table = table.set_column(table.schema.get_field_index("text"), "text", text)
    # Terms and offsets would tell words of a text that may not be passed on.
    none = pa.array([[]] * table.num_rows, schema.POST.field("matches").type)
    kept = pc.if_else(may, table["matches"].cast(none.type), none)
    table = table.set_column(table.schema.get_field_index("matches"), "matches", kept)
    return table.set_column(table.schema.get_field_index("places"), "places", _places(table))


def _places(table: pa.Table) -> pa.ChunkedArray | pa.Array:
    """The places of each post, of protected ones the cities alone."""
    places = table["places"]
    if not pc.any(table["protected"]).as_py():
        return places
    both = zip(places.to_pylist(), table["protected"].to_pylist(), strict=True)
    return pa.array(
        [sorted({c.partition("/")[0] for c in of}) if hidden else of for of, hidden in both],
        places.type,
    )


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
        "out where a platform's terms forbid passing it on and from protected posts.",
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
