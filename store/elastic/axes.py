"""Dimensions as sources of a composite aggregation, and what their values are called in a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from store.elastic.template import NULL
from store.elastic.text import Clause
from store.index import MANY
from store.query import Query, lies_in

_EPOCH = date(1970, 1, 1)
_DAYS = frozenset({"day", "week"})
COUNTRY = "country"


@dataclass(frozen=True)
class Axis:
    """A dimension. source: of a composite aggregation; label(value) → as in a cell's key;
    keeps(value): whether the Query asks for cells of it.
    """

    field: str
    label: Callable[[Any], str | None]
    keeps: Callable[[Any], bool]

    @property
    def source(self) -> dict[str, Any]:
        """Where the values come from. Only what the registry knows may miss."""
        may_miss = {"missing_bucket": True} if self.field in _MAY_MISS else {}
        return {"terms": {"field": self.field, **may_miss}}

    def clause(self, value: Any) -> Clause:
        """The clause of documents that have a value of this dimension."""
        if value is None:
            return {"bool": {"must_not": {"exists": {"field": self.field}}}}
        return {"term": {self.field: value}}


def axis(name: str, query: Query) -> Axis:
    """The axis of a dimension of `store.index`."""
    if name in MANY:
        return Axis(MANY[name], _plain, _asked(name, query))
    if name in _DAYS:
        return Axis(name, _day, _all)
    if name == "month":
        return Axis("day_month", _month, _all)
    # a country is a field of the search, not of the document
    return Axis(name, _plain, _all)


def runtime(by: tuple[str, ...], countries: Mapping[str, str]) -> dict[str, Any]:
    """Fields that a search over `by` makes up: the registry knows them, not the document."""
    registry = {"of": dict(countries)}
    made = {name: _made(script, registry) for name, script in _SCRIPTS.items()}
    return {name: field for name, field in made.items() if name in by}


_MAY_MISS = frozenset({COUNTRY, "origin"})
_SCRIPTS = {
    COUNTRY: "def found = params.of[doc['city'].value]; if (found != null) emit(found)",
    "origin": (
        f"def city = doc['city'].value; def home = doc['home'].value; if (city != '{NULL}')"
        " emit(city == home ? 'own' : params.of[home] != null ? 'elsewhere' : 'wide')"
    ),
}


def _made(script: str, params: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "keyword", "script": {"source": script, "params": params}}


def _asked(name: str, query: Query) -> Callable[[Any], bool]:
    asked = getattr(query, MANY[name])
    if not asked:
        return _all
    if name == "place":
        return lambda code: any(lies_in(code, one) for one in asked)
    return lambda code: code in asked


def _all(_: Any) -> bool:
    return True


def _plain(value: Any) -> str | None:
    return None if value is None or value == NULL else str(value)


def _day(value: Any) -> str | None:
    return (_EPOCH + timedelta(days=int(value))).isoformat()


def _month(value: Any) -> str | None:
    year, month = divmod(int(value), 12)
    return f"{_EPOCH.year + year:04d}-{month + 1:02d}"
