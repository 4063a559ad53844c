"""The application database: one suite, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from servers import postgres

from base.errors import BadInput
from monitor.database import METADATA, Database, Quarantined
from monitor.retention.rechecks import Rechecks


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.unit),
        pytest.param("postgres", marks=pytest.mark.server),
    ],
    scope="module",
)
def address(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('db')}/unite.db"
    else:
        with postgres() as found:
            yield found


@pytest.fixture
def database(address: str) -> Database:
    found = Database(address)
    found.upgrade()
    with found._engine.begin() as connection:
        for table in METADATA.sorted_tables:
            connection.execute(sa.delete(table))
    return found


def test_upgrading_twice_and_together_is_safe(address: str) -> None:
    def upgrade(_: int) -> str | None:
        database = Database(address)
        database.upgrade()
        return database.revision()

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(upgrade, range(2))) == {"0008"}


def test_the_revisions_make_the_tables_that_the_code_knows(database: Database) -> None:
    inspector = sa.inspect(database._engine)
    for table in METADATA.sorted_tables:
        columns = {c["name"]: c["nullable"] for c in inspector.get_columns(table.name)}
        assert columns == {c.name: c.nullable for c in table.columns}


def test_a_cursor_is_the_last_one_committed(database: Database) -> None:
    assert database.cursor("wien", "a") is None
    database.commit_cursor("wien", "a", {"etag": "1"})
    database.commit_cursor("wien", "a", {"etag": "2", "seen": "x"})
    database.commit_cursor("malmo", "a", {"etag": "3"})
    assert database.cursor("wien", "a") == {"etag": "2", "seen": "x"}


def test_an_item_is_quarantined_once_however_often_it_is_said(database: Database) -> None:
    items = [Quarantined(7, "created", "a date that cannot be read")]
    for _ in range(3):
        database.quarantine("wien", "a", "2026-03-01", items)
    assert database.quarantined() == [("wien", "a", "a date that cannot be read", 1)]


def test_the_access_log_is_appended_newest_first(database: Database) -> None:
    database.log_access("local", "query", purpose="p", view={"city": ["wien"]}, rows=3)
    database.log_access("local", "forget", purpose=None, view={}, rows=1)
    lines = database.access_log()
    assert [line["action"] for line in lines] == ["forget", "query"]
    assert lines[0]["number"] > lines[1]["number"]


def test_when_a_post_was_asked_is_remembered_until_it_goes(database: Database) -> None:
    rechecks = Rechecks(database)
    first, second = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    rechecks.asked([str(n) for n in range(1200)], first)
    rechecks.asked(["7"], second)
    rechecks.stood(["8"], first)
    rechecks.asked(["8"], second)  # nobody could tell: it was seen to stand before
    found = {r["id"]: (r["at"], r["stood"]) for r in rechecks.all().to_pylist()}
    assert len(found) == 1200
    assert (found["6"], found["7"], found["8"]) == ((first, None), (second, None), (second, first))
    rechecks.drop(str(n) for n in range(1, 1200))
    rechecks.drop([])
    assert rechecks.all()["id"].to_pylist() == ["0"]


def test_every_column_says_what_it_is() -> None:
    assert all(c.comment for table in METADATA.sorted_tables for c in table.columns)


test_every_column_says_what_it_is = pytest.mark.unit(test_every_column_says_what_it_is)


@pytest.mark.unit
@pytest.mark.parametrize("address", ["nonsense", "oracle://x", "mongodb://x"])
def test_an_address_that_is_none_is_named_without_its_content(address: str) -> None:
    with pytest.raises(BadInput, match="UNITE_DATABASE_URL"):
        Database(address)


@pytest.mark.unit
def test_a_damaged_file_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database" * 100)
    with pytest.raises(BadInput, match="database"):
        Database(f"sqlite:///{tmp_path}/x.db").upgrade()
