"""The rows of the application database, in a form that SQLite and PostgreSQL both take.

JSON lines: the revision, the tables with the kind of each column, then rows in parts, then how
many there were. Tables are read as they stand, not as this program knows them: a backup is made
before an upgrade, and restored at its own revision.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from base.errors import BadInput
from monitor.backup.sealing import damaged
from monitor.database import Database, utc
from monitor.revisions import migrate
from monitor.tables import METADATA

PATH = "database.jsonl"  # in a backup
_REVISION = "alembic_version"
_PART = 500  # rows a line


def dump(connection: sa.Connection, revision: str | None) -> Iterator[bytes]:
    """Every row that the connection sees, in lines."""
    tables = _tables(connection)
    kinds = {t.name: {c.name: _kind(c) for c in t.columns} for t in tables}
    yield _line({"revision": revision, "tables": kinds})
    total = 0
    for table in tables:
        ordered = sa.select(table).order_by(*(table.primary_key or table.columns))
        rows = connection.execute(ordered.execution_options(yield_per=_PART))
        for part in rows.partitions(_PART):
            total += len(part)
            yield _line({"of": table.name, "rows": [[_plain(v) for v in row] for row in part]})
    yield _line({"end": total})


def load(database: Database, lines: Iterable[bytes]) -> int:
    """Make the tables at the revision of the backup and fill them; the number of rows.

    Whatever stood in the tables is gone: look first (`refuse_filled`). Safe to repeat and to kill.
    """
    given = _objects(lines)
    head = next(given, {})
    try:
        revision, kinds = head["revision"], head["tables"]
    except KeyError as error:
        raise damaged(PATH, "altered") from error
    if revision is not None:
        database.refuse_newer(revision)
    total = 0
    with database.connected() as connection:
        _clear(connection)
    with database.connected() as connection:
        if revision is None:
            return 0
        migrate(connection, revision)
        tables = {t.name: t for t in _tables(connection)}
        for part in given:
            if "end" in part:
                if part["end"] != total:
                    raise damaged(PATH, "cut short")
                break
            table, columns = tables[part["of"]], kinds[part["of"]]
            rows = [_row(columns, row) for row in part["rows"]]
            connection.execute(sa.insert(table), rows)
            total += len(rows)
        else:
            raise damaged(PATH, "cut short")
        for table in tables.values():
            _count_on(connection, table)
    return total


def refuse_filled(database: Database) -> None:
    """Raises BadInput where one of our tables holds a row."""
    with database.connected() as connection:
        for table in _tables(connection):
            if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
                raise BadInput(
                    f"the database is not empty (table {table.name})",
                    where="UNITE_DATABASE_URL, or unite.db in UNITE_HOME",
                    expected="an empty database to restore into",
                    hint="name a new one; of the old one a backup can be made first",
                )


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """Our tables as they stand there; a database may hold others' too."""
    found = sa.MetaData()
    names = set(METADATA.tables) & set(sa.inspect(connection).get_table_names())
    found.reflect(connection, only=sorted(names))
    return found.sorted_tables


def _clear(connection: sa.Connection) -> None:
    for table in reversed(_tables(connection)):
        table.drop(connection)
    connection.execute(sa.text(f"drop table if exists {_REVISION}"))


def _count_on(connection: sa.Connection, table: sa.Table) -> None:
    """PostgreSQL gives the next number from a sequence that saw none of these rows."""
    column = table.autoincrement_column
    if connection.dialect.name == "postgresql" and column is not None:
        last = connection.execute(sa.select(sa.func.max(column))).scalar()
        name = sa.func.pg_get_serial_sequence(table.name, column.name)
        if last is not None and connection.execute(sa.select(name)).scalar() is not None:
            connection.execute(sa.select(sa.func.setval(name, last)))


def _kind(column: sa.Column[Any]) -> str:
    if isinstance(column.type, sa.DateTime):
        return "moment"
    return "boolean" if isinstance(column.type, sa.Boolean) else "plain"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return utc(value).isoformat()
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"a backup of the database cannot hold {type(value).__name__}")


def _row(kinds: Mapping[str, str], row: list[Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if kind == "moment" and value is not None else value
        for (name, kind), value in zip(kinds.items(), row, strict=True)
    }


def _line(given: Mapping[str, Any]) -> bytes:
    return json.dumps(given, ensure_ascii=False).encode() + b"\n"


def _objects(parts: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    held = b""
    for part in parts:
        *lines, held = (held + part).split(b"\n")
        for line in lines:
            yield json.loads(line)
