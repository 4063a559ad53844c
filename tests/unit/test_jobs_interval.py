"""A job under another scheduler: each interval is done once, and none is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from base.errors import NotAllowed
from collectors.collector import Window
from monitor.jobs import run_interval
from monitor.jobs.job import WHOLE
from monitor.jobs.table import Table
from monitor.settings import Settings
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(Settings(home=tmp_path))


def hour(number: int) -> Window:
    return Window(NOON + timedelta(hours=number), NOON + timedelta(hours=number + 1))


def done(workspace: Workspace, window: Window) -> bool:
    return run_interval(workspace, "index", WHOLE, window, who="airflow") is not None


def test_an_interval_is_done_once_whoever_did_it(workspace: Workspace) -> None:
    assert done(workspace, hour(0))
    assert not done(workspace, hour(0))
    assert not done(workspace, hour(-5))
    assert done(workspace, hour(1))


def test_what_nobody_did_before_the_interval_is_done_with_it(workspace: Workspace) -> None:
    assert done(workspace, hour(0))
    assert done(workspace, hour(7))
    table = Table(workspace.database)
    last, first = table.runs("index")
    assert (first.window, first.who) == (hour(0), "airflow")
    assert last.window == Window(hour(0).until, hour(7).until)
    assert table.state("index", WHOLE).covered == hour(7).until


def test_a_paused_job_rests(workspace: Workspace) -> None:
    Table(workspace.database).hold("index", WHOLE, is_paused=True)
    assert not done(workspace, hour(0))


def test_what_failed_for_good_is_tried_again_at_the_next_interval(workspace: Workspace) -> None:
    for number in range(2):
        with pytest.raises(NotAllowed, match="no purpose is named"):
            run_interval(workspace, "collect", "wien", hour(number), who="airflow")
    assert Table(workspace.database).state("collect", "wien").covered is None
