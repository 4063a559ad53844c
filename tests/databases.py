"""Application databases for tests: SQLite, and a real PostgreSQL with a fresh database a test.

One server serves a whole run of a worker; each test's database is a copy of one that is at the
newest revision, which takes 20 ms.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
import sqlalchemy as sa
from servers import postgres

from monitor.database import Database

EITHER = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgres", id="postgres", marks=pytest.mark.server),
]


@dataclass
class Databases:
    """The databases of one PostgreSQL that this run made."""

    server: sa.URL
    prefix: str = field(default_factory=lambda: f"unite_test_{os.getpid()}_{uuid4().hex[:8]}")

    @contextmanager
    def fresh(self, *, is_empty: bool = False) -> Iterator[str]:
        """The address of a database at the newest revision. is_empty: without a table."""
        name = f"{self.prefix}_{uuid4().hex[:8]}"
        self.say(f"create database {name} template {'template0' if is_empty else self.template}")
        try:
            yield self.at(name)
        finally:
            self.say(f"drop database {name} with (force)")

    @property
    def template(self) -> str:
        return f"{self.prefix}_template"

    def at(self, name: str) -> str:
        return self.server.set(database=name).render_as_string(hide_password=False)

    def say(self, *statements: str) -> None:
        """Statements that no transaction may hold."""
        engine = sa.create_engine(
            self.server, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool
        )
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))


@contextmanager
def on(address: str) -> Iterator[Databases]:
    """Databases on a server, with a template at the newest revision."""
    found = Databases(sa.make_url(address))
    found.say(f"create database {found.template} template template0 encoding 'UTF8'")
    try:
        template = Database(found.at(found.template))
        template.upgrade()
        template.close()  # nobody may be connected to what is copied
        yield found
    finally:
        found.say(f"drop database {found.template} with (force)")


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[Databases]:
    with postgres() as address, on(address) as found:
        yield found


@pytest.fixture(params=EITHER)
def either_database(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str | None]:
    """The test runs on SQLite in its home, and once more on PostgreSQL, as the settings say.

    For tests with one home: two would share the database. The address, None for SQLite.
    """
    if request.param == "sqlite":
        monkeypatch.delenv("UNITE_DATABASE_URL", raising=False)
        yield None
        return
    databases: Databases = request.getfixturevalue("postgres_databases")
    with databases.fresh() as address:
        monkeypatch.setenv("UNITE_DATABASE_URL", address)
        yield address
