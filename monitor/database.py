"""The application database, SQLite or PostgreSQL: opened, asked, and told what to remember.

Its tables stand in `monitor.tables`, how its schema changes in `monitor.revisions`.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, overload

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from base.errors import BadInput
from base.time import now
from monitor.database_faults import (
    WHERE,
    DatabaseNewer,
    DatabaseOlder,
    DatabaseRefused,
    may_pass_again,
    translated,
)
from monitor.revisions import known, migrate, newest
from monitor.tables import ACCESS_LOG, CURSORS, QUARANTINE
from store.lock import exclusive

_AT_ONCE = 500  # values a statement may hold on every database

Span = tuple[datetime, datetime]
Result = TypeVar("Result")
_TRIES = 8


@dataclass(frozen=True)
class Quarantined:
    """One item that could not be mapped."""

    position: int
    field: str
    reason: str


class Database:
    """One installation's application database."""

    def __init__(self, address: str) -> None:
        try:
            url = sa.make_url(address)
            is_server = url.get_backend_name() == "postgresql"
            # asked before each use whether it is still there: servers are restarted
            more = {"pool_pre_ping": True, "connect_args": _manners(url)} if is_server else {}
            self._engine = sa.create_engine(url, hide_parameters=True, **more)
        except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError, ValueError):
            raise BadInput(
                "the database address cannot be used",
                where=WHERE,
                expected="sqlite:///… or postgresql+psycopg://USER:PASSWORD@HOST:5432/NAME",
            ) from None  # the driver's words hold the address, and that a password
        if self._engine.dialect.name not in ("sqlite", "postgresql"):
            raise BadInput(
                f"{self._engine.dialect.name} is no database for this",
                where=WHERE,
                expected="sqlite or postgresql",
            )
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _careful)

    def prepare(self) -> None:
        """Make the tables of a new database. Raises DatabaseOlder, DatabaseNewer."""
        found = self.revision()
        if found is None:
            self.upgrade()
        elif found != newest():
            self.refuse_newer(found)
            raise DatabaseOlder(
                f"the database has revision {found}",
                expected=f"revision {newest()}, which this version of the program made",
                hint="unite upgrade --backup FOLDER",
            )

    def refuse_newer(self, revision: str) -> None:
        """Raises DatabaseNewer where this program knows no such revision."""
        if revision not in known():
            raise DatabaseNewer(
                f"the database was made by a newer version of this program ({revision})",
                where=WHERE,
                expected=f"revision {newest()} or older",
                hint="use the newer program, or restore a backup from before its upgrade",
            )

    def upgrade(self, revision: str = "head") -> None:
        """Bring the schema to the newest revision; safe to repeat, to kill and to race.

        Raises DatabaseNewer where a newer program made it.
        """
        found = self.revision()
        if found is not None:
            self.refuse_newer(found)
        with self._alone(), self.connected() as connection:
            if connection.dialect.name == "postgresql":
                _check_encoding(connection)
                connection.execute(sa.text("select pg_advisory_xact_lock(7317)"))
            migrate(connection, revision)

    @contextmanager
    def connected(self) -> Iterator[sa.Connection]:
        """A connection with a transaction around what is done. Raises DatabaseFault."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            raise translated(error, self._engine.url) from None

    def run(self, work: Callable[[sa.Connection], Result]) -> Result:
        """`work` in a transaction, again where it lost against another. Raises DatabaseFault."""
        for round_ in range(_TRIES):
            try:
                with self._engine.begin() as connection:
                    return work(connection)
            except sa.exc.DBAPIError as error:
                if round_ == _TRIES - 1 or not may_pass_again(error):
                    raise translated(error, self._engine.url) from None
                time.sleep(random.uniform(0, 0.02 * 2**round_))
        raise AssertionError("the last round returns or raises")

    def close(self) -> None:
        """Let go of every connection; the next use makes new ones."""
        self._engine.dispose()

    @property
    def is_shared(self) -> bool:
        """Whether a server holds it, for many machines."""
        return self._engine.dialect.name != "sqlite"

    @contextmanager
    def apart(self) -> Iterator[sa.Connection]:
        """A connection without a transaction, closed for good at the end with what it held."""
        try:
            opened = self._engine.connect()
        except sa.exc.DBAPIError as error:
            raise translated(error, self._engine.url) from None
        with opened.execution_options(isolation_level="AUTOCOMMIT") as connection:
            try:
                yield connection
            finally:
                connection.invalidate()

    @contextmanager
    def one_moment(self) -> Iterator[sa.Connection]:
        """A connection that sees everything as it is now, whatever others write meanwhile."""
        is_sqlite = self._engine.dialect.name == "sqlite"
        engine = self._engine.execution_options(
            **({} if is_sqlite else {"isolation_level": "REPEATABLE READ"})
        )
        with engine.connect() as connection:
            if is_sqlite:
                connection.exec_driver_sql("begin")
            yield connection

    def _alone(self) -> AbstractContextManager[None]:
        """SQLite has no lock for a change of schema by two processes; a file beside it has."""
        file = self._engine.url.database
        if self._engine.dialect.name != "sqlite" or not file:
            return nullcontext()
        return exclusive(Path(f"{file}.lock"))

    def revision(self) -> str | None:
        """The schema's revision, None before the first upgrade."""
        from alembic.runtime.migration import MigrationContext

        with self.connected() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def cursor(self, home: str, source: str) -> Mapping[str, str] | None:
        """Where to go on with a source, None at the start."""
        query = sa.select(CURSORS.c.state).where(CURSORS.c.home == home, CURSORS.c.source == source)
        with self.connected() as connection:
            state = connection.execute(query).scalar_one_or_none()
        return None if state is None else json.loads(state)

    def commit_cursor(
        self, home: str, source: str, state: Mapping[str, str], unfinished: Span | None = None
    ) -> None:
        """Remember where to go on; only after the merge.

        unfinished: of a look that has not come to its end, where it began and how far it came.
        """
        begun, reached = unfinished or (None, None)
        row = {"home": home, "source": source, "state": json.dumps(dict(state)), "at": now(),
               "begun": begun, "reached": reached}  # fmt: skip
        self.put(CURSORS, [row])

    def unfinished(self, home: str, source: str) -> Span | None:
        """Where the last look at a source began and how far it came; None where it ended."""
        query = sa.select(CURSORS.c.begun, CURSORS.c.reached).where(
            CURSORS.c.home == home, CURSORS.c.source == source
        )
        with self.connected() as connection:
            found = connection.execute(query).one_or_none()
        if found is None or found.begun is None or found.reached is None:
            return None
        return utc(found.begun), utc(found.reached)

    def quarantine(self, home: str, source: str, window: str, items: Iterable[Quarantined]) -> None:
        """Write down items that could not be mapped; once each, however often it is said."""
        rows = [
            {
                "home": home, "source": source, "window": window, "position": i.position,
                "field": i.field, "reason": i.reason, "at": now(),
            }
            for i in items
        ]  # fmt: skip
        self.put(QUARANTINE, rows)

    def quarantined(self) -> list[tuple[str, str, str, int]]:
        """(home, source, reason, count), most frequent first."""
        count = sa.func.count().label("n")
        query = (
            sa.select(QUARANTINE.c.home, QUARANTINE.c.source, QUARANTINE.c.reason, count)
            .group_by(QUARANTINE.c.home, QUARANTINE.c.source, QUARANTINE.c.reason)
            .order_by(count.desc(), QUARANTINE.c.home, QUARANTINE.c.source)
        )
        with self.connected() as connection:
            return [(r[0], r[1], r[2], int(r[3])) for r in connection.execute(query)]

    def log_access(
        self, who: str, action: str, *, purpose: str | None, view: Mapping[str, Any], rows: int
    ) -> None:
        """Append one line; nothing here changes or deletes a line."""
        line = fitting(ACCESS_LOG, {
            "at": now(), "who": who, "action": action, "purpose": purpose,
            "view": json.dumps(view, sort_keys=True, ensure_ascii=False), "rows": rows,
        })  # fmt: skip
        self.run(lambda connection: connection.execute(sa.insert(ACCESS_LOG), line))

    def access_log(self, limit: int = 100) -> list[dict[str, Any]]:
        """The newest lines first."""
        query = sa.select(ACCESS_LOG).order_by(ACCESS_LOG.c.number.desc()).limit(limit)
        with self.connected() as connection:
            return [r._asdict() | {"at": utc(r.at)} for r in connection.execute(query)]

    def put(
        self, table: sa.Table, rows: list[dict[str, Any]], only: Sequence[str] | None = None
    ) -> None:
        """Write rows, in the place of those with their key; of known rows `only` these columns."""
        if not rows:
            return
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table)
        keys = [c.name for c in table.primary_key]
        names = [c.name for c in table.c if c.name not in keys] if only is None else only
        values = {name: statement.excluded[name] for name in names}
        # in one order, so that two processes never wait for each other
        ordered = sorted((fitting(table, row) for row in rows), key=lambda r: [r[k] for k in keys])
        upsert = statement.on_conflict_do_update(index_elements=keys, set_=values)
        self.run(lambda connection: connection.execute(upsert, ordered))


