"""The job table and running a job: on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from job_process import invented
from servers import postgres

from base.errors import BadInput, NotAllowed, Transient, UniteError
from collectors.collector import Window
from monitor import jobs
from monitor.jobs import listing, running
from monitor.jobs.job import BrokenOff, Busy, Counts, Job, Turn
from monitor.jobs.lock import held, is_held
from monitor.jobs.running import Due, run_due
from monitor.jobs.schedule import Every
from monitor.jobs.table import Table
from monitor.jobs.troubles import of_jobs
from monitor.settings import Settings
from monitor.tables import METADATA
from monitor.workspace import Workspace

HOUR = timedelta(hours=1)
HOURLY = Every(HOUR)
CANARY = "ein Satz aus einem Beitrag"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Script = Path(__file__).with_name("job_process.py")


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.unit),
        pytest.param("postgres", marks=pytest.mark.server),
    ],
    scope="module",
)
def address(request: pytest.FixtureRequest) -> Iterator[str | None]:
    if request.param == "sqlite":
        yield None
    else:
        with postgres() as found:
            yield found


@pytest.fixture
def workspace(address: str | None, tmp_path: Path) -> Workspace:
    found = Workspace(Settings(home=tmp_path, database_url=address))  # type: ignore[arg-type]
    with found.database.connected() as connection:
        for table in METADATA.sorted_tables:
            connection.execute(sa.delete(table))
    return found


class _Wall:
    """A clock on the wall that a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = NOON + timedelta(minutes=7)
        monkeypatch.setattr(running, "now", lambda: self.at)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> _Wall:
    return _Wall(monkeypatch)


def job(work: Callable[[Turn], Counts], every: Every = HOURLY) -> Job:
    return Job(
        "invented", "work", lambda _: every, lambda _, turn: work(turn), lambda _: ("a", "b")
    )


def once(workspace: Workspace, wanted: Job, part: str = "a") -> Counts | None:
    """What the clock does with a part that it once found due."""
    return run_due(workspace, Due(wanted, part, Window(NOON, NOON), NOON))


def test_a_part_is_run_once_a_window_and_its_result_is_kept(
    workspace: Workspace, wall: _Wall
) -> None:
    turns: list[Turn] = []
    mine = job(lambda turn: turns.append(turn) or {"new": 3, "known": 0})  # type: ignore[func-returns-value]
    assert once(workspace, mine) == {"new": 3, "known": 0}
    assert once(workspace, mine) is None
    wall.at += timedelta(days=3)  # the machine slept
    once(workspace, mine)
    once(workspace, mine)
    assert [(t.window.since, t.window.until) for t in turns] == [
        (NOON - HOUR, NOON), (NOON, NOON + timedelta(days=3)),
    ]  # fmt: skip
    table = Table(workspace.database)
    assert table.state("invented", "a").covered == NOON + timedelta(days=3)
    last = table.last_runs()["invented", "a"]
    assert (last.counts, last.who, last.error) == ({"new": 3, "known": 0}, "clock", None)
    assert last.ended is not None


class _Soon(UniteError, Transient):
    retry_after = 900.0


def _fails(error: Exception) -> Callable[[Turn], Counts]:
    def work(_: Turn) -> Counts:
        raise error

    return work


def test_what_may_pass_is_tried_again_ever_later_and_then_covers_all(
    workspace: Workspace, wall: _Wall
) -> None:
    tried, table = [], Table(workspace.database)
    for _ in range(5):
        with pytest.raises(_Soon):
            once(workspace, job(_fails(_Soon("nobody answers"))))
        assert once(workspace, job(_fails(_Soon("nobody answers")))) is None  # not at once
        until = table.state("invented", "a").not_before
        assert until is not None
        tried.append((until - wall.at) / timedelta(minutes=1))
        wall.at = until
    assert tried == [15, 15, 15, 15, 16]  # what was asked for, until the own waits are longer
    last = table.last_runs()["invented", "a"]
    assert (last.error, last.says) == ("_Soon", "nobody answers")
    turns: list[Turn] = []
    once(workspace, job(lambda turn: turns.append(turn) or {}))  # type: ignore[func-returns-value]
    assert turns[0].window.until == Every(HOUR).tick(wall.at)
    assert table.state("invented", "a").tries == 0


