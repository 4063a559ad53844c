"""A process that runs one part of an invented job until it is killed, for tests of locks.

Words: the home and the part; the address of the database comes from the environment. The job
appends `begin PART` and `end PART` to the file `did` in the home.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path

from base.time import now
from monitor.jobs.job import Counts, Job, Turn
from monitor.jobs.running import Due, run_due
from monitor.jobs.schedule import Every
from monitor.settings import load
from monitor.workspace import Workspace

_SELDOM = Every(timedelta(days=3650))


def invented(seconds: float) -> Job:
    """Work of so many seconds that tells when it begins and ends."""

    def work(workspace: Workspace, turn: Turn) -> Counts:
        with (workspace.home / "did").open("a") as told:
            told.write(f"begin {turn.part}\n")
            told.flush()
            time.sleep(seconds)
            told.write(f"end {turn.part}\n")
        return {"slept": seconds}

    return Job("invented", "work", lambda _: _SELDOM, work, lambda _: ("a", "b"))


def main() -> None:
    workspace = Workspace(load(home=Path(sys.argv[1])))
    window = _SELDOM.window(None, now())
    assert window is not None
    run_due(workspace, Due(invented(600.0), sys.argv[2], window, window.until))


if __name__ == "__main__":
    main()
