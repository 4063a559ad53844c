"""Asking so that one answer is of one generation, while a writer shows the next one.

First in the hope that nothing changes: the state is read before and after, and where it differs
the question is asked again. The next time a point in time is held (PIT), so that a long question
ends also where generations follow each other quickly.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from store.elastic import state
from store.elastic.names import Names
from store.elastic.state import Now
from store.elastic.text import Clause
from store.index import IndexNotWritten

T = TypeVar("T")
Bucket = dict[str, Any]

_HOPES = 2  # tries without a point in time
_TRIES = 20
_HELD = "2m"
_MOVES_FOR = 10.0  # seconds that showing a generation may take before its writer is taken for dead
_LOOKS = 0.01


@dataclass(frozen=True)
class View:
    """One state of one alias, to be searched. generation: its name."""

    client: Elasticsearch
    alias: str
    generation: str
    pit: str | None = None

    def search(self, query: Clause, **body: Any) -> dict[str, Any]:
        """One search. Nothing under the alias is an empty answer."""
        where: dict[str, Any] = (
            {"pit": {"id": self.pit, "keep_alive": _HELD}}
            if self.pit
            else {"index": self.alias, "ignore_unavailable": True}
        )
        found = self.client.search(query=query, allow_partial_search_results=False, **where, **body)
        return dict(found.body)

    def buckets(
        self,
        query: Clause,
        sources: Mapping[str, Any],
        aggs: Mapping[str, Any] | None = None,
        *,
        page: int,
        runtime: Mapping[str, Any] | None = None,
    ) -> Iterator[Bucket]:
        """All buckets of a composite aggregation over `sources`, page after page."""
        listed = [{name: source} for name, source in sources.items()]
        body: dict[str, Any] = {"composite": {"size": page, "sources": listed}}
        if aggs:
            body["aggs"] = aggs
        while True:
            found = self.search(
                query, aggs={"cells": body}, size=0, runtime_mappings=runtime,
                filter_path="aggregations.cells", track_total_hits=False,
            ).get("aggregations", {}).get("cells", {})  # fmt: skip
            buckets = found.get("buckets", [])
            yield from buckets
            if len(buckets) < page:
                return
            body["composite"]["after"] = found["after_key"]


def settled(
    client: Elasticsearch, names: Names, alias: str, ask: Callable[[View], T]
) -> tuple[str, T]:
    """(the generation that answered, what `ask` found in it). Raises IndexMissing."""
    for turn in range(_TRIES):
        before = _still(client, names)
        try:
            with _view(client, alias, before, pinned=turn >= _HOPES) as view:
                if view.pit and state.read(client, names) != before:
                    continue
                found = ask(view)
                if view.pit or state.read(client, names) == before:
                    return view.generation, found
        except ApiError:
            # an index may have gone with its generation
            if state.read(client, names) == before:
                raise
    raise IndexNotWritten(
        "the index changed all the time", hint="ask again, or let its writer run less often"
    )


def generation(client: Elasticsearch, names: Names) -> str:
    """Which state answers now."""
    return _name(_still(client, names))


def _still(client: Elasticsearch, names: Names) -> Now:
    """The state, when no generation is just being shown."""
    now = state.read(client, names)
    begun = time.monotonic()
    while now.moving:
        time.sleep(_LOOKS)
        before, now = now, state.read(client, names)
        if now != before:
            begun = time.monotonic()
        elif time.monotonic() - begun > _MOVES_FOR:
            return now  # its writer died here; what shows now stays until the next one
    return now


@contextmanager
def _view(client: Elasticsearch, alias: str, now: Now, *, pinned: bool) -> Iterator[View]:
    generation = _name(now)
    if not pinned:
        yield View(client, alias, generation)
        return
    try:
        pit = client.open_point_in_time(index=alias, keep_alive=_HELD)["id"]
    except NotFoundError:
        yield View(client, alias, generation)  # nothing is there to be held
        return
    try:
        yield View(client, alias, generation, pit)
    finally:
        client.options(ignore_status=404).close_point_in_time(id=pit)


def _name(now: Now) -> str:
    return f"{now.generation}+{now.moving}" if now.moving else now.generation