def test_what_somebody_must_mend_waits_is_told_and_runs_again_when_resumed(
    workspace: Workspace, wall: _Wall
) -> None:
    with pytest.raises(NotAllowed):
        once(workspace, job(_fails(NotAllowed("the purpose ended", hint="write another"))))
    wall.at += timedelta(days=30)
    assert once(workspace, job(lambda _: {})) is None
    (told,) = [w for w in of_jobs(workspace, wall.at) if w.troubles and w.home == "a"]
    assert told.source == "job invented"
    assert told.troubles[0].says == "waits for somebody: the purpose ended (write another)"
    running.let_try(workspace)
    assert once(workspace, job(lambda _: {"new": 1})) == {"new": 1}
    assert not any(w.troubles for w in of_jobs(workspace, wall.at) if w.home == "a")


def test_an_error_in_the_program_is_told_without_its_message(
    workspace: Workspace, wall: _Wall
) -> None:
    with pytest.raises(BrokenOff):
        once(workspace, job(_fails(ValueError(CANARY))))
    last = Table(workspace.database).last_runs()["invented", "a"]
    assert last.says is not None
    assert "ValueError at test_jobs.py" in last.says
    assert CANARY not in last.says
    assert Table(workspace.database).state("invented", "a").not_before == wall.at + HOUR / 60


def test_a_window_that_is_asked_for_is_run_alone_and_moves_nothing_back(
    workspace: Workspace, wall: _Wall
) -> None:
    del wall
    once(workspace, job(lambda _: {}))
    wanted = Window(NOON - 5 * HOUR, NOON - 4 * HOUR)
    turns: list[Turn] = []
    mine = job(lambda t: turns.append(t) or {})  # type: ignore[func-returns-value]
    running._run(workspace, mine, "a", "airflow", running._Asked(wanted))
    assert turns == [Turn("a", wanted, is_asked=True)]
    table = Table(workspace.database)
    assert table.state("invented", "a").covered == NOON
    assert table.last_runs()["invented", "a"].who == "airflow"


def test_a_paused_part_rests_and_the_others_go_on(workspace: Workspace, wall: _Wall) -> None:
    del wall
    table = Table(workspace.database)
    table.hold("invented", "a", is_paused=True)
    mine = job(lambda _: {})
    assert once(workspace, mine, "a") is None
    assert once(workspace, mine, "b") == {}
    table.hold("invented", "a", is_paused=False)
    assert once(workspace, mine, "a") == {}


def test_the_last_runs_of_a_part_are_kept_and_no_more(workspace: Workspace, wall: _Wall) -> None:
    mine = job(lambda _: {})
    for _ in range(53):
        once(workspace, mine)
        wall.at += HOUR
    once(workspace, mine, "b")
    table = Table(workspace.database)
    assert len(table.runs("invented", "a", most=1000)) == 50
    assert len(table.runs("invented", "b")) == 1


def test_two_threads_never_hold_one_part(workspace: Workspace) -> None:
    inside, most = 0, 0

    def take(_: int) -> bool:
        nonlocal inside, most
        try:
            with held(workspace.database, workspace.home, "invented", "a"):
                inside += 1
                most = max(most, inside)
                time.sleep(0.01)
                inside -= 1
            return True
        except Busy:
            return False

    with ThreadPoolExecutor(4) as pool:
        took = list(pool.map(take, range(24)))
    assert most == 1
    assert any(took)
    assert not is_held(workspace.database, workspace.home, "invented", "a")


def _at_work(workspace: Workspace, part: str) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[2]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("UNITE_")}
    env = {**kept, "PYTHONPATH": str(root)}
    if workspace.settings.database_url is not None:
        env["UNITE_DATABASE_URL"] = workspace.settings.database_url.get_secret_value()
    return subprocess.Popen(
        [sys.executable, str(Script), str(workspace.home), part], env=env
    )  # fmt: skip


def _wait_for(workspace: Workspace, line: str) -> None:
    told = workspace.home / "did"
    while not told.exists() or line not in told.read_text():
        time.sleep(0.02)


def test_two_processes_never_run_one_part_and_a_killed_one_is_taken_over_at_once(
    workspace: Workspace,
) -> None:
    first = _at_work(workspace, "a")
    _wait_for(workspace, "begin a")
    mine = invented(0.0)
    with pytest.raises(Busy):
        run_due(workspace, Due(mine, "a", Window(NOON, NOON), NOON))
    assert once(workspace, mine, "b") == {"slept": 0.0}  # another part goes on
    first.kill()
    first.wait()
    while is_held(workspace.database, workspace.home, "invented", "a"):
        time.sleep(0.02)  # the server sees the end of a connection a moment later
    assert once(workspace, mine) == {"slept": 0.0}
    assert once(workspace, mine) is None
    did = (workspace.home / "did").read_text().split("\n")[:-1]
    assert did == ["begin a", "begin b", "end b", "begin a", "end a"]
    ended = [r.ended is not None for r in Table(workspace.database).runs("invented", "a")]
    assert ended == [True, False]


