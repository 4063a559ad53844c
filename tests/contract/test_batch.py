"""A batch on its way in matches what the index matches: one meaning of a Query."""

from __future__ import annotations

import oracle
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from strategies import COUNTRIES, Row, posts, queries

from store.batch import Batch
from store.query import Query
from store.schema import POST

pytestmark = pytest.mark.unit
ROWS = [row | {"counted": True} for row in posts(1_500, seed=3)]


@pytest.fixture(scope="module")
def batch() -> Batch:
    return Batch(_table(ROWS), COUNTRIES)


def _table(rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist([{n: r[n] for n in POST.names} for r in rows], schema=POST)


@given(query=queries(ROWS))
@settings(
    max_examples=100, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
def test_a_batch_is_asked_as_the_index_is(batch: Batch, query: Query) -> None:
    truth = sorted({row["id"] for row in oracle.newest(ROWS, query, COUNTRIES)})
    assert batch.matching(query) == truth


def test_an_empty_batch_matches_nothing() -> None:
    assert Batch(POST.empty_table(), COUNTRIES).matching(Query(relevant=None)) == []
