"""An index counts what the table of `store.query` says, cell by cell."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import combinations
from typing import Any

import oracle
import pytest
from answers import cells, difference, wrong
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from indexes import THOROUGHLY
from strategies import COUNTRIES, Row, posts, queries

from base.errors import BadInput
from store.index import MANY, ONE, SEEN_BY, SEEN_FIELDS, Index
from store.query import Query
from store.schema import POST_COLUMNS

pytestmark = pytest.mark.unit
ROWS = posts(5_000, seed=1)  # what `built` holds
DIMENSIONS = (*ONE, *MANY)
steady = settings(
    max_examples=150, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


def test_the_posts_hold_every_case() -> None:
    assert len(ROWS) >= 5_000
    for column in POST_COLUMNS:
        if column.null != "never null":
            share = sum(row[column.name] is None for row in ROWS) / len(ROWS)
            assert 0.02 < share < 0.9, column.name
    assert {len(row["areas"]) for row in ROWS} >= {0, 1, 5}
    stories: dict[str, set[str]] = {}
    for row in ROWS:
        stories.setdefault(row["story"], set()).add(row["month"])
    assert sum(len(months) > 1 for months in stories.values()) > 100
    assert sum(not row["counted"] for row in ROWS) > 100
    assert len({row["created"] for row in ROWS}) < len(ROWS) / 1.5  # ties


@given(query=queries(ROWS), by=st.lists(st.sampled_from(DIMENSIONS), max_size=2, unique=True))
@settings(steady, max_examples=40)
def test_counts(built: Index, rows: list[Row], query: Query, by: list[str]) -> None:
    assert not wrong(built, rows, query, by)


@pytest.mark.parametrize("index_kind", THOROUGHLY, indirect=True, scope="session")
@given(query=queries(ROWS), by=st.lists(st.sampled_from(DIMENSIONS), max_size=2, unique=True))
@steady
def test_many_counts(built: Index, rows: list[Row], query: Query, by: list[str]) -> None:
    assert not wrong(built, rows, query, by)


def test_the_taggers_of_all_posts(built: Index, rows: list[Row]) -> None:
    assert built.taggers() == Counter(row["tagger"] for row in rows if row["counted"])


@pytest.mark.parametrize("name", DIMENSIONS)
@pytest.mark.parametrize("fold_stories", [False, True])
def test_each_dimension(built: Index, rows: list[Row], name: str, fold_stories: bool) -> None:
    assert not wrong(built, rows, Query(fold_stories=fold_stories), (name,))


@pytest.mark.parametrize("index_kind", THOROUGHLY, indirect=True, scope="session")
@pytest.mark.parametrize("pair", list(combinations(DIMENSIONS, 2)), ids="-".join)
def test_pairs_of_dimensions(built: Index, rows: list[Row], pair: tuple[str, str]) -> None:
    query = Query(cities=("wien", "berlin"), until=date(2025, 11, 15))
    assert not wrong(built, rows, query, pair)


def test_three_dimensions_and_codes_asked_for(built: Index, rows: list[Row]) -> None:
    query = Query(areas=("housing", "roma"), places=("wien",), relevant=None)
    assert not wrong(built, rows, query, ("area", "place", "month"))
    keys = list(cells(built.counts(query, ("area", "place"))))
    assert ("housing", "wien/favoriten") in keys
    assert {area for area, _ in keys} == {"housing", "roma"}
    assert not any(place == "wiener-neustadt" for _, place in keys)


@pytest.mark.parametrize(
    "text",
    [
        "wohnung", "wohnung*", "WOHNUNG schul*", '"neue wohnung"', '"die der" und', "strasse",
        "Straße", "malmo", "Lodz", "e-mail", "don't", "integration", "λογος", "λογο*", "КИЇВ",
        "ёлка", "مدرسه", "المدرسة", "الله", "ﷺ", "zusammen", "zu\u200bsammen", "soft", "final",
        "1*", "½", "istanbul", "ŉ", "不動*", "a", "a*", "school", "nirgends", '"school neue*"',
    ],
)  # fmt: skip
def test_text(built: Index, rows: list[Row], text: str) -> None:
    assert not wrong(built, rows, Query(text=text), ("lang",))
    assert not wrong(built, rows, Query(terms=(text, "roma")), ("city",))


@given(query=queries(ROWS), by=st.lists(st.sampled_from(SEEN_BY), max_size=2, unique=True))
@settings(steady, max_examples=40)
def test_seen(built: Index, rows: list[Row], query: Query, by: list[str]) -> None:
    query = Query(**{name: getattr(query, name) for name in SEEN_FIELDS})
    raw = built.seen(query, by)
    found = cells(raw)
    assert not difference(found, oracle.seen(rows, query, by, COUNTRIES))
    for cell in found.values():
        assert cell["stories"] == cell["persons"] == cell["posts"]
        assert cell["story_folds"] == cell["folds"]
        assert 0 <= cell["key"] < 2**32
    assert found == cells(built.seen(query, by))  # the key is the same each time


@pytest.mark.parametrize(
    "given",
    [{"areas": ("housing",)}, {"text": "a"}, {"fold_stories": True}, {"experience": False}],
)
def test_seen_refuses_what_coverage_does_not_know(built: Index, given: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="coverage"):
        built.seen(Query(**given))


@pytest.mark.parametrize("by", [("author",), ("city", "city"), ("fold",)])
def test_unknown_and_repeated_dimensions(built: Index, by: tuple[str, ...]) -> None:
    with pytest.raises(BadInput):
        built.counts(Query(), by)
    with pytest.raises(BadInput):
        built.seen(Query(), by)


def test_seen_has_no_areas(built: Index) -> None:
    with pytest.raises(BadInput, match="dimension"):
        built.seen(Query(), ("area",))
