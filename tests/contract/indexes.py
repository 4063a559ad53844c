"""The indexes that must obey the contract. A further one is one more line of INDEXES."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from strategies import COUNTRIES

from store.duckdb_index import DuckdbIndex
from store.index import Index

MakeIndex = Callable[[Path], Index]


def _duckdb(folder: Path) -> Index:
    return DuckdbIndex(folder, COUNTRIES, memory_limit="500MB", threads=2)


INDEXES: dict[str, MakeIndex] = {"duckdb": _duckdb}
