"""When each post was last asked whether it is still public, and when it last was.

Ids and moments, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa
import sqlalchemy as sa

from monitor.database import Database, drop, utc
from monitor.tables import RECHECKS
from store import schema

ASKED = pa.schema([("id", pa.string()), ("at", schema.MOMENT), ("stood", schema.MOMENT)])


class Rechecks:
    """The table `rechecks` of an application database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> pa.Table:
        """ASKED columns of every post that was asked."""
        with self._database.connected() as connection:
            columns = (RECHECKS.c.id, RECHECKS.c.at, RECHECKS.c.stood)
            rows = connection.execute(sa.select(*columns)).all()
        ids, at, stood = zip(*rows, strict=True) if rows else ((), (), ())
        return pa.table([ids, [*map(utc, at)], [*map(utc, stood)]], schema=ASKED)

    def asked(self, ids: Iterable[str], at: datetime) -> None:
        """Remember that these posts were asked, without an answer that tells."""
        self._database.put(RECHECKS, [{"id": i, "at": at} for i in ids], only=("at",))

    def stood(self, ids: Iterable[str], at: datetime) -> None:
        """Remember that these posts were asked and are still public."""
        self._database.put(RECHECKS, [{"id": i, "at": at, "stood": at} for i in ids])

    def drop(self, ids: Iterable[str]) -> None:
        """Let go of posts that are no longer kept."""
        drop(self._database, RECHECKS, ids)