def fitting(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as every database takes it: what no text may hold is replaced, words are cut.

    SQLite minds neither length nor NUL, PostgreSQL refuses both. A key is never cut: it would
    be another's. Raises BadInput for one that is too long.
    """
    return {name: _fitting(table.c[name], value) for name, value in row.items()}


def _fitting(column: sa.Column[Any], value: Any) -> Any:
    if not isinstance(value, str):
        return value
    fit = value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    length = getattr(column.type, "length", None)
    if length is None or len(fit) <= length:
        return fit
    if column.primary_key:
        raise BadInput(f"a {column.name} of {len(fit)} characters", expected=f"at most {length}")
    return fit[:length]


def drop(database: Database, table: sa.Table, ids: Iterable[str]) -> None:
    """Delete the rows of posts, by the column `id`."""
    left = iter(ids)
    while some := list(islice(left, _AT_ONCE)):
        with database.connected() as connection:
            connection.execute(sa.delete(table).where(table.c.id.in_(some)))


def on_conflict_ignored(
    connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]
) -> sa.Executable:
    """The insertion of a row, which another process may have been faster with."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).values(fitting(table, row)).on_conflict_do_nothing()


@overload
def utc(moment: datetime) -> datetime: ...
@overload
def utc(moment: None) -> None: ...
def utc(moment: datetime | None) -> datetime | None:
    """A moment that the database gave back, in UTC: SQLite forgets the zone."""
    if moment is None:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _manners(url: sa.URL) -> dict[str, Any]:
    """How PostgreSQL is reached where the address does not say otherwise."""
    manners: dict[str, Any] = {
        "application_name": "unite",
        # statements of a connection that a pooler gives to others cannot be kept
        "prepare_threshold": None,
    }
    if "PGCONNECT_TIMEOUT" not in os.environ:
        manners["connect_timeout"] = 10
    return {name: value for name, value in manners.items() if name not in url.query}


def _check_encoding(connection: sa.Connection) -> None:
    encoding = connection.execute(sa.text("show server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise DatabaseRefused(
            f"the database's encoding is {encoding}",
            where=WHERE,
            expected="UTF8",
            hint="create database … encoding 'UTF8' template template0",
        )


def _careful(connection: Any, _: Any) -> None:
    """SQLite: wait for other processes, survive a power cut, overwrite what is deleted."""
    for pragma in ("busy_timeout=30000", "journal_mode=wal", "synchronous=full",
                   "secure_delete=on", "foreign_keys=on"):  # fmt: skip
        connection.execute(f"pragma {pragma}")
