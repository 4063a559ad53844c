"""The indexes that must obey the contract. A further one is one more line of INDEXES."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

import pytest
from strategies import COUNTRIES

from store.duckdb_index import DuckdbIndex
from store.index import Index

MakeIndex = Callable[[Path], Index]
# address and name of the server's indices, for this process and those it starts (conftest)
ADDRESS, NAME = "UNITE_TEST_CONTRACT_ADDRESS", "UNITE_TEST_CONTRACT_NAME"


def _duckdb(folder: Path) -> Index:
    return DuckdbIndex(folder, COUNTRIES, memory_limit="500MB", threads=2)


def _elastic(folder: Path) -> Index:
    """What it is called on the server stands for the folder."""
    from store.elastic.door import Address, connect
    from store.elastic_index import ElasticIndex

    called = blake2b(str(folder).encode(), digest_size=6).hexdigest()
    client = connect(Address((os.environ[ADDRESS],)))
    return ElasticIndex(client, COUNTRIES, name=f"{os.environ[NAME]}-{called}")


INDEXES: dict[str, MakeIndex] = {"duckdb": _duckdb, "elastic": _elastic}
ON_SERVERS = frozenset({"elastic"})
KINDS = [
    pytest.param(kind, marks=[pytest.mark.server] if kind in ON_SERVERS else []) for kind in INDEXES
]
# for what asks so often that a server is asked in `make verify` only
THOROUGHLY = [
    pytest.param(kind, marks=[pytest.mark.server, pytest.mark.long] if kind in ON_SERVERS else [])
    for kind in INDEXES
]
