"""The lake's tables: their schemas, partitions, keys, and what their log may know of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from store import schema

# Text, matches and ids stay out of the log's minima and maxima: the log outlives a vacuum.
_STATISTICS = {
    "posts": "created,collected,day",
    "stories": "seen_as",
    "windows": "since,until",
    "coverage": "day",
    "forgotten": "at",
    "removed": "day",
}


OFFLINE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}  # DuckDB fetches nothing from anywhere


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
SILENT = "set enable_progress_bar = false"  # it would go to stdout, which holds answers


def statistics_of(name: str) -> tuple[str, ...]:
    """The columns whose minima and maxima the log may know."""
    return tuple(filter(None, _STATISTICS.get(name, "").split(",")))


def statistics(name: str) -> dict[str, str]:
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


def quoted(values: Sequence[str]) -> str:
    """The values as SQL literals, separated by commas."""
    return ", ".join("'" + v.replace("'", "''") + "'" for v in values)


def parquet(files: Sequence[str], *, named: bool = False) -> str:
    """Parquet files of the lake as DuckDB reads them. named: with `filename`, a row's file."""
    return (
        f"read_parquet([{quoted(files)}], hive_partitioning = true, "
        "hive_types = {'home': varchar, 'month': varchar}, "
        f"filename = {str(named).lower()})"
    )


def connect() -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory that reads the lake: nothing spilled to a disk, nothing fetched."""
    con = duckdb.connect(
        config={
            "temp_directory": "",
            "threads": "2",
            **OFFLINE,
        }
    )
    con.execute("set timezone = 'UTC'")
    con.execute(SILENT)
    return con
