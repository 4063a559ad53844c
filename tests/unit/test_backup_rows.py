"""Rows of the application database go from SQLite to PostgreSQL and back, as they were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from servers import postgres

from base.errors import BadInput
from base.time import now
from monitor.backup import BackupDamaged, rows
from monitor.database import Database
from monitor.database_faults import DatabaseNewer
from monitor.revisions import newest
from monitor.tables import ACCESS_LOG, METADATA, SOURCE_CHECKS

KINDS = [
    pytest.param("sqlite", marks=pytest.mark.unit),
    pytest.param("postgres", marks=pytest.mark.server),
]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as found:
        yield found


def database(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Database:
    if kind == "sqlite":
        return Database(f"sqlite:///{tmp_path}/{len(list(tmp_path.iterdir()))}.db")
    address = request.getfixturevalue("server")
    name = f"d{now():%H%M%S%f}"
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    engine.dispose()
    return Database(f"{address.rpartition('/')[0]}/{name}")


def dumped(found: Database) -> list[bytes]:
    with found.one_moment() as connection:
        return list(rows.dump(connection, found.revision()))


def filled(found: Database) -> Database:
    """One with a row of every kind of value."""
    found.upgrade()
    found.commit_cursor("wien", "a", {"ü": "1"}, (now(), now()))
    found.commit_cursor("wien", "b", {})
    check = {"home": "wien", "source": "a", "address": "x", "at": now(), "is_reached": True,
             "says": "line\nand \x1b, ™"}  # fmt: skip
    found.put(SOURCE_CHECKS, [check, {**check, "source": "b", "is_reached": False}])
    line = {"at": now(), "who": "local", "action": "query", "view": "{}"}
    with found.connected() as connection:  # more than a part
        connection.execute(sa.insert(ACCESS_LOG), [{**line, "rows": n} for n in range(1200)])
    return found


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
def test_what_was_dumped_is_there_again_and_goes_on(
    of: str, to: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before = dumped(filled(database(of, tmp_path, request)))
    target = database(to, tmp_path, request)
    rows.refuse_filled(target)
    for _ in range(2):  # a restore that was killed fills it again
        assert rows.load(target, before) == 1204
    assert dumped(target) == before
    target.prepare()
    target.log_access("local", "export", purpose=None, view={}, rows=0)
    assert target.access_log(1)[0]["number"] == 1201
    with pytest.raises(BadInput, match="the database is not empty"):
        rows.refuse_filled(target)


@pytest.mark.unit
def test_rows_are_of_one_moment(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    found = filled(database("sqlite", tmp_path, request))
    with found.one_moment() as connection:
        lines = rows.dump(connection, found.revision())
        first = [next(lines)]
        found.log_access("local", "late", purpose=None, view={}, rows=0)
        assert b'"late"' not in b"".join([*first, *lines])


@pytest.mark.unit
def test_what_is_cut_short_or_newer_is_refused(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    found = filled(database("sqlite", tmp_path, request))
    lines = dumped(found)
    for cut in (lines[:-1], [*lines[:-2], lines[-1]], []):
        with pytest.raises(BackupDamaged):
            rows.load(database("sqlite", tmp_path, request), cut)
    newer = [lines[0].replace(newest().encode(), b"9999"), *lines[1:]]
    with pytest.raises(DatabaseNewer, match="newer version"):
        rows.load(database("sqlite", tmp_path, request), newer)


@pytest.mark.unit
def test_every_column_is_of_a_kind_that_a_backup_can_hold() -> None:
    known = (sa.String, sa.Text, sa.Integer, sa.BigInteger, sa.Float, sa.Boolean, sa.DateTime)
    for table in METADATA.sorted_tables:
        for column in table.columns:
            assert isinstance(column.type, known), f"{table.name}.{column.name}"
