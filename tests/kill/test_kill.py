"""A process that is killed, anywhere, leaves a home from which the same result is reached.

Each kill is a real SIGKILL of a real process: at every named commit point, and at random moments
with two writers. Afterwards the work is run again, and whole tables are compared with those of
one clean run. Equal means equal but for `collected` and pseudonyms (DESIGN §9).
"""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import job
import pytest
from warm import Job

from base.points import POINTS
from monitor.tables import CURSORS, QUARANTINE
from store.query import Query
from store.tables import TABLES

_INGEST = [
    p
    for p in POINTS
    if not p.startswith(("backup-", "restore-"))  # test_backup_kill.py
    and p not in {"forgotten-recorded", "forgotten-deleted", "removed-recorded", "vacuumed"}
]
_FORGET = [p for p in POINTS if p not in {"cursor-committed", "windows-merged", "vault-merged",
                                          "posts-merged"}
           and not p.startswith(("backup-", "restore-"))]  # fmt: skip
_IGNORED = {"collected", "author", "sealed", "at"}


def start(home: Path, parts: list[str], kill_at: str | None = None) -> Job:
    return Job(job.run, home, parts, kill_at=kill_at)


def finish(writer: Job) -> int:
    code = writer.finish()
    assert code in (0, -signal.SIGKILL)
    return code


def tables(home: Path) -> dict[str, list[Any]]:
    """Everything the home holds, in an order that does not depend on how it came about."""
    opened = job.workspace(home)
    found: dict[str, list[Any]] = {}
    for name in TABLES:
        rows = opened.lake.read(name).to_pylist()
        for row in rows:
            for column in _IGNORED & row.keys():
                del row[column]
        found[name] = sorted(rows, key=repr)
    with opened.database._engine.connect() as connection:
        for table in (CURSORS, QUARANTINE):
            columns = [c for c in table.columns if c.name != "at"]
            rows = connection.execute(table.select().with_only_columns(*columns))
            found[table.name] = sorted(tuple(r) for r in rows)
    posts = opened.index.posts(Query(relevant=None), limit=100_000)
    shown = posts.select(["id", "home", "city", "text", "story"]).to_pylist()
    found["index"] = sorted(shown, key=repr)
    return found


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One clean run of both parts, and its keys: ids are the same wherever these keys are."""
    home = tmp_path_factory.mktemp("clean") / "home"
    assert finish(start(home, ["north", "south"])) == 0
    return home


@pytest.fixture(scope="module")
def expected(clean: Path) -> dict[str, list[Any]]:
    found = tables(clean)
    assert len(found["posts"]) > 400
    assert len({r["story"] for r in found["stories"]}) < len(found["stories"])
    return found


@pytest.fixture
def home(clean: Path, tmp_path: Path) -> Path:
    """An empty home with the clean run's keys."""
    found = tmp_path / "home"
    shutil.copytree(clean / "keys", found / "keys")
    return found


def same(home: Path, expected: dict[str, list[Any]]) -> None:
    found = tables(home)
    for name, rows in expected.items():
        other = [pair for pair in zip(found[name], rows, strict=False) if pair[0] != pair[1]]
        assert len(found[name]) == len(rows), name
        assert not other, f"{name}: {len(other)} rows differ, the first: {other[0]}"


@pytest.mark.unit
def test_running_everything_twice_changes_nothing(home: Path, expected: dict[str, Any]) -> None:
    for _ in range(2):
        assert finish(start(home, ["north", "south"])) == 0
    same(home, expected)


@pytest.mark.unit
@pytest.mark.parametrize("time_", [1, pytest.param(2, marks=pytest.mark.long)])
@pytest.mark.parametrize("point", _INGEST)
def test_killed_at_a_commit_point(
    home: Path, expected: dict[str, Any], point: str, time_: int
) -> None:
    killed = finish(start(home, ["north", "south"], f"{point}:{time_}"))
    if time_ == 1:
        assert killed == -signal.SIGKILL, f"{point} was never reached"
    assert finish(start(home, ["north", "south"])) == 0
    same(home, expected)


def _at_random(home: Path, seed: int) -> None:
    """Two writers at once; each may be killed at some moment of its work."""
    draw = random.Random(seed)
    writers = [start(home, [part]) for part in ("north", "south")]
    for writer in draw.sample(writers, draw.choice([1, 2])):
        deadline = time.monotonic() + draw.uniform(0.05, 3.0)
        while writer.process.is_alive() and time.monotonic() < deadline:
            time.sleep(0.005)  # waiting for the moment of the kill, not for a result
        writer.process.kill()
    for writer in writers:
        finish(writer)


def _killed_at_random(home: Path, expected: dict[str, Any], seed: int) -> None:
    _at_random(home, seed)
    writers = [start(home, [part]) for part in ("north", "south")]
    assert [finish(w) for w in writers] == [0, 0]
    assert finish(start(home, [])) == 0  # the later writer's view of stories and index
    same(home, expected)


@pytest.mark.unit
@pytest.mark.parametrize("seed", range(2))
def test_two_writers_killed_at_random(home: Path, expected: dict[str, Any], seed: int) -> None:
    _killed_at_random(home, expected, seed)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(1000, 1200))
def test_two_writers_killed_at_random_often(
    home: Path, expected: dict[str, Any], seed: int
) -> None:
    _killed_at_random(home, expected, seed)


@pytest.mark.unit
@pytest.mark.parametrize("point", _FORGET)
def test_killed_while_forgetting(clean: Path, tmp_path: Path, point: str) -> None:
    home = tmp_path / "home"
    shutil.copytree(clean, home)
    finish(start(home, ["forget"], point))
    assert finish(start(home, ["forget"])) == 0
    found = tables(home)
    texts = {row["text"] for row in found["posts"]} | {row["text"] for row in found["index"]}
    for number in range(job.FORGOTTEN):
        assert not any(f"Bericht Nummer {number} " in text for text in texts)
    # and the windows run again bring nothing of it back
    assert finish(start(home, ["north", "south"])) == 0
    assert tables(home)["posts"] == found["posts"]
