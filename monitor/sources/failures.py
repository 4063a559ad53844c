"""Looks that failed: remembered by source until one succeeds again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from base.errors import Terminal, UniteError
from base.time import now
from collectors.collector import Source
from monitor.database import Database, utc
from monitor.tables import SOURCE_FAILURES


@dataclass(frozen=True)
class Failure:
    """What went wrong since the last success. kind: the error's name. times: looks in a row."""

    since: datetime
    at: datetime
    times: int
    kind: str
    is_terminal: bool
    says: str


def remember(database: Database, source: Source, error: UniteError | None) -> None:
    """How a look ended: the error's sentence, which holds no text of a post; None clears."""
    if error is None:
        mine = (SOURCE_FAILURES.c.home == source.home) & (SOURCE_FAILURES.c.source == source.code)
        with database.connected() as connection:
            connection.execute(sa.delete(SOURCE_FAILURES).where(mine))
        return
    known = failures(database).get((source.home, source.code))
    at = now()
    says = error.what if error.hint is None else f"{error.what} ({error.hint})"
    database.put(
        SOURCE_FAILURES,
        [{
            "home": source.home, "source": source.code, "since": known.since if known else at,
            "at": at, "times": known.times + 1 if known else 1, "kind": type(error).__name__,
            "is_terminal": isinstance(error, Terminal), "says": says,
        }],
    )  # fmt: skip


def failures(database: Database) -> dict[tuple[str, str], Failure]:
    """By home and source, those whose last look failed."""
    with database.connected() as connection:
        rows = connection.execute(sa.select(SOURCE_FAILURES)).all()
    return {
        (r.home, r.source): Failure(utc(r.since), utc(r.at), r.times, r.kind, r.is_terminal, r.says)
        for r in rows
    }
