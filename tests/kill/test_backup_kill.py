"""Backup and restore, killed at every named point: run again, they come to the same end."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
from pathlib import Path

import backup_job
import pytest
from installations import again, collect, figures, installation, place, tables

from base.points import POINTS
from monitor.backup import making, restoring
from monitor.settings import Settings
from monitor.unfinished_restore import Unfinished
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
_BACKUP = [p for p in POINTS if p.startswith("backup-")]
# the points of forgetting and of the index are passed by a restore too
_RESTORE = [
    pytest.param(p, marks=[pytest.mark.long] if p in ("restore-begun", "vacuumed") else [])
    for p in POINTS
    if p.startswith("restore-") or p in ("vacuumed", "manifest-replaced")
]
# one process that has imported everything, and forks: started anew each would take seconds
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["backup_job"])


def killed(what: str, home: Path, folder: Path, point: str) -> bool:
    """Whether a process that does this was killed at the point."""
    process = _PROCESSES.Process(target=backup_job.work, args=(what, home, folder, point))
    process.start()
    process.join(120)
    return process.exitcode == -signal.SIGKILL


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    workspace = installation(folder / "home")
    making.backup(workspace, place(folder / "backups"))
    collect(workspace, 3, "wien", after="-new")
    return folder


@pytest.mark.parametrize("point", _BACKUP)
def test_a_backup_killed_anywhere_leaves_a_whole_one_and_is_run_again(
    made: Path, tmp_path: Path, point: str
) -> None:
    folder = shutil.copytree(made / "backups", tmp_path / "backups")
    assert killed("backup", made / "home", folder, point)
    restoring.check(place(folder))
    making.backup(Workspace(Settings(home=made / "home")), place(folder))
    found = restoring.check(place(folder))
    assert {p.name for p in folder.glob("data/*/*")} == {e.name for e in found.files}
    assert {p.suffix for p in folder.glob("sets/*")} == {".set", ".list"}


@pytest.mark.parametrize("point", _RESTORE)
def test_a_restore_killed_anywhere_says_so_and_is_run_again(
    made: Path, tmp_path: Path, point: str
) -> None:
    home = tmp_path / "home"
    assert killed("restore", home, made / "backups", point)
    with pytest.raises(Unfinished, match="run the same"):
        Workspace(Settings(home=home))
    after, _ = again(home, made / "backups")
    assert after.database.cursor("wien", "s") == {"after": "7"}
    assert len(tables(after)["posts"]) == 720
    assert any(row["posts"] for row in figures(after))
    assert not list(home.rglob(".*.part"))
