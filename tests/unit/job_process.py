"""A process that runs one part of an invented job, for tests of locks and kills.

Words: the home, the part, seconds that the work takes. It appends `begin PART` and `end PART` to
the file `did` in the home; the address of the database comes from the environment.
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


def invented(seconds: float) -> Job:
    """Work that tells when it begins and ends."""

    def work(workspace: Workspace, turn: Turn) -> Counts:
        with (workspace.home / "did").open("a") as told:
            told.write(f"begin {turn.part}\n")
            told.flush()
            time.sleep(seconds)
            told.write(f"end {turn.part}\n")
        return {"slept": seconds}

    return Job("invented", "work", lambda _: Every(timedelta(days=3650)), work,
               lambda _: ("a", "b"))  # fmt: skip


def main() -> None:
    home, part, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    workspace = Workspace(load(home=home))
    job = invented(seconds)
    window = Every(timedelta(days=3650)).window(None, now())
    assert window is not None
    try:
        done = run_due(workspace, Due(job, part, window, window.until))
    except Exception as error:
        print(type(error).__name__)
    else:
        print("not due" if done is None else "done")


if __name__ == "__main__":
    main()
