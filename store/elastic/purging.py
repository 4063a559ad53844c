"""Forgetting on the server's disk: a deleted document's bytes leave its files.

A deleted document stays in its segment until that is merged, and in the transaction log until a
commit. The server also keeps it for a copy of the shard that may have missed the deletion, until
it has heard from all copies: it asks twice a minute (measured; no setting changes that), and a
copy that is away keeps it for hours. So a small index is not waited for but written anew beside,
and so is what the server still keeps when patience is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from elasticsearch import Elasticsearch

SMALL = 50_000  # documents of an index that is written anew rather than waited for
PATIENCE = 75.0  # seconds
_LOOKS = 1.0


def purge(
    client: Elasticsearch, indices: Iterable[str], alive: Callable[[], None]
) -> frozenset[str]:
    """Take what was deleted out of the files; the indices that must be written anew for it."""
    listed = sorted(indices)
    if not listed:
        return frozenset()
    client.indices.flush(index=listed, force=True, wait_if_ongoing=True)
    deleted = _deleted(client, listed)
    few = {index for index, (count, _) in deleted.items() if count <= SMALL}
    left = sorted(deleted.keys() - few)
    begun = time.monotonic()
    while left and time.monotonic() - begun < PATIENCE:
        alive()
        client.indices.forcemerge(index=left, only_expunge_deletes=True)
        client.indices.refresh(index=left)
        client.indices.flush(index=left, force=True, wait_if_ongoing=True)
        left = sorted(_deleted(client, left))
        if left:
            time.sleep(_LOOKS)
    return frozenset(few.union(left))


def small(client: Elasticsearch, indices: Iterable[str]) -> frozenset[str]:
    """Those of the indices that are written anew rather than waited for."""
    listed = sorted(indices)
    counts = _counts(client, listed) if listed else {}
    return frozenset(index for index, (count, _) in counts.items() if count <= SMALL)


def _deleted(client: Elasticsearch, indices: list[str]) -> dict[str, tuple[int, int]]:
    """Index → (documents, deleted ones), of those that hold any."""
    return {i: told for i, told in _counts(client, indices).items() if told[1]}


def _counts(client: Elasticsearch, indices: list[str]) -> dict[str, tuple[int, int]]:
    """Index → (documents, deleted ones)."""
    found = client.indices.stats(
        index=indices, metric="docs", filter_path="indices.*.total.docs"
    ).get("indices", {})
    counts = {i: told["total"]["docs"] for i, told in found.items()}
    return {i: (c["count"], c["deleted"]) for i, c in counts.items()}
