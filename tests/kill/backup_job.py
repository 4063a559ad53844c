"""What a process of the kill tests does: a backup or a restore that is killed at a named point."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "unit"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from installations import again, place

from base import points
from monitor.backup import making
from monitor.settings import Settings
from monitor.workspace import Workspace


def work(what: str, home: Path, folder: Path, kill_at: str) -> None:
    """Back up or restore, and be killed at that point."""
    points._wanted = kill_at  # the environment was read when the module was imported
    if what == "backup":
        making.backup(Workspace(Settings(home=home)), place(folder))
    else:
        again(home, folder)
