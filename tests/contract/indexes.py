"""The indexes that must obey the contract. A further one is one more line of INDEXES."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from elasticsearch import Elasticsearch
from strategies import COUNTRIES

from store.duckdb_index import DuckdbIndex
from store.elastic_index import ElasticIndex
from store.index import Index

MakeIndex = Callable[[Path], Index]


def _duckdb(folder: Path) -> Index:
    return DuckdbIndex(folder, COUNTRIES, memory_limit="500MB", threads=2)


def _elastic(folder: Path) -> Index:
    """Its name on the server stands for the folder."""
    name = blake2b(str(folder).encode(), digest_size=8).hexdigest()
    url = os.environ["UNITE_TEST_ELASTICSEARCH_URL"]
    return ElasticIndex(Elasticsearch(url), COUNTRIES, name=f"test-{name}")


INDEXES: dict[str, MakeIndex] = {"duckdb": _duckdb, "elastic": _elastic}
