"""Every older schema of the application database, with rows, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import EITHER, Databases

from base.errors import BadInput
from monitor.database import Database, utc
from monitor.revisions import migrations
from monitor.tables import METADATA

pytestmark = pytest.mark.unit
MOMENT = datetime(2026, 3, 29, 0, 30, 0, 7, tzinfo=UTC)
Rows = dict[str, list[dict[str, Any]]]


def revisions() -> list[str]:
    """From the first to the newest."""
    scripts = ScriptDirectory.from_config(migrations())
    return [script.revision for script in scripts.walk_revisions()][::-1]


@pytest.fixture(params=EITHER)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Without a table."""
    if request.param == "sqlite":
        yield Database(f"sqlite:///{tmp_path}/unite.db")
        return
    databases: Databases = request.getfixturevalue("postgres_databases")
    with databases.fresh(is_empty=True) as address:
        found = Database(address)
        yield found
        found.close()


def tables(connection: sa.Connection) -> list[sa.Table]:
    found = sa.MetaData()
    found.reflect(connection)
    return [t for t in found.sorted_tables if t.name != "alembic_version"]


def value(column: sa.Column[Any], number: int) -> Any:
    """Something that fills a column."""
    if isinstance(column.type, sa.DateTime):
        return MOMENT
    if isinstance(column.type, sa.Boolean):
        return number % 2 == 0
    if isinstance(column.type, sa.Integer | sa.Float):
        return number
    length = getattr(column.type, "length", None) or 400
    return f"{number}{'ü' * (length - 1)}"


def fill(database: Database) -> None:
    """Two rows into every table, as long as its columns take them."""
    with database.connected() as connection:
        for table in tables(connection):
            rows = [{c.name: value(c, n) for c in table.columns} for n in (1, 2)]
            connection.execute(sa.insert(table), rows)


def rows(database: Database) -> Rows:
    with database.connected() as connection:
        return {
            t.name: [
                {k: utc(v) if isinstance(v, datetime) else v for k, v in r._asdict().items()}
                for r in connection.execute(sa.select(t).order_by(*t.primary_key))
            ]
            for t in tables(connection)
        }


@pytest.mark.parametrize("old", revisions())
def test_rows_of_every_older_schema_stay_and_it_comes_back(database: Database, old: str) -> None:
    database.upgrade(old)
    assert database.revision() == old
    fill(database)
    before = rows(database)
    assert before
    database.upgrade()
    assert database.revision() == revisions()[-1]
    after = rows(database)
    kept = {
        name: [{k: row[k] for k in known[0]} for row in after[name]]
        for name, known in before.items()
    }
    assert kept == before
    fill_new = {name for name in after if name not in before}
    assert all(after[name] == [] for name in fill_new)
    # a downgrade keeps what the older schema knew of
    with database.connected() as connection:
        command.downgrade(migrations(connection), old)
    assert rows(database) == before


def test_the_schema_is_the_one_the_code_describes(database: Database) -> None:
    database.upgrade()
    with database.connected() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        # what columns are for is said in the code and in docs/reference.md, not in the database
        found = [d for d in compare_metadata(context, METADATA) if "comment" not in str(d[0])]
        found = [
            d for d in found
            if not (isinstance(d, list) and all(part[0] == "modify_comment" for part in d))
        ]  # fmt: skip
    assert found == []


def test_a_schema_of_a_newer_program_is_refused(database: Database) -> None:
    database.upgrade()
    with database.connected() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(BadInput, match="by a newer version"):
        database.upgrade()
    assert database.revision() == "9999"
