"""The lake lock of a lake that several machines share: PostgreSQL's advisory locks.

The same as `store.lock.LakeLock`: writers together, or one who rewrites history alone. Each lock
is held by a connection of its own for as long as that lives, so whoever dies lets go. Waiting is
in order of coming, so that writers cannot starve who wants the lake alone. A connection that was
lost has lost its lock: `check` says so before anything is committed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

import sqlalchemy as sa

from base.errors import Transient, UniteError
from store.bucket_faults import DATABASE

# a server lets go of who is gone, and we notice that it is, within half a minute
_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
_AT_ONCE = "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; \
set tcp_keepalives_count = 3; set lock_timeout = 0; set statement_timeout = 0; \
set idle_session_timeout = 0"


class LakeLockLost(UniteError, Transient):
    """The connection that held the lake's lock is gone, or none can be had."""


class SharedLock:
    """Locks on a lake, known to all by its address, in the database at `address`."""

    def __init__(self, lake: str, address: str) -> None:
        url = sa.make_url(address)
        self._engine = sa.create_engine(
            url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True,
            connect_args={**_ALIVE, "connect_timeout": 10, "application_name": "unite lake lock"},
        )  # fmt: skip
        self._lake = _number(lake)
        self._held: set[sa.Connection] = set()
        self._guard = Lock()

    @contextmanager
    def shared(self) -> Iterator[None]:
        """For writers, among each other."""
        with self._holding([("pg_advisory_lock_shared", "lake")]):
            yield

    @contextmanager
    def homes(self, homes: Sequence[str]) -> Iterator[None]:
        """For a merge: one at a time into each home, in a fixed order."""
        numbers = sorted(set(homes), key=lambda home: _number(f"home {home}"))
        with self._holding([("pg_advisory_lock", f"home {home}") for home in numbers]):
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """For whoever deletes files."""
        with self._holding([("pg_advisory_lock", "lake")]):
            yield

    @contextmanager
    def named(self, name: str) -> Iterator[None]:
        """For one process at a time, whatever `name` stands for."""
        with self._holding([("pg_advisory_lock", f"work {name}")]):
            yield

    def check(self) -> None:
        """Raises LakeLockLost where a lock that is held here is no longer."""
        with self._guard:
            held = tuple(self._held)
        for connection in held:
            self._say(connection, "select 1")

    @contextmanager
    def _holding(self, locks: Sequence[tuple[str, str]]) -> Iterator[None]:
        try:
            connection = self._engine.connect()
        except sa.exc.DBAPIError:
            raise _lost() from None
        try:
            self._say(connection, _AT_ONCE)
            for function, name in locks:
                self._say(connection, f"select {function}({self._lake}, {_number(name)})")
            with self._guard:
                self._held.add(connection)
            yield
        finally:
            with self._guard:
                self._held.discard(connection)
            # closed, not given back: the server lets go of its locks with it
            connection.invalidate()
            connection.close()

    def _say(self, connection: sa.Connection, statement: str) -> None:
        try:
            connection.exec_driver_sql(statement)
        except sa.exc.DBAPIError:
            raise _lost() from None


def _lost() -> LakeLockLost:
    return LakeLockLost(
        "the lake's lock was lost: PostgreSQL does not answer or closed its connection",
        where=DATABASE,
        hint="run it again; what was not committed was not written",
    )


def _number(name: str) -> int:
    """A name as PostgreSQL takes it, 32 bits with a sign."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big", signed=True)
