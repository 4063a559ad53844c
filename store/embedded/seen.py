"""Counts of all posts seen, from coverage: the denominator of a share of everything."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from store.embedded.cells import FOLDS
from store.embedded.reader import Generation
from store.embedded.segments import SEEN_FOLDS
from store.embedded.tables import quoted
from store.query import Query
from store.unseal import Cells, cells_of_seen

_DATES = {
    "day": "strftime(day, '%Y-%m-%d')",
    "week": "strftime(date_trunc('week', day), '%Y-%m-%d')",
    "month": "strftime(day, '%Y-%m')",
}


def seen(now: Generation, query: Query, by: tuple[str, ...], countries: Mapping[str, str]) -> Cells:
    """Cells of posts seen; `store.unseal.Cells` says what stands for stories and persons."""
    known = {**_DATES, "country": _country(countries), "origin": _origin(countries)}
    keys = [known.get(name, name) for name in by]
    sums = ", ".join(f"sum({column})::BIGINT" for column in ("seen", *SEEN_FOLDS))
    select = ", ".join([*(f"{key} AS k{i}" for i, key in enumerate(keys)), sums])
    grouped = f" GROUP BY {', '.join(f'k{i}' for i in range(len(keys)))}" if keys else ""
    rows = []
    if now.coverage is not None:
        with now.con.cursor() as con:
            rows = con.execute(
                f"SELECT {select} FROM {now.coverage}.coverage"
                f" WHERE {_where(query, countries)}{grouped} HAVING sum(seen) > 0"
            ).fetchall()
    rows.sort(key=lambda row: [(k is None, k or "") for k in row[: len(by)]])
    numbers = np.array([row[len(by) :] for row in rows], np.int64).reshape(-1, 1 + FOLDS)
    return cells_of_seen([tuple(row[: len(by)]) for row in rows], numbers)


def _country(countries: Mapping[str, str]) -> str:
    cases = " ".join(f"WHEN {quoted(c)} THEN {quoted(n)}" for c, n in countries.items())
    return f"CASE city {cases} END" if cases else "NULL::VARCHAR"


def _origin(countries: Mapping[str, str]) -> str:
    is_city = f"home IN ({', '.join(map(quoted, countries))})" if countries else "false"
    return (
        "CASE WHEN city IS NULL THEN NULL WHEN home = city THEN 'own'"
        f" WHEN {is_city} THEN 'elsewhere' ELSE 'wide' END"
    )


def _where(query: Query, countries: Mapping[str, str]) -> str:
    clauses = ["true"]
    for column, asked in (
        ("city", query.cities), ("source", query.sources), ("platform", query.platforms),
        ("voice", query.voices), ("lang", query.languages),
    ):  # fmt: skip
        if asked:
            clauses.append(f"{column} IN ({', '.join(map(quoted, asked))})")
    if query.countries:
        listed = [quoted(c) for c, n in countries.items() if n in query.countries]
        clauses.append(f"city IN ({', '.join(listed)})" if listed else "false")
    if query.since:
        clauses.append(f"day >= DATE '{query.since}'")
    if query.until:
        clauses.append(f"day < DATE '{query.until}'")
    return " AND ".join(clauses)
