"""One writer at a time, over any number of machines: a lease in the state, renewed while it writes.

Who wants to write while another holds it waits. A holder that died renews no more: when the
lease has not changed for LEASE_SECONDS by the waiter's own clock, the waiter takes it (no two
clocks are compared). Every renewal names the version it renews, so that a writer who slept past
his lease is told so before he writes on.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from elasticsearch import (
    ApiError,
    ConflictError,
    Elasticsearch,
    NotFoundError,
    TransportError,
)

from store.elastic.names import Names
from store.index import IndexNotWritten

LEASE_SECONDS = 30.0
_RENEWED_AFTER = 5.0
_LOOKS = 0.2
_ID = "writer"
Version = tuple[int, int]  # number of the change, and the primary's term


class Lease:
    """A lease that is held. was_left: whoever held it before did not finish."""

    def __init__(self, client: Elasticsearch, names: Names, was_left: bool) -> None:
        self._client, self._names = client, names
        self._holder = f"{socket.gethostname()}-{secrets.token_hex(4)}"
        self.was_left = was_left
        self._version: Version | None = None
        self._renewed = 0.0

    def take(self, version: Version | None) -> bool:
        """Whether it is ours now. version: of the lease as it was seen; None when none was."""
        try:
            number, term = version or (None, None)
            made = self._client.index(
                index=self._names.state,
                id=_ID,
                document={"holder": self._holder, "is_free": False, "turn": secrets.token_hex(4)},
                op_type=None if version else "create",
                if_seq_no=number,
                if_primary_term=term,
            )
        except ConflictError:
            return False
        self._version = _version_of(made.body)
        self._renewed = time.monotonic()
        return True

    def renew(self, *, at_once: bool = False) -> None:
        """Stay the writer. Raises IndexNotWritten when another has taken over."""
        if not at_once and time.monotonic() - self._renewed < _RENEWED_AFTER:
            return
        if not self.take(self._version):
            raise IndexNotWritten(
                "another writer has taken over the index",
                hint="this one stood still for too long; the other one goes on",
            )

    def free(self, *, is_whole: bool) -> None:
        """Let the next writer in. is_whole: nothing that was begun is left half done."""
        number, term = self._version or (None, None)
        with suppress(ConflictError):  # another one has it already
            self._client.index(
                index=self._names.state,
                id=_ID,
                document={"holder": self._holder, "is_free": True, "is_whole": is_whole},
                if_seq_no=number,
                if_primary_term=term,
            )


@contextmanager
def writing(
    client: Elasticsearch, names: Names, *, waits: float, left_after: float | None = None
) -> Iterator[Lease]:
    """Hold the lease. waits, left_after: seconds. Raises IndexNotWritten after `waits`."""
    lease = _taken(client, names, waits, LEASE_SECONDS if left_after is None else left_after)
    try:
        yield lease
    except BaseException:
        with suppress(ApiError, TransportError):  # what went wrong first is what counts
            lease.free(is_whole=False)
        raise
    lease.free(is_whole=True)


def _taken(client: Elasticsearch, names: Names, waits: float, left_after: float) -> Lease:
    begun = since = time.monotonic()
    seen: Version | None = None
    while True:
        version, is_free, is_whole = _look(client, names)
        if version != seen:
            seen, since = version, time.monotonic()
        is_left = time.monotonic() - since >= left_after
        if is_free or is_left:
            lease = Lease(client, names, was_left=not (is_free and is_whole))
            if lease.take(version):
                return lease
        if time.monotonic() - begun > waits:
            raise IndexNotWritten(
                "another writer is at work on the index", hint="wait for it, then ask again"
            )
        time.sleep(_LOOKS)


def _look(client: Elasticsearch, names: Names) -> tuple[Version | None, bool, bool]:
    """(the version of the lease, whether nobody holds it, and whether the last one finished)."""
    try:
        found = client.get(index=names.state, id=_ID)
    except NotFoundError:
        return None, True, True
    told = found["_source"]
    return _version_of(found.body), told["is_free"], told.get("is_whole", False)


def _version_of(found: Mapping[str, Any]) -> Version:
    return found["_seq_no"], found["_primary_term"]
