"""No word of a post leaves through the log: commands at their most talkative, and every library
that is given one, with errors whose messages hold it.

Each line of stderr is JSON and carries the id of its run.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sqlite3
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import elasticsearch
import httpx
import pytest
import sqlalchemy as sa
import uvicorn
from elasticsearch import helpers
from test_callback import run
from test_cli_run import Said, process, purpose, unite
from test_collect_process import collect, web

from base import log

pytestmark = pytest.mark.unit
CANARY = "Kanarienwort"
TALKATIVE = {"UNITE_LOG_LEVEL": "debug", "UNITE_LOG_JSON": "1"}
SHOWN = ("Geflüchtete", "Gefl\\u00fcchtete", "Haus Nummer", "bald fertig")  # words of posts


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What was logged, at debug and as JSON."""
    log.configure("debug", as_json=True)
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    log.configure()


def database() -> None:
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)  # it is quiet by itself
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(sa.text("create table t (word text unique)"))
        connection.execute(sa.text("insert into t values (:w)"), {"w": CANARY})
        connection.execute(sa.text("insert into t values (:w)"), {"w": CANARY})


def web_client() -> None:
    httpx.get(f"http://127.0.0.1:1/?q={CANARY}", headers={"x": CANARY})


def index() -> None:
    with elasticsearch.Elasticsearch("http://127.0.0.1:1", max_retries=0) as client:
        list(helpers.streaming_bulk(client, [{"_index": "posts", "text": CANARY}]))


def server() -> None:
    """An application that breaks over a request, in uvicorn's own hands."""

    async def breaks(scope: Any, _: Any, __: Any) -> None:
        raise ValueError(f"{scope['path']} {CANARY}")

    async def ask() -> None:
        config = uvicorn.Config(breaks, log_config=None, port=0, lifespan="off")
        served = uvicorn.Server(config)
        running = asyncio.create_task(served.serve())
        while not served.started:
            await asyncio.sleep(0.01)
        port = served.servers[0].sockets[0].getsockname()[1]
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{port}/{CANARY}")
        assert answer.status_code == 500
        served.should_exit = True
        await running

    run(ask())


def event_loop() -> None:
    async def forgotten() -> None:
        error = ValueError(CANARY)
        asyncio.get_running_loop().call_exception_handler({"message": CANARY, "exception": error})

    run(forgotten())


def thread() -> None:
    def breaks() -> None:
        raise ValueError(CANARY)

    started = threading.Thread(target=breaks)
    started.start()
    started.join()


def warning() -> None:
    warnings.warn(f"deprecated: {CANARY}", stacklevel=1)


def any_library() -> None:
    logging.getLogger("some.library").error("could not store %s", CANARY, stack_info=True)
    logging.getLogger("some.library").log(35, f"an own level: {CANARY}")
    try:
        raise KeyError(CANARY)
    except KeyError:
        logging.getLogger(CANARY).exception("broken")


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("speaks", [
    database, web_client, index, server, event_loop, thread, warning, any_library,
])  # fmt: skip
def test_what_a_library_says_comes_without_its_words(
    speaks: Callable[[], None], lines: Callable[[], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)  # pytest has its own
    monkeypatch.setattr(warnings, "showwarning", logging._showwarning)  # type: ignore[attr-defined]
    log.configure("debug", as_json=True)
    with log.run("command", "test"), contextlib.suppress(Exception):
        speaks()
    found = lines()
    assert len(found) > 1, "nothing was said: nothing is proved"
    told = [line for line in found if line["room"] in ("library", "process")]
    assert told
    said = json.dumps([{k: v for k, v in line.items() if k != "logger"} for line in found])
    assert CANARY not in said


def test_the_log_of_a_collection_holds_no_word_of_its_posts(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with web(tmp_path) as (proxy, certificate):
        env = {**proxy.environment(certificate), **TALKATIVE}
        said = collect(home, "wien", env=env)
    check(said, "collect")
    rooms = {line["room"] for line in parsed(said)}
    assert {"pipeline", "command", "library"} <= rooms
    merged = [line for line in parsed(said) if line["event"] == "merged"]
    assert sum(line["new"] for line in merged) > 0


def test_a_failing_database_takes_no_row_into_the_log(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert purpose(home).code == 0
    file = tmp_path / "posts.csv"
    file.write_text(f"id,text,created\n1,{CANARY} und eine Wohnung,2026-03-01\n2,{CANARY},bald\n")
    words = ("import", str(file), "--city", "wien")
    check(unite(home, *words, env=TALKATIVE), "import")
    with sqlite3.connect(home / "unite.db") as connection:
        for table in ("access_log", "quarantine", "cursors"):
            connection.execute(
                f"create trigger no_{table} before insert on {table} begin"
                " select raise(abort, 'no'); end"
            )
    file.write_text(f"id,text,created\n3,{CANARY} und noch eine,2026-03-02\n4,{CANARY},bald\n")
    failed = process(home, *words, env=TALKATIVE)
    check(failed, "import")
    asked = process(
        home, "query", "wien", "--purpose", "study", "--where", f"text={CANARY}", env=TALKATIVE
    )
    check(asked, "query")
    for broken in (failed, asked):
        assert broken.code == 1
        errors = [line for line in parsed(broken) if line["level"] == "error"]
        assert [line["event"] for line in errors] == ["said"]


def parsed(said: Said) -> list[dict[str, Any]]:
    """The lines of stderr: all of them are JSON."""
    return [json.loads(line) for line in said.err.splitlines()]


def check(said: Said, command: str) -> None:
    """Every line is of one run of the command, and no word of a post is in any."""
    found = parsed(said)
    assert {line["command"] for line in found} == {command}
    assert len({line["run"] for line in found}) == 1
    assert found[-1]["event"] == "ended"
    assert [word for word in (CANARY, *SHOWN) if word in said.err] == []
