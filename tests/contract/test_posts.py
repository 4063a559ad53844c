"""Pages of single posts: newest first, none twice, none left out, every column as it was."""

from __future__ import annotations

from collections.abc import Iterator

import oracle
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import COUNTRIES, ROW, Row, posts, queries

from base.errors import BadInput
from store.index import Index
from store.query import Query
from store.schema import POST

pytestmark = pytest.mark.unit
ROWS = posts(5_000, seed=1)
COLUMNS = [*POST.names, "story"]


def pages(index: Index, query: Query, limit: int) -> Iterator[list[Row]]:
    after = None
    while True:
        table = index.posts(query, limit=limit, after=after)
        assert table.schema.names == COLUMNS
        assert table.schema.types == [ROW.field(name).type for name in COLUMNS]
        found = table.to_pylist()
        yield found
        if len(found) < limit:
            return
        last = found[-1]
        after = (last["created"].isoformat(), last["id"], last["home"])


def test_all_pages_hold_every_post_once(built: Index, rows: list[Row]) -> None:
    query = Query(relevant=None)
    found = [row for page in pages(built, query, 400) for row in page]
    truth = oracle.newest(rows, query, COUNTRIES)
    assert [r["id"] for r in found] == [r["id"] for r in truth]
    assert found == [{name: row[name] for name in COLUMNS} for row in truth]


@given(query=queries(ROWS), limit=st.integers(1, 60))
@settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
def test_pages(built: Index, rows: list[Row], query: Query, limit: int) -> None:
    truth = [r["id"] for r in oracle.newest(rows, query, COUNTRIES)]
    found: list[str] = []
    for page in pages(built, query, limit):
        found += [row["id"] for row in page]
        if len(found) > 40:
            break
    assert found == truth[: len(found)]
    assert len(found) > 40 or len(found) == len(truth)


@pytest.mark.parametrize(("limit", "after"), [(0, None), (-1, None), (5, ("yesterday", "a", "b"))])
def test_bad_pages(built: Index, limit: int, after: tuple[str, str, str] | None) -> None:
    with pytest.raises(BadInput):
        built.posts(Query(), limit=limit, after=after)
