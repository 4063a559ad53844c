"""Files of posts written anew elsewhere, and put in the place of the old ones by one writer.

Workers on many machines write new files into the table's folder, where nobody sees them. One
process that holds the lake lock and the homes' locks then names them in the log, in one commit,
each instead of the file its rows were read from. A file that is not there any more (a merge wrote
its rows anew in the meantime) keeps what stands there now: nothing is overwritten unseen. What
a killed worker leaves behind the next full vacuum takes, as it does with a killed writer's files.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.transaction import AddAction, RemoveAction

from store import schema
from store.tables import TABLES, statistics_of

if TYPE_CHECKING:
    from store.lake import Lake

_PARTITIONS = TABLES["posts"].partitions


@dataclass(frozen=True)
class Piece:
    """A new file of posts: all rows of `instead_of`, or some of them.

    instead_of, path: as the log names files, home=…/month=…/…. size: bytes. stats: JSON of the
    columns whose minima and maxima the log may know.
    """

    instead_of: str
    path: str
    home: str
    month: str
    size: int
    rows: int
    stats: str


def write(folder: Path, instead_of: str, posts: pa.Table) -> Piece:
    """Write POST rows of one month beside the file they stand in. folder: of the table."""
    home, month = posts["home"][0].as_py(), posts["month"][0].as_py()
    parent = str(Path(instead_of).parent)
    path = f"{parent}/part-00000-{uuid.uuid4()}-c000.snappy.parquet"
    rows = posts.cast(schema.POST).drop_columns(list(_PARTITIONS))
    pq.write_table(rows, folder / path, compression="snappy")
    size = (folder / path).stat().st_size
    return Piece(instead_of, path, home, month, size, rows.num_rows, json.dumps(_stats(rows)))


def put_in_place(lake: Lake, pieces: Iterable[Piece]) -> set[str]:
    """Name whole files in the log instead of the old ones; the old ones that gave way.

    Only inside `Lake.writing()`. Pieces of a file that is not there any more, or that do not
    hold all of its rows, are removed.
    """
    by_file: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_file[piece.instead_of].append(piece)
    if not by_file:
        return set()
    homes = {piece.home for some in by_file.values() for piece in some}
    with lake.lock.homes(sorted(homes)):
        there = _there(lake)
        whole = {
            file: some
            for file, some in by_file.items()
            if there.get(file, (0, 0))[0] == sum(p.rows for p in some)
        }
        if whole:
            lake.commit("posts", lambda table: _commit(table, whole, there))
    for file in by_file.keys() - whole.keys():
        for piece in by_file[file]:
            (lake.root / "posts" / piece.path).unlink(missing_ok=True)
    return set(whole)


def _there(lake: Lake) -> dict[str, tuple[int, int]]:
    """(rows, bytes) of each file of the newest version."""
    actions = pa.table(lake.table("posts").get_add_actions(flatten=True))
    if actions.num_rows == 0:
        return {}
    columns = ("path", "num_records", "size_bytes")
    names, rows, sizes = (actions[c].to_pylist() for c in columns)
    return dict(zip(names, zip(rows, sizes, strict=True), strict=True))


def _commit(
    table: DeltaTable, whole: dict[str, list[Piece]], there: dict[str, tuple[int, int]]
) -> None:
    moment = int(datetime.now(UTC).timestamp() * 1000)
    actions: list[AddAction | RemoveAction] = []
    for file, pieces in whole.items():
        month = {"home": pieces[0].home, "month": pieces[0].month}
        actions.append(_removal(file, month, there[file][1], moment))
        actions += [AddAction(p.path, p.size, month, moment, True, p.stats) for p in pieces]
    table.create_write_transaction(actions, "append", table.schema(), list(_PARTITIONS))


def _removal(file: str, month: dict[str, str], size: int, moment: int) -> RemoveAction:
    partition: dict[str, str | None] = {**month}
    return RemoveAction(file, True, moment, size, partition)


def _stats(rows: pa.Table) -> dict[str, Any]:
    names = statistics_of("posts")
    ends = {name: pc.min_max(rows[name]).as_py() for name in names}
    return {
        "numRecords": rows.num_rows,
        "minValues": {name: _written(ends[name]["min"]) for name in names},
        "maxValues": {name: _written(ends[name]["max"]) for name in names},
        "nullCount": {name: rows[name].null_count for name in names},
    }


def _written(value: date) -> str:
    """A day, or a moment in UTC, as the log writes it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat()
