"""Bringing one index to a set of rows: what differs is written again, what is gone is deleted.

Rows are told apart by the digest of all that they hold, which the index keeps as a number: a
month of which a few rows changed costs reading, not feeding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from elasticsearch import Elasticsearch

from store.elastic.feeding import Action, Feeder
from store.elastic.scribe import Rows, Writes
from store.elastic.text import Clause

_PAGE = 10_000
_HELD = "5m"


def feed_all(feeder: Feeder, index: str, scribe: Writes, rows: Iterable[Rows]) -> None:
    """Write all rows into an index that holds none of them."""
    for some in rows:
        feeder.feed(index, _written(scribe, some))


def feed_difference(
    feeder: Feeder,
    index: str,
    scribe: Writes,
    rows: Iterable[Rows],
    held: dict[str, int],
    concerns: Callable[[str], bool],
) -> None:
    """Write the rows that `held` (key → digest) does not have so, delete what is left of it.

    concerns: whether the rows of a part are compared at all. Empties `held`.
    """
    for some in rows:
        which = [
            i
            for i, (key, part, digest) in enumerate(
                zip(some.keys, some.parts, some.digests.tolist(), strict=True)
            )
            if concerns(part) and held.pop(key, None) != digest
        ]
        if which:
            feeder.feed(index, _written(scribe, some.pick(which)))
    feeder.feed(index, (Action(key, scribe.removal(key)) for key in held))
    held.clear()


def held(client: Elasticsearch, index: str, clause: Clause) -> dict[str, int]:
    """Key → digest of the documents that meet the clause."""
    found: dict[str, int] = {}
    pit = client.open_point_in_time(index=index, keep_alive=_HELD)["id"]
    try:
        for hit in _hits(client, pit, clause):
            found[hit["_id"]] = hit["fields"]["digest"][0]
    finally:
        client.options(ignore_status=404).close_point_in_time(id=pit)
    return found


def _hits(client: Elasticsearch, pit: str, clause: Clause) -> Iterator[dict[str, Any]]:
    after = None
    while True:
        hits = client.search(
            pit={"id": pit, "keep_alive": _HELD}, query=clause, size=_PAGE, search_after=after,
            sort="_shard_doc", docvalue_fields=[{"field": "digest"}], source=False,
            track_total_hits=False, filter_path="hits.hits._id,hits.hits.fields,hits.hits.sort",
        ).get("hits", {}).get("hits", [])  # fmt: skip
        yield from hits
        if len(hits) < _PAGE:
            return
        after = hits[-1]["sort"]


def _written(scribe: Writes, rows: Rows) -> Iterator[Action]:
    lines = scribe.documents(rows)
    return (Action(key, line) for key, line in zip(rows.keys, lines, strict=True))
