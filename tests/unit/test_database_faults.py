"""What is said when a real PostgreSQL cannot be reached, lets nobody in, or goes away."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from databases import Databases, on
from servers import Postgres, free_port, own_postgres
from test_cli_run import unite

from base.errors import Transient
from monitor.database import Database
from monitor.database_faults import DatabaseAway, DatabaseFault, DatabaseRefused
from monitor.settings import load
from monitor.workspace import Workspace

pytestmark = pytest.mark.server
SECRET = "ein-geheimes-wort"
RULES = """
host all guarded 127.0.0.1/32 scram-sha-256
host unlisted all 127.0.0.1/32 reject
host all outsider 127.0.0.1/32 reject
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with own_postgres() as found:
        rules = found.data / "pg_hba.conf"
        rules.write_text(RULES + rules.read_text())
        found.control("reload")
        yield found


@pytest.fixture(scope="module")
def databases(server: Postgres) -> Iterator[Databases]:
    with on(server.address) as found:
        found.say(
            f"create role guarded login password '{SECRET}'",
            "create role asleep",
            "create role stranger login",
            "create role outsider login",
        )
        yield found


@pytest.fixture
def url(databases: Databases) -> Iterator[sa.URL]:
    with databases.fresh() as address:
        yield sa.make_url(address)


def fault(url: sa.URL) -> DatabaseFault:
    database = Database(url.render_as_string(hide_password=False))
    with pytest.raises(DatabaseFault) as error:
        database.commit_cursor("wien", "a", {"next": SECRET})
    database.close()
    assert SECRET not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.hint
    assert str(error.value.where) == "UNITE_DATABASE_URL"
    return error.value


@pytest.mark.parametrize(("wrong", "said"), [
    ({"host": "no-such-host.invalid"}, "the host 'no-such-host.invalid' is not known"),
    ({"username": "guarded", "password": "wrong"}, "refused the password of 'guarded'"),
    ({"username": "guarded"}, "refused the password of 'guarded'"),
    ({"username": "nobody-here"}, "knows no role 'nobody-here'"),
    ({"username": "asleep"}, "the role 'asleep' may not log in"),
    ({"username": "outsider"}, "lets 'outsider' into .* by no rule"),
    ({"username": "stranger"}, "the role 'stranger' lacks a right"),
    ({"database": "no-such-database"}, "has no database 'no-such-database'"),
    ({"query": {"sslmode": "require"}}, "agree on no encryption"),
])  # fmt: skip
def test_each_part_of_the_address_wrong_is_said_in_its_own_sentence(
    url: sa.URL, wrong: dict[str, Any], said: str
) -> None:
    found = fault(url.set(**wrong))
    assert isinstance(found, DatabaseRefused)
    with pytest.raises(DatabaseFault, match=said):
        raise found


def test_a_wrong_port_and_what_is_no_postgresql(url: sa.URL) -> None:
    port = free_port()
    assert f"nothing listens at 127.0.0.1:{port}" in str(fault(url.set(port=port)))
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            with other.accept()[0] as connection:
                connection.recv(100)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = Thread(target=answer, daemon=True)
        thread.start()
        port = other.getsockname()[1]
        # without a question for encryption, to which any first letter is an answer
        wrong = url.set(port=port, query={"sslmode": "disable"})
        assert f"what listens at 127.0.0.1:{port} is no PostgreSQL" in str(fault(wrong))
        thread.join(10)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        found = fault(url.set(port=port, query={"connect_timeout": "2"}))
        assert f"127.0.0.1:{port} does not answer" in str(found)
        assert isinstance(found, Transient)


def test_an_encoding_that_cannot_hold_every_letter_is_refused(databases: Databases) -> None:
    name = f"{databases.prefix}_latin"
    databases.say(f"create database {name} template template0 encoding 'LATIN1' locale 'C'")
    database = Database(databases.at(name))
    with pytest.raises(DatabaseRefused, match="encoding is LATIN1"):
        database.upgrade()
    database.close()


def test_the_command_line_says_it_without_a_traceback(databases: Databases, tmp_path: Path) -> None:
    wrong = databases.at("no-such-database")
    assert Workspace(load(home=tmp_path)).lake
    said = unite(tmp_path, "alert", "list", env={"UNITE_DATABASE_URL": wrong})
    assert said.code == 1
    assert "PostgreSQL has no database 'no-such-database'" in said.err
    assert "Traceback" not in said.text


def test_a_server_that_is_started_again_is_met_again(server: Postgres, url: sa.URL) -> None:
    database = Database(url.render_as_string())
    database.commit_cursor("wien", "a", {"n": "1"})
    server.restart()
    assert database.cursor("wien", "a") == {"n": "1"}  # the old connection is not used blindly
    with pytest.raises(DatabaseAway, match="was lost"), database.connected() as connection:
        connection.execute(sa.text("select pg_terminate_backend(pg_backend_pid())"))
    assert database.cursor("wien", "a") == {"n": "1"}
    server.stop()
    with pytest.raises(DatabaseAway, match="nothing listens"):
        database.commit_cursor("wien", "a", {"n": "2"})
    server.start()
    database.commit_cursor("wien", "a", {"n": "3"})
    assert database.cursor("wien", "a") == {"n": "3"}
    database.close()


def test_a_standby_answers_and_says_that_it_only_reads(server: Postgres, url: sa.URL) -> None:
    first = Database(url.render_as_string())
    first.commit_cursor("wien", "a", {"n": "1"})
    standby = replace(server, folder=server.folder / "standby", port=free_port())
    server.program("pg_basebackup", "-h", "127.0.0.1", "-p", server.port, "-U", "postgres",
                   "-D", standby.data, "-R", "-c", "fast")  # fmt: skip
    if standby.user:
        shutil.chown(standby.folder, standby.user)
    try:
        standby.start()
        copy = url.set(port=standby.port)
        database = Database(copy.render_as_string())
        database.upgrade()  # nothing to do is no write
        assert database.cursor("wien", "a") == {"n": "1"}
        assert f"at 127.0.0.1:{standby.port} only reads" in str(fault(copy))
        database.close()
    finally:
        standby.stop()
        first.close()
