"""One question to one state: its filter and dimensions, and the buckets that they give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from store.elastic.axes import Axis, axis, runtime
from store.elastic.reading import Bucket, View
from store.elastic.template import MOST_BUCKETS
from store.elastic.text import Clause
from store.elastic.where import all_of, where
from store.query import Query

Key = tuple[str | None, ...]
Raw = tuple[Any, ...]
FOLDS = 64


@dataclass(frozen=True)
class Asking:
    """A Query and its dimensions, before one View."""

    view: View
    filter: Clause
    axes: Sequence[Axis]
    runtime: Mapping[str, Any] | None

    def buckets(
        self,
        extra: Mapping[str, str],
        *,
        only: Sequence[Clause] = (),
        aggs: Mapping[str, Any] | None = None,
        inside: int = 0,
    ) -> Iterator[tuple[Raw, tuple[Any, ...], Bucket]]:
        """(cell as the server names it, values of the extra fields, bucket) of what is in a cell.

        extra: name → field, further sources. only: further clauses. inside: the most buckets that
        `aggs` make of one. A question without a dimension and extra field has one bucket.
        """
        asked = all_of([self.filter, *only])
        if not self.axes and not extra:
            yield (), (), self.view.search(asked, aggs=aggs, size=0).get("aggregations", {})
            return
        sources = {f"d{i}": a.source for i, a in enumerate(self.axes)}
        sources |= {name: {"terms": {"field": field}} for name, field in extra.items()}
        dims = [f"d{i}" for i in range(len(self.axes))]
        page = (MOST_BUCKETS - 1) // (1 + inside)
        for bucket in self.view.buckets(asked, sources, aggs, runtime=self.runtime, page=page):
            key = bucket["key"]
            raw = tuple([key[d] for d in dims])
            if all([a.keeps(v) for a, v in zip(self.axes, raw, strict=True)]):
                yield raw, tuple([key[name] for name in extra]), bucket

    def label(self, raw: Raw) -> Key:
        """A cell's key."""
        return tuple(a.label(value) for a, value in zip(self.axes, raw, strict=True))

    def lies_in(self, cells: Sequence[Raw]) -> Clause:
        """The clause of posts that are in one of the cells."""
        return {
            "bool": {
                "should": [
                    all_of(a.clause(value) for a, value in zip(self.axes, raw, strict=True))
                    for raw in cells
                ],
                "minimum_should_match": 1,
            }
        }


def asking(view: View, query: Query, by: tuple[str, ...], countries: Mapping[str, str]) -> Asking:
    """The question of `Index.counts`."""
    return Asking(
        view, where(query, countries), [axis(n, query) for n in by], runtime(by, countries)
    )
