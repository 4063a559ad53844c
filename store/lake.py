"""The lake: the truth, in Delta tables (Armbrust et al., 2020) partitioned by home and month.

Every write happens inside `writing()`, which holds the lake lock shared from the first file to
the commit, and reads `forgotten` again: what must not come back does not. A merge names the
homes and months it may touch as literals, so that two homes never wait for each other and a
merge reads a few files of millions of rows. Conflicts rerun the merge.

LakeFault
├── LakeMissing    Terminal   there is no lake at this place
├── LakeNewer      Terminal   written by a newer version of this program
└── LakeConflict   Transient  other writers were faster every time
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.fs as fs
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, TableNotFoundError

from base import points
from base.errors import Conflict, Terminal, UniteError
from store import schema
from store.lock import LakeLock

_TRIES = 30
# Text, matches and ids stay out of the log's minima and maxima: the log outlives a vacuum.
_STATISTICS = {
    "posts": "created,collected,day",
    "stories": "seen_as",
    "windows": "since,until",
    "coverage": "day",
    "forgotten": "at",
    "removed": "day",
}


class LakeFault(UniteError):
    """Anything wrong with the lake."""


class LakeMissing(LakeFault, Terminal):
    """There is no lake at this place."""


class LakeNewer(LakeFault, Terminal):
    """The lake was written by a newer version."""


class LakeConflict(LakeFault, Conflict):
    """Other writers were faster every time."""


@dataclass(frozen=True)
class TableKind:
    """One table: its schema, partitions and what makes a row the same row."""

    schema: pa.Schema
    partitions: tuple[str, ...]
    key: tuple[str, ...]


TABLES: Mapping[str, TableKind] = {
    "posts": TableKind(schema.POST, ("home", "month"), ("id", "home")),
    "stories": TableKind(schema.STORY, ("home", "month"), ("id", "home")),
    "windows": TableKind(schema.WINDOW, (), ("home", "source", "since", "until")),
    "coverage": TableKind(schema.COVERAGE, ("home", "month"), ()),
    "vault": TableKind(schema.VAULT, ("home", "month"), ("id", "home")),
    "forgotten": TableKind(schema.FORGOTTEN, (), ("kind", "key")),
    "removed": TableKind(schema.REMOVED, (), ("id", "cause")),
}


@dataclass(frozen=True)
class Merged:
    """What a merge did, in rows."""

    new: int
    known: int
    forgotten: int


@dataclass(frozen=True)
class Guard:
    """What a batch's rows are checked against `forgotten` by; arrays as long as the batch.

    lookup: keyed hash of the address. author: keyed hash of platform and author that never
    rotates; it exists in memory only.
    """

    lookup: pa.Array
    author: pa.Array


class Lake:
    """The tables under `root`, a local folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lock = LakeLock(root)
        self._tables: dict[str, DeltaTable] = {}

    # --- opening -----------------------------------------------------------------------

    def create(self) -> None:
        """Make the tables that are not there yet. Safe to repeat and to race."""
        for name, kind in TABLES.items():
            if not DeltaTable.is_deltatable(str(self.root / name)):
                DeltaTable.create(
                    str(self.root / name),
                    kind.schema,
                    mode="ignore",
                    partition_by=list(kind.partitions) or None,
                    configuration={
                        "unite.schema": str(schema.VERSION),
                        **_statistics(name),
                        "delta.checkpointInterval": "20",
                    },
                    raise_if_key_not_exists=False,
                )

    def table(self, name: str) -> DeltaTable:
        """A table at its newest version."""
        known = self._tables.get(name)
        if known is not None:
            known.update_incremental()
            return known
        try:
            found = DeltaTable(str(self.root / name))
        except TableNotFoundError as error:
            raise LakeMissing(
                "there is no lake here", where=f"{self.root.name}/{name}", hint="unite doctor"
            ) from error
        version = int(found.metadata().configuration.get("unite.schema", "0") or 0)
        if version > schema.VERSION:
            raise LakeNewer(
                f"the lake has schema {version}",
                expected=f"schema {schema.VERSION} or older",
                hint="use the newer program, or restore a backup",
            )
        self._tables[name] = found
        return found

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
        for batch in self.dataset(name, partitions).to_batches(columns=wanted.names):
            rows = pa.table(batch) if where is None else pa.table(batch).filter(where)
            batches.append(rows.cast(wanted))
        return pa.concat_tables(batches) if batches else wanted.empty_table()

    def dataset(self, name: str, partitions: Sequence[tuple[str, str]] | None = None) -> ds.Dataset:
        """The table, or some of its (home, month) partitions, to scan without loading it."""
        # Arrow's own file system: deltalake's is Python, and every read would wait for the GIL
        disk = fs.SubTreeFileSystem(str(self.root / name), fs.LocalFileSystem())
        dataset = self.table(name).to_pyarrow_dataset(filesystem=disk, as_large_types=False)
        if partitions is None:
            return dataset
        return dataset.filter(partition_filter(partitions))

    def view(
        self,
        con: duckdb.DuckDBPyConnection,
        view: str,
        name: str,
        partitions: Sequence[tuple[str, str]] | None = None,
    ) -> None:
        """Let DuckDB see the table, or some of its partitions, as `view`.

        It reads the Parquet files itself: an Arrow dataset registered with DuckDB has both
        libraries' threads wait for the GIL, and now and then for each other, for ever.
        """
        wanted = None if partitions is None else set(partitions)
        files = [
            str(self.root / name / path)
            for key, paths in self.files(name).items()
            if wanted is None or key in wanted
            for path in paths
        ]
        if not files:
            con.register(view, TABLES[name].schema.empty_table())
            return
        columns = ", ".join(TABLES[name].schema.names)
        con.execute(
            f"create temp view {view} as select {columns} from read_parquet([{_quoted(files)}], "
            "hive_partitioning = true, hive_types = {'home': varchar, 'month': varchar})"
        )

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
                return attempt(self.table(name))
            except CommitFailedError:
                time.sleep(random.uniform(0, 0.05 * (round_ + 1)))
        raise LakeConflict(
            f"other writers were faster {_TRIES} times", where=name, hint="run it again"
        )


