"""A page on its way from a worker to the driver: scrubbed posts, in a file that lives for moments.

Beside the posts stand their vault rows, and what they are checked against `forgotten` by; the
author's mark, which no table keeps, is sealed under the vault's key. What a page says of rows in
quarantine is place and reason, as everywhere.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from base.errors import BadInput, UniteError
from collectors.collector import Page, Rejected, Source
from monitor.sealing import Sealed
from monitor.workspace import Workspace
from store import schema
from store.vault import Origin, Vault
from store.writer import Guard

_MORE = [
    pa.field("sealed", pa.binary()), pa.field("lookup", pa.string()), pa.field("mark", pa.binary()),
]  # fmt: skip
_TOLD = b"unite"


def path(place: Path, file: int, page: int) -> Path:
    """Where a page of a file is put; both count as the driver counts."""
    return place / f"{file}-{page}.arrow"


def write(
    where: Path, workspace: Workspace, page: Page, posts: pa.Table, sealed: Sealed | None
) -> None:
    """Write a page's posts, as the lake keeps them, with what belongs to them."""
    told = {"fetched": page.fetched, "dropped": page.dropped,
            "rejected": [[r.position, r.column, r.reason] for r in page.rejected]}  # fmt: skip
    arrays = [pa.array([], field.type) for field in _MORE]
    if sealed is not None:
        vault = Vault(workspace.keys.vault)
        pairs = zip(posts["id"].to_pylist(), sealed.guard.author.to_pylist(), strict=True)
        marks = [None if m is None else vault.seal(i, Origin(m, None)) for i, m in pairs]
        arrays = [sealed.vault["sealed"], sealed.vault["lookup"], pa.array(marks, pa.binary())]
    for field, values in zip(_MORE, arrays, strict=True):
        posts = posts.append_column(field, values)
    _write(where, posts, told)


def write_end(where: Path, error: UniteError | None) -> None:
    """Write that the file ends here, or how it broke off."""
    told: dict[str, Any] = {"end": None}
    if error is not None:
        told = {"end": {"what": error.what, "where": error.where, "expected": error.expected,
                        "available": error.available, "hint": error.hint}}  # fmt: skip
    _write(where, schema.POST.empty_table(), told)


def read(where: Path) -> Page | None:
    """A page whose items are what `sealed` takes; None at the end. Raises the file's BadInput."""
    with pa.OSFile(str(where)) as file:
        rows = pa.ipc.open_file(file).read_all()
    told = json.loads(rows.schema.metadata[_TOLD])
    if "end" in told:
        if told["end"] is not None:
            raise BadInput(told["end"].pop("what"), **told["end"])
        return None
    rejected = tuple(Rejected(*one) for one in told["rejected"])
    items = rows.combine_chunks().to_batches()
    batch = items[0] if items else pa.RecordBatch.from_pylist([], schema=rows.schema)
    return Page(batch, None, told["fetched"], rejected, told["dropped"])


def sealed(
    workspace: Workspace, items: pa.RecordBatch, source: Source, collected: datetime, rule: str
) -> Sealed:
    """What a worker sealed and tagged, taken apart again."""
    del source, collected, rule  # the worker knew them
    vault = Vault(workspace.keys.vault)
    pairs = zip(items["id"].to_pylist(), items["mark"].to_pylist(), strict=True)
    marks = [None if m is None else vault.open(i, m).native_id for i, m in pairs]
    columns = [items[name] for name in ("id", "home", "home", "sealed", "lookup")]
    return Sealed(
        items.select(schema.POST.names),
        pa.table(columns, schema=schema.VAULT),
        Guard(items["lookup"], pa.array(marks, pa.string())),
    )


def _write(where: Path, rows: pa.Table, told: dict[str, Any]) -> None:
    """Whole or not at all: a page that is there is read at once."""
    rows = rows.replace_schema_metadata({_TOLD: json.dumps(told).encode()})
    fresh = where.with_suffix(".new")
    with pa.OSFile(str(fresh), "wb") as file, pa.ipc.new_file(file, rows.schema) as writer:
        writer.write_table(rows)
    fresh.replace(where)
