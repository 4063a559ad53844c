"""The application database: one suite, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa
from databases import EITHER, Databases

from base.errors import BadInput
from monitor.database import Database, Quarantined
from monitor.retention.rechecks import Rechecks
from monitor.sources import quotas
from monitor.tables import ALERTS, CURSORS, METADATA, QUOTAS


@pytest.fixture(params=EITHER)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/unite.db"
        return
    databases: Databases = request.getfixturevalue("postgres_databases")
    with databases.fresh(is_empty=True) as found:
        yield found


@pytest.fixture
def database(either_database: str | None, tmp_path: Path) -> Iterator[Database]:
    found = Database(either_database or f"sqlite:///{tmp_path}/unite.db")
    found.upgrade()
    yield found
    found.close()


UPGRADE = "import sys; from monitor.database import Database; Database(sys.argv[1]).upgrade()"


def test_processes_that_upgrade_together_do_it_once(address: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", UPGRADE, address], stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in started:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    database = Database(address)
    database.upgrade()
    assert database.revision()


def test_the_revisions_make_the_tables_that_the_code_knows(database: Database) -> None:
    with database.connected() as connection:
        inspector = sa.inspect(connection)
        for table in METADATA.sorted_tables:
            columns = {c["name"]: c["nullable"] for c in inspector.get_columns(table.name)}
            assert columns == {c.name: c.nullable for c in table.columns}


def test_a_cursor_is_the_last_one_committed(database: Database) -> None:
    assert database.cursor("wien", "a") is None
    database.commit_cursor("wien", "a", {"etag": "1"})
    database.commit_cursor("wien", "a", {"etag": "2", "seen": "x"})
    database.commit_cursor("malmo", "a", {"etag": "3"})
    assert database.cursor("wien", "a") == {"etag": "2", "seen": "x"}


def test_an_unfinished_look_is_remembered_in_utc_until_it_ends(database: Database) -> None:
    span = datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, 0, 7, tzinfo=UTC)
    database.commit_cursor("wien", "a", {}, span)
    found = database.unfinished("wien", "a")
    assert found == span
    assert found is not None
    assert {moment.tzinfo for moment in found} == {UTC}
    database.commit_cursor("wien", "a", {})
    assert database.unfinished("wien", "a") is None
    assert database.unfinished("wien", "b") is None


def test_an_item_is_quarantined_once_however_often_it_is_said(database: Database) -> None:
    items = [Quarantined(7, "created", "a date that cannot be read")]
    for _ in range(3):
        database.quarantine("wien", "a", "2026-03-01", items)
    database.quarantine("wien", "a", "2026-03-02", [Quarantined(2**40, "id", "none"), *items * 2])
    assert database.quarantined() == [
        ("wien", "a", "a date that cannot be read", 2), ("wien", "a", "none", 1),
    ]  # fmt: skip


def test_the_access_log_is_appended_newest_first(database: Database) -> None:
    database.log_access("local", "query", purpose="p", view={"city": ["wien"]}, rows=3)
    database.log_access("local", "forget", purpose=None, view={}, rows=1)
    lines = database.access_log()
    assert [line["action"] for line in lines] == ["forget", "query"]
    assert lines[0]["number"] > lines[1]["number"]
    assert {line["at"].tzinfo for line in lines} == {UTC}
    assert (lines[0]["purpose"], lines[1]["purpose"]) == (None, "p")


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


def test_what_no_limit_or_no_null_means_comes_back_as_it_was(database: Database) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    row = {"platform": "x", "host": "api.example", "left": 0.1, "limit": None, "resets_at": None}
    database.put(QUOTAS, [row | {"at": at}])
    database.put(QUOTAS, [row | {"at": at, "limit": 300.0, "resets_at": at}], only=("limit",))
    (found,) = quotas.left(database)
    assert (found.left, found.limit, found.resets_at, found.at) == (0.1, 300.0, None, at)


@pytest.mark.parametrize(
    "said", ["ü" * 5000, "a\0b", "half of 😀: \ud83d", "", "'; drop table x; --"]
)
def test_no_word_of_a_host_is_too_long_or_unwritable(database: Database, said: str) -> None:
    database.quarantine("wien", "a", "w", [Quarantined(1, said, said)])
    database.commit_cursor("wien", "a", {"next": said})
    database.log_access(said, said, purpose=said, view={"text": said}, rows=0)
    ((_, _, reason, count),) = database.quarantined()
    assert count == 1
    assert len(reason) == min(len(said), 256)
    assert database.cursor("wien", "a") == {"next": said}
    assert len(database.access_log()[0]["who"]) == min(len(said), 128)


def test_a_key_is_never_cut_to_be_anothers(database: Database) -> None:
    with pytest.raises(BadInput, match="a source of 129 characters"):
        database.commit_cursor("wien", "s" * 129, {})
    database.commit_cursor("wien", "s" * 128, {"a": "1"})
    assert database.cursor("wien", "s" * 128) == {"a": "1"}


def test_of_two_open_alerts_about_one_thing_there_is_only_one(database: Database) -> None:
    row = {"home": "wien", "source": "a", "what": "silent", "since": datetime.now(UTC),
           "seen_at": datetime.now(UTC), "says": "", "is_true": False,
           "ended_at": None}  # fmt: skip
    ended = row | {"ended_at": datetime.now(UTC)}
    with database.connected() as connection:
        connection.execute(sa.insert(ALERTS), [row, ended, ended])
    with pytest.raises(BadInput), database.connected() as connection:
        connection.execute(sa.insert(ALERTS), row)
    with database.connected() as connection:
        numbers = connection.execute(sa.select(ALERTS.c.number)).scalars().all()
    assert len(set(numbers)) == 3


def test_many_who_write_the_same_rows_at_once_all_come_through(database: Database) -> None:
    """In whatever order each brings them: none waits for another for ever."""
    ids = [str(n) for n in range(200)]
    rechecks, at = Rechecks(database), datetime(2026, 3, 1, tzinfo=UTC)

    def write(number: int) -> None:
        rechecks.asked(ids if number % 2 else reversed(ids), at)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(12)))
    assert sorted(rechecks.all()["id"].to_pylist()) == sorted(ids)


@pytest.mark.server
@pytest.mark.parametrize("isolation", [r"read\ committed", "serializable"])
def test_who_loses_against_another_does_it_again(
    postgres_databases: Databases, isolation: str
) -> None:
    """Two take two rows crosswise: PostgreSQL ends one of them, and it begins anew."""
    both, rounds = Barrier(2), []
    with postgres_databases.fresh() as address:
        option = f"-c default_transaction_isolation={isolation}"
        url = sa.make_url(address).update_query_dict({"options": option})
        database = Database(url.render_as_string(hide_password=False))
        for name in "ab":
            database.commit_cursor("wien", name, {"n": "0"})

        def crosswise(names: str) -> None:
            def work(connection: sa.Connection) -> None:
                rounds.append(names)
                for name in names:
                    mine = CURSORS.c.source == name
                    state = connection.execute(sa.select(CURSORS.c.state).where(mine)).scalar_one()
                    connection.execute(sa.update(CURSORS).where(mine).values(state=state + names))
                    if rounds.count(names) == 1 and name == names[0]:
                        both.wait(30)

            database.run(work)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(crosswise, ("ab", "ba")))
        with database.connected() as connection:
            states = connection.execute(sa.select(CURSORS.c.state)).scalars().all()
        database.close()
    assert len(rounds) == 3
    assert len(states) == 2
    assert all("ab" in state and "ba" in state for state in states)


@pytest.mark.unit
def test_every_column_says_what_it_is() -> None:
    assert all(c.comment for table in METADATA.sorted_tables for c in table.columns)


@pytest.mark.unit
@pytest.mark.parametrize("address", [
    "nonsense", "oracle://x", "mongodb://x", "", "postgresql+psycopg://u:secret@h:port/x",
])  # fmt: skip
def test_an_address_that_is_none_is_named_without_its_content(address: str) -> None:
    with pytest.raises(BadInput, match="UNITE_DATABASE_URL") as error:
        Database(address)
    assert "secret" not in str(error.value)
    assert error.value.__cause__ is None


@pytest.mark.unit
def test_a_damaged_file_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database" * 100)
    with pytest.raises(BadInput, match="database"):
        Database(f"sqlite:///{tmp_path}/x.db").upgrade()


@pytest.mark.unit
def test_a_file_that_only_reads_is_said(tmp_path: Path) -> None:
    place = tmp_path / "x.db"
    Database(f"sqlite:///{place}").upgrade()
    with pytest.raises(BadInput, match="only reads"):
        Database(f"sqlite:///file:{place}?mode=ro&uri=true").commit_cursor("wien", "a", {})
    with pytest.raises(BadInput, match="cannot be opened"):
        Database(f"sqlite:///{tmp_path}/nowhere/x.db").cursor("wien", "a")
