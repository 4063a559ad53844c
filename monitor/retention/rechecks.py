"""When each post was last asked whether it is still public: ids and moments, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice

import pyarrow as pa
import sqlalchemy as sa

from monitor.database import RECHECKS, Database
from store import schema

_AT_ONCE = 500  # values a statement may hold on every database
ASKED = pa.schema([("id", pa.string()), ("at", schema.MOMENT)])


class Rechecks:
    """The table `rechecks` of an application database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> pa.Table:
        """ASKED columns of every post that was asked."""
        with self._database.connected() as connection:
            rows = connection.execute(sa.select(RECHECKS.c.id, RECHECKS.c.at)).all()
        # SQLite keeps no zone: what was written in UTC comes back without one
        moments = [at if at.tzinfo else at.replace(tzinfo=UTC) for _, at in rows]
        return pa.table([[i for i, _ in rows], moments], schema=ASKED)

    def asked(self, ids: Iterable[str], at: datetime) -> None:
        """Remember that these posts were asked."""
        self._database.put(RECHECKS, [{"id": i, "at": at} for i in ids])

    def drop(self, ids: Iterable[str]) -> None:
        """Let go of posts that are no longer kept."""
        left = iter(ids)
        while some := list(islice(left, _AT_ONCE)):
            with self._database.connected() as connection:
                connection.execute(sa.delete(RECHECKS).where(RECHECKS.c.id.in_(some)))
