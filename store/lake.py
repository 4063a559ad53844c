"""The lake: the truth, in Delta tables (Armbrust et al., 2020) partitioned by home and month.

Every write happens inside `writing()`, which holds the lake lock shared from the first file to
the commit, and reads `forgotten` again: what must not come back does not. A merge names the
homes and months it may touch as literals, so that two homes never wait for each other and a
merge reads a few files of millions of rows. Conflicts rerun the merge.

LakeFault
├── LakeMissing    Terminal   there is no lake at this place
├── LakeNewer      Terminal   written by a newer version of this program
├── LakeOlder      Terminal   written by an older one: `unite upgrade`
└── LakeConflict   Transient  other writers were faster every time
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError, TableNotFoundError

from base.errors import Conflict, Terminal, UniteError
from store import schema
from store.bucket_faults import LAKE, translated
from store.lock import LakeLock, Lock
from store.place import Bucket, Folder, Place
from store.tables import TABLES, TableKind, partition_filter, statistics
from store.writer import Writer

PROPERTY = "unite.schema"  # of each table: the version of our schema
_TRIES = 30
_FILE_BYTES = 4 << 20  # a merge rewrites whole files, about 10,000 posts each


class LakeFault(UniteError):
    """Anything wrong with the lake."""


class LakeMissing(LakeFault, Terminal):
    """There is no lake at this place."""


class LakeNewer(LakeFault, Terminal):
    """The lake was written by a newer version."""


class LakeOlder(LakeFault, Terminal):
    """The lake was written by an older version."""


class LakeConflict(LakeFault, Conflict):
    """Other writers were faster every time."""


class Lake:
    """The tables at a place: a local folder, or a bucket with a lock that its writers share."""

    def __init__(self, place: Path | Bucket, lock: Lock | None = None) -> None:
        self.place: Place
        if isinstance(place, Path):
            self.place, self.lock = Folder(place), lock or LakeLock(place)
        else:
            assert lock is not None, "a bucket brings no lock"
            self.place, self.lock = place, lock
        self._tables: dict[str, DeltaTable] = {}

    @property
    def root(self) -> Path:
        """The folder. Raises LakeFault where the lake is in a bucket."""
        if isinstance(self.place, Folder):
            return self.place.root
        raise LakeFault("this lake is in no folder", where=f"{LAKE}URL")

    # --- opening -----------------------------------------------------------------------

    def create(self) -> None:
        """Make the tables that are not there yet. Safe to repeat and to race."""
        for name, kind in TABLES.items():
            with self._told():
                self._make(name, kind)

    def _make(self, name: str, kind: TableKind) -> None:
        address, options = self.place.table(name), self.place.options
        if not DeltaTable.is_deltatable(address, options):
            DeltaTable.create(
                address,
                kind.schema,
                storage_options=options,
                mode="ignore",
                partition_by=list(kind.partitions) or None,
                configuration={
                    PROPERTY: str(schema.VERSION),
                    **statistics(name),
                    "delta.checkpointInterval": "20",
                    "delta.targetFileSize": str(_FILE_BYTES),
                },
                raise_if_key_not_exists=False,
            )

    def table(self, name: str) -> DeltaTable:
        """A table at its newest version. Raises LakeMissing, LakeNewer, LakeOlder."""
        known = self._tables.get(name)
        if known is not None:
            with self._told():
                known.update_incremental()
            return known
        found = self.opened(name)
        version = schema_of(found)
        if version < schema.VERSION:
            raise LakeOlder(
                f"the lake has schema {version}",
                where=f"{self.place.name}/{name}",
                expected=f"schema {schema.VERSION}, which this version of the program made",
                hint="unite upgrade --backup FOLDER",
            )
        self._tables[name] = found
        return found

    def opened(self, name: str) -> DeltaTable:
        """A table of this or an older schema. Raises LakeMissing, LakeNewer."""
        try:
            with self._told():
                found = DeltaTable(self.place.table(name), storage_options=self.place.options)
        except TableNotFoundError as error:
            raise LakeMissing(
                "there is no lake here", where=f"{self.place.name}/{name}", hint="unite doctor"
            ) from error
        version = schema_of(found)
        if version > schema.VERSION:
            raise LakeNewer(
                f"the lake has schema {version}",
                where="UNITE_HOME",
                expected=f"schema {schema.VERSION} or older",
                hint="use the newer program, or restore a backup",
            )
        return found

    def forget_tables(self) -> None:
        """Open each table anew when it is next needed: their schemas were changed."""
        self._tables.clear()

    def versions(self) -> dict[str, int]:
        """The version of each table."""
        return {name: self.table(name).version() for name in TABLES}

    # --- reading -----------------------------------------------------------------------

    def read(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        where: ds.Expression | None = None,
        partitions: Sequence[tuple[str, str]] | None = None,
    ) -> pa.Table:
        """Rows of a table as Arrow, in its schema's types.

        where: a filter on `columns`. It runs on what was read: Arrow cannot compare a filter
        with the statistics of files that the engine wrote as string views.
        """
        wanted = TABLES[name].schema
        if columns is not None:
            wanted = pa.schema([wanted.field(c) for c in columns])
        batches = []
        with self._told():
            for batch in self.dataset(name, partitions).to_batches(columns=wanted.names):
                rows = pa.table(batch) if where is None else pa.table(batch).filter(where)
                batches.append(rows.cast(wanted))
        return pa.concat_tables(batches) if batches else wanted.empty_table()

    def dataset(self, name: str, partitions: Sequence[tuple[str, str]] | None = None) -> ds.Dataset:
        """The table, or some of its (home, month) partitions, to scan without loading it."""
        files = self.place.files_of(name)
        dataset = self.table(name).to_pyarrow_dataset(filesystem=files, as_large_types=False)
        if partitions is None:
            return dataset
        return dataset.filter(partition_filter(partitions))

    def view(
        self,
        con: duckdb.DuckDBPyConnection,
        view: str,
        name: str,
        partitions: Sequence[tuple[str, str]] | None = None,
        *,
        columns: Sequence[str] | None = None,
        named_files: bool = False,
    ) -> None:
        """Let DuckDB see the table, or some of its partitions, as `view`.

        columns: all that is needed; of a lake in a bucket the others are not read.
        named_files: with a column `filename`, the file a row stands in.
        """
        wanted = None if partitions is None else set(partitions)
        files = [
            path
            for key, paths in self.files(name).items()
            if wanted is None or key in wanted
            for path in paths
        ]
        self.offer(con, view, name, files, columns, named_files=named_files)

    def offer(
        self,
        con: duckdb.DuckDBPyConnection,
        view: str,
        name: str,
        files: Sequence[str],
        columns: Sequence[str] | None = None,
        *,
        named_files: bool = False,
    ) -> None:
        """Let DuckDB see some files of the table, as `files` names them, as `view`."""
        fields = TABLES[name].schema
        if columns is not None:
            fields = pa.schema([fields.field(c) for c in columns])
        if files:
            self.place.offer(con, view, name, files, fields.names, named=named_files)
            return
        if named_files:
            fields = fields.append(pa.field("filename", pa.string()))
        con.register(view, fields.empty_table())

    def files(self, name: str) -> dict[tuple[str, str], tuple[str, ...]]:
        """File names per (home, month), sorted: what a follower compares."""
        found: dict[tuple[str, str], list[str]] = {}
        actions = pa.table(self.table(name).get_add_actions(flatten=True))
        if actions.num_rows == 0:
            return {}
        for path, home, month in zip(
            actions["path"].to_pylist(),
            actions["partition.home"].to_pylist(),
            actions["partition.month"].to_pylist(),
            strict=True,
        ):
            found.setdefault((home, month), []).append(path)
        return {key: tuple(sorted(paths)) for key, paths in found.items()}

    def _told(self) -> AbstractContextManager[None]:
        """What a store says, in our words."""
        return translated(self.place) if isinstance(self.place, Bucket) else nullcontext()

    # --- writing -----------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Hold the lake lock shared and write."""
        with self.lock.shared():
            yield Writer(self)

    def commit(self, name: str, attempt: Callable[[DeltaTable], Any]) -> Any:
        """Run `attempt` on the newest version, again after each conflict."""
        for round_ in range(_TRIES):
            try:
                table = self.table(name)
                self.lock.check()
                with self._told():
                    return attempt(table)
            except CommitFailedError:
                time.sleep(random.uniform(0, 0.05 * (round_ + 1)))
        raise LakeConflict(
            f"other writers were faster {_TRIES} times", where=name, hint="run it again"
        )


def schema_of(table: DeltaTable) -> int:
    """The version of our schema that a table was written with, 0 where it does not say."""
    return int(table.metadata().configuration.get(PROPERTY, "0") or 0)
