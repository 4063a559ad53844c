"""A Query as a filter: the semantics of `store.query`'s table, clause by clause.

No clause matches a null: each names values that are asked for, and NULL, which stands for a null
in cells, cannot be asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from store.elastic.template import NULL
from store.elastic.text import Clause, text_clauses
from store.query import Query

_EPOCH = date(1970, 1, 1).toordinal()
_CODED = {
    "cities": "city", "languages": "lang", "platforms": "platform", "sources": "source",
    "voices": "voice", "kinds": "kind", "tone": "tone", "speech": "speech",
    "areas": "areas", "groups": "groups", "rights": "rights", "places": "within",
}  # fmt: skip


def where(query: Query, countries: Mapping[str, str]) -> Clause:
    """The filter that a document of posts, or of coverage, must meet."""
    clauses = [
        _one_of(field, getattr(query, name))
        for name, field in _CODED.items()
        if getattr(query, name)
    ]
    if query.countries:
        clauses.append(_one_of("city", (c for c, n in countries.items() if n in query.countries)))
    if query.since or query.until:
        clauses.append({"range": {"day": _period(query)}})
    if query.hate:
        clauses.append(any_of([_hated(asked) for asked in query.hate]))
    for name in ("experience", "relevant"):
        if getattr(query, name) is not None:
            clauses.append({"term": {name: getattr(query, name)}})
    return all_of([*clauses, *text_clauses(query)])


def all_of(clauses: Iterable[Clause]) -> Clause:
    """All must hold; none asks nothing."""
    return {"bool": {"filter": list(clauses)}}


def any_of(clauses: Iterable[Clause]) -> Clause:
    """One at least must hold."""
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def days(day: date) -> int:
    """Days since 1970."""
    return day.toordinal() - _EPOCH


def _one_of(field: str, values: Iterable[str]) -> Clause:
    return {"terms": {field: [value for value in values if value != NULL]}}


def _period(query: Query) -> dict[str, Any]:
    period = {}
    if query.since:
        period["gte"] = days(query.since)
    if query.until:
        period["lt"] = days(query.until)
    return period


def _hated(asked: str) -> Clause:
    if asked in ("yes", "no"):
        return {"term": {"hate": asked}}
    return all_of([{"term": {"hate": "yes"}}, {"term": {"hate_kind": asked}}])