class Writer:
    """Writes to a lake whose lock is held."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def merge_posts(self, posts: pa.Table, vault: pa.Table, guard: Guard) -> Merged:
        """Bring posts and their vault rows in, once each; a post keeps the month it was first in.

        posts: POST columns (month is set here). vault: VAULT columns, same rows. Rows that
        `forgotten` names are left out and counted. Of rows with one (id, home) the last counts.
        """
        if posts.num_rows == 0:
            return Merged(0, 0, 0)
        allowed = self._allowed(posts["id"], guard)
        dropped = posts.num_rows - allowed.true_count
        last = _last_of_each(posts)
        keep = pc.and_(allowed, last)
        posts, vault = posts.filter(keep), vault.filter(keep)
        if posts.num_rows == 0:
            return Merged(0, 0, dropped)
        with self._lake.lock.homes(pc.unique(posts["home"]).to_pylist()):
            # The vault goes first: a post without origin could never be found by its address.
            self._bring_in("vault", vault, posts["day"])
            points.reached("vault-merged")
            new = self._bring_in("posts", posts, posts["day"])
            points.reached("posts-merged")
        return Merged(new, posts.num_rows - new, dropped)

    def _allowed(self, ids: pa.ChunkedArray, guard: Guard) -> pa.BooleanArray:
        gone = self._lake.read("forgotten")
        allowed = pa.array([True] * len(ids))
        for kind, values in (("id", ids), ("address", guard.lookup), ("author", guard.author)):
            keys = gone.filter(pc.equal(gone["kind"], kind))["key"].combine_chunks()
            if len(keys):
                found = pc.fill_null(pc.is_in(values, value_set=keys), False)
                if isinstance(found, pa.ChunkedArray):
                    found = found.combine_chunks()
                allowed = pc.and_(allowed, pc.invert(found))
        return allowed

    def _bring_in(self, name: str, rows: pa.Table, days: pa.ChunkedArray) -> int:
        """New rows are appended, known ones merged into their months; how many were new.

        Only whoever holds the homes' locks comes here, so that what is new stays new until it
        is written. Killed between the two, the next run finds the appended rows known.
        """
        homes = pc.unique(rows["home"]).to_pylist()
        known = self._known_months(name, rows, homes)
        months = pc.coalesce(known, pc.strftime(days, format="%Y-%m"))
        index = rows.schema.get_field_index("month")
        batch = rows.set_column(index, schema.POST.field("month"), months)
        is_new = known.is_null()
        new = batch.filter(is_new).select(TABLES[name].schema.names)
        if new.num_rows:
            self._lake.commit(name, lambda table: write_deltalake(table, new, mode="append"))
        if new.num_rows < batch.num_rows:
            self._update(name, batch.filter(pc.invert(is_new)))
        return int(new.num_rows)

    def _known_months(self, name: str, rows: pa.Table, homes: list[str]) -> pa.Array:
        """The month each row already stands in, null for new rows."""
        here = self._lake.dataset(name)
        wanted = rows["id"].combine_chunks()
        found: dict[tuple[str, str], str] = {}
        scanner = here.scanner(columns=["id", "home", "month"], filter=ds.field("home").isin(homes))
        for batch in scanner.to_batches():
            hit = batch.filter(pc.is_in(batch["id"], value_set=wanted))
            for post, home, month in zip(
                *(hit[c].to_pylist() for c in ("id", "home", "month")), strict=True
            ):
                found[post, home] = month
        if not found:
            return pa.nulls(rows.num_rows, pa.string())
        pairs = zip(rows["id"].to_pylist(), rows["home"].to_pylist(), strict=True)
        return pa.array([found.get(pair) for pair in pairs], pa.string())

    def _update(self, name: str, batch: pa.Table) -> None:
        """Put rows in the place of those with their key, which stand in the months they name."""
        kind = TABLES[name]
        same = " and ".join(f"t.{c} = s.{c}" for c in (*kind.key, "month"))
        homes, months = (pc.unique(batch[c]).to_pylist() for c in ("home", "month"))
        literals = f"t.home in ({_quoted(homes)}) and t.month in ({_quoted(months)})"

        def attempt(table: DeltaTable) -> None:
            (
                table.merge(
                    batch.select(kind.schema.names),
                    predicate=f"{literals} and {same}",
                    source_alias="s",
                    target_alias="t",
                )
                .when_matched_update_all()
                .execute()
            )

        self._lake.commit(name, attempt)

    def change_posts(
        self, home: str, month: str, change: Callable[[pa.Table], pa.Table], batch: int
    ) -> int:
        """Put what `change` makes of posts in their place, `batch` rows at a time; rows changed.

        change: POST rows in, those that differ out, same ids. Nothing comes in or leaves, and
        the vault is not touched. Others that write into the home wait.
        """
        changed = 0
        with self._lake.lock.homes([home]):
            for rows in self._lake.dataset("posts", [(home, month)]).to_batches(
                columns=schema.POST.names, batch_size=batch
            ):
                fresh = change(pa.table(rows).cast(schema.POST)) if rows.num_rows else None
                if fresh is not None and fresh.num_rows:
                    self._update("posts", fresh)
                    changed += fresh.num_rows
        return changed

    def merge_rows(self, name: str, rows: pa.Table) -> None:
        """Bring rows of a small table in, once each by its key."""
        kind = TABLES[name]
        same = " and ".join(f"t.{c} = s.{c}" for c in kind.key)

        def attempt(table: DeltaTable) -> None:
            (
                table.merge(rows, predicate=same, source_alias="s", target_alias="t")
                .when_matched_update_all()
                .when_not_matched_insert_all()
                .execute()
            )

        self._lake.commit(name, attempt)

    def replace_partitions(
        self, name: str, rows: pa.Table, partitions: Sequence[tuple[str, str]]
    ) -> None:
        """Put `rows` in the place of everything in `partitions`, in one commit."""
        where = " or ".join(
            f"(home = {_quoted([h])} and month = {_quoted([m])})" for h, m in partitions
        )

        def attempt(table: DeltaTable) -> None:
            write_deltalake(table, rows, mode="overwrite", predicate=where)

        if partitions:
            self._lake.commit(name, attempt)


def connect() -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory that reads the lake: nothing spilled to a disk, nothing fetched."""
    con = duckdb.connect(
        config={
            "temp_directory": "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "threads": "2",
        }
    )
    con.execute("set timezone = 'UTC'")
    return con


def _statistics(name: str) -> dict[str, str]:
    if name in _STATISTICS:
        return {"delta.dataSkippingStatsColumns": _STATISTICS[name]}
    return {"delta.dataSkippingNumIndexedCols": "0"}


def partition_filter(partitions: Sequence[tuple[str, str]]) -> ds.Expression:
    """The filter that keeps these (home, month) partitions."""
    if not partitions:
        return pc.scalar(False)
    by_home: dict[str, list[str]] = {}
    for home, month in partitions:
        by_home.setdefault(home, []).append(month)
    parts = [
        (ds.field("home") == home) & ds.field("month").isin(months)
        for home, months in by_home.items()
    ]
    found = parts[0]
    for part in parts[1:]:
        found = found | part
    return found


def _last_of_each(posts: pa.Table) -> pa.Array:
    """Marks, of rows with one (id, home), the last."""
    pairs = list(zip(posts["id"].to_pylist(), posts["home"].to_pylist(), strict=True))
    last = {pair: index for index, pair in enumerate(pairs)}
    return pa.array([last[pair] == index for index, pair in enumerate(pairs)], pa.bool_())


def _quoted(values: Sequence[str]) -> str:
    return ", ".join("'" + v.replace("'", "''") + "'" for v in values)
