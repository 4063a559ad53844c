"""The clock beside the pages: what hangs is ended, what ends badly rests, what is over goes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from base.time import now
from collectors.collector import Window
from monitor.jobs import clock
from monitor.jobs.clock import Clock
from monitor.jobs.table import Table
from monitor.settings import Settings
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
HANGS = "import time; print('begin index -', flush=True); time.sleep(600)"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(Settings(home=tmp_path))


def process(code: str) -> list[str]:
    return [sys.executable, "-S", "-c", code]


def until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_part_that_hangs_is_ended_told_and_tried_again_later(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_longest", lambda name: {"index": 0.0}[name])
    table, at = Table(workspace.database), now()
    table.begin("index", "-", Window(at - timedelta(hours=1), at), "clock", at)
    kept = Clock(workspace, worker=process(HANGS))
    kept._look()
    until(lambda: kept._worker.in_hand is not None)
    kept._look()
    assert not kept._worker.is_running()
    last = table.last_runs()["index", "-"]
    assert last.error == "TooLong"
    assert last.says == "the job index - did not end in its time and was ended"
    waits = table.state("index", "-").not_before
    assert waits is not None
    assert waits > at


def test_a_process_that_ends_badly_is_not_started_again_at_once(workspace: Workspace) -> None:
    mark = workspace.home / "starts"
    code = f"open({str(mark)!r}, 'a').write('x'); raise SystemExit(3)"
    kept = Clock(workspace, worker=process(code))
    for _ in range(4):
        kept._look()
        until(lambda: not kept._worker.is_running())
    assert mark.read_text() == "x"


def test_a_process_that_ends_well_is_started_while_something_is_due(workspace: Workspace) -> None:
    mark = workspace.home / "starts"
    kept = Clock(workspace, worker=process(f"open({str(mark)!r}, 'a').write('x')"))
    for _ in range(3):
        kept._look()
        until(lambda: not kept._worker.is_running())
    assert mark.read_text() == "xxx"


def test_ending_the_clock_ends_what_it_started(workspace: Workspace) -> None:
    kept = Clock(workspace, worker=process(HANGS))
    kept._look()
    until(lambda: kept._worker.in_hand is not None)
    kept.start()
    kept.end()
    assert not kept._worker.is_running()
