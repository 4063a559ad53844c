"""The suite notices a wrong rule: each mutation of the embedded index makes it fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from answers import wrong
from strategies import COUNTRIES, Row, snapshot

from store.duckdb_index import DuckdbIndex
from store.embedded import pairs, text, where
from store.query import Query

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def index(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> DuckdbIndex:
    index = DuckdbIndex(tmp_path_factory.mktemp("index"), COUNTRIES)
    index.catch_up(snapshot(rows))
    return index


def _null_is_no(asked: bool | None) -> str:
    return {None: "", True: "_experience = 2", False: "_experience <> 2"}[asked]


def _no_flag_is_no(asked: tuple[str, ...]) -> str:
    return " OR ".join("_hate <> 2" if a == "no" else "_hate = 2" for a in asked)


def _null_matches(column: str, codes: tuple[str, ...], asked: tuple[str, ...]) -> str:
    return f"{column} IN (0, {', '.join(str(codes.index(a) + 1) for a in asked)})" if asked else ""


def _until_is_in(query: Query, _: Any) -> list[str | None]:
    days = (query.until or date.max).toordinal() - date(1970, 1, 1).toordinal()
    return [f"_day <= {days}"]


def _prefix_of_everything(place: str, asked: str) -> bool:
    return place.startswith(asked)


def _keep_all(cell: Any, _: Any) -> Any:
    return np.arange(len(cell))


@pytest.mark.parametrize(
    ("where", "name", "mutant", "query"),
    [
        (where, "_experience", _null_is_no, Query(experience=False)),
        (where, "_hate", _no_flag_is_no, Query(hate=("no",))),
        (where, "_hate", lambda _: "_hkind > 0", Query(hate=("insult",))),
        (where, "_closed", _null_matches, Query(tone=("neutral",))),
        (where, "_closed", _null_matches, Query(speech=("plain",))),
        (where, "_period", _until_is_in, Query(until=date(2026, 3, 29))),
        (where, "lies_in", _prefix_of_everything, Query(places=("wien",))),
        (where, "_relevant", lambda _: "", Query()),
        (text, "phrases", lambda _: [(("schul",), False)], Query(text="schul*")),
        (pairs, "first_of_each", _keep_all, Query()),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_noticed(
    index: DuckdbIndex, rows: list[Row], monkeypatch: pytest.MonkeyPatch,
    where: Any, name: str, mutant: Callable[..., Any], query: Query,
) -> None:  # fmt: skip
    assert not wrong(index, rows, query, ("city",))
    monkeypatch.setattr(where, name, mutant)
    assert wrong(index, rows, query, ("city",))


def test_rows_that_do_not_count_are_noticed(rows: list[Row], tmp_path: Path) -> None:
    uncounted = [{**row, "counted": True} for row in rows]
    index = DuckdbIndex(tmp_path, COUNTRIES)
    index.catch_up(snapshot(uncounted))
    assert wrong(index, rows, Query(), ("city",))