def test_a_part_that_kills_its_process_each_time_is_tried_ever_later(
    workspace: Workspace, wall: _Wall
) -> None:
    class Killed(BaseException):
        """As SIGKILL: nothing is written down."""

    def work(_: Turn) -> Counts:
        raise Killed

    waits = []
    for _ in range(4):
        with pytest.raises(Killed):
            once(workspace, job(work))
        state = Table(workspace.database).state("invented", "a")
        waits.append(0 if state.not_before is None else (state.not_before - wall.at).seconds / 60)
        wall.at += timedelta(hours=1)
    assert waits == [0, 1, 2, 4]
    (told,) = [w for w in of_jobs(workspace, wall.at) if w.troubles and w.home == "a"]
    assert told.troubles[0].says == "4 times: was ended before it was done"


@pytest.mark.unit
def test_the_kinds_there_are_run_on_an_empty_home_and_say_what_is_next(tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=tmp_path, monitor_evaluate_days=0))
    names = [d.job.name for d in jobs.due(workspace)]
    assert names == ["index", "alerts", "retain", "recheck"]  # collecting has no purpose
    for name in names:
        assert jobs.run(workspace, name, who="clock") is not None
    assert jobs.due(workspace) == []
    with pytest.raises(NotAllowed, match="no purpose"):
        jobs.run(workspace, "collect", "wien")
    with pytest.raises(BadInput, match="unknown job 'colect'"):
        jobs.run(workspace, "colect")
    with pytest.raises(BadInput, match="unknown part of index 'wien'"):
        jobs.run(workspace, "index", "wien")
    at = datetime.now(UTC)
    states = {line.name: line.state for line in listing.parts(workspace, at)}
    assert states == {
        "collect": "waits", "evaluate": "off", "backup": "off",
        **dict.fromkeys(("index", "alerts", "retain", "recheck"), "done"),
    }  # fmt: skip
    assert all(
        line.following and line.following > at
        for line in listing.parts(workspace, at) if line.state == "done"
    )  # fmt: skip


@pytest.mark.unit
def test_a_part_that_is_no_longer_there_troubles_nobody(tmp_path: Path) -> None:
    at = datetime.now(UTC)
    workspace = Workspace(Settings(home=tmp_path))
    table = Table(workspace.database)
    for name, part in (("index", "-"), ("index", "malmo"), ("evaluate", "-")):
        number = table.begin(name, part, Window(at - HOUR, at), "clock", at)
        table.failed(number, name, part, NotAllowed("not so"), at)
    off = Workspace(Settings(home=tmp_path, monitor_evaluate_days=0, monitor_collect_minutes=0))
    told = [(w.source, w.home) for w in of_jobs(off, at) if w.troubles]
    assert told == [("job index", "-")]


@pytest.mark.unit
def test_a_backup_is_made_where_the_settings_say(tmp_path: Path) -> None:
    from monitor.backup import secrets

    public = secrets.make_key(tmp_path / "key")
    settings = Settings(
        home=tmp_path / "home", monitor_backup_folder=tmp_path / "disk",
        monitor_backup_recipient=public,
    )  # fmt: skip
    workspace = Workspace(settings)
    assert jobs.run(workspace, "backup") == {"files": 0}  # nothing is there yet
    assert "backup" in {d.job.name for d in jobs.due(workspace, datetime.now(UTC) + 25 * HOUR)}
    assert workspace.keys
    assert workspace.lake
    assert jobs.run(workspace, "backup")["new"] > 0
    half = Workspace(settings.model_copy(update={"monitor_backup_recipient": None}))
    with pytest.raises(BadInput, match="where backups go"):
        jobs.run(half, "backup")


@pytest.mark.unit
def test_what_is_latest_by_its_own_period_goes_first(tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=tmp_path))
    for name in ("index", "alerts", "recheck", "retain"):
        jobs.run(workspace, name)
    at = datetime.now(UTC) + timedelta(days=10)
    names = [d.job.name for d in jobs.due(workspace, at)]
    # each waits for ten days: the more often it should have run, the later it is
    assert names == ["index", "alerts", "recheck", "retain", "evaluate"]
