"""No job part runs twice at once: a lock that its holder's death opens.

flock on a file of the home where the application database is SQLite, an advisory lock of the
server where it is PostgreSQL: the clock and Airflow meet there, on one machine or on many. No
expiry is written down, for a clock that jumps would end it early.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

from monitor.database import Database
from monitor.jobs.job import Busy

_CLASS = 7318  # of advisory locks of jobs
# a holder whose machine is gone is given up after a minute
_ALIVE = ("tcp_keepalives_idle = 30", "tcp_keepalives_interval = 10", "tcp_keepalives_count = 3")


@contextmanager
def held(database: Database, home: Path, name: str, part: str) -> Iterator[None]:
    """Holds the part of the job. Raises Busy where another process, or thread, does."""
    if database.is_shared:
        with _on_server(database, name, part):
            yield
    else:
        with _on_disk(home, name, part):
            yield


def is_held(database: Database, home: Path, name: str, part: str) -> bool:
    """Whether somebody has the part in hand now."""
    try:
        with held(database, home, name, part):
            return False
    except Busy:
        return True


def _busy(name: str, part: str) -> Busy:
    return Busy(f"the job {name} {part} is running already", hint="unite job list")


@contextmanager
def _on_disk(home: Path, name: str, part: str) -> Iterator[None]:
    folder = home / "jobs"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(folder / f"{name}.{part}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        raise _busy(name, part) from error
    try:
        yield
    finally:
        os.close(file)


@contextmanager
def _on_server(database: Database, name: str, part: str) -> Iterator[None]:
    digest = hashlib.sha256(f"{name}/{part}".encode()).digest()
    key = {"class": _CLASS, "part": int.from_bytes(digest[:4], "big", signed=True)}
    with database.apart() as connection:
        for setting in _ALIVE:
            connection.execute(sa.text(f"set {setting}"))
        took = sa.text("select pg_try_advisory_lock(:class, :part)")
        if not connection.execute(took, key).scalar_one():
            raise _busy(name, part)
        try:
            yield
        finally:
            # else it is open only when the server has seen the connection close
            with suppress(sa.exc.DatabaseError):
                connection.execute(sa.text("select pg_advisory_unlock(:class, :part)"), key)
