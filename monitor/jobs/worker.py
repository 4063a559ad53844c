"""The process that does what is due, and ends: its memory goes back, and the pages stay quick.

`unite run` starts it (`monitor/jobs/clock.py`). It tells on stdout which part it has in hand, and
ends when nothing is due, or after an hour.
"""

from __future__ import annotations

import sys
from time import monotonic

from base import log
from base.errors import UniteError
from monitor.jobs import child
from monitor.jobs.child import Begun
from monitor.jobs.job import Busy
from monitor.jobs.running import Due, due, run_due
from store.lock import exclusive

_LONGEST_LIFE = 3600.0  # seconds; the next one starts with little memory again


def main() -> int:
    """Do what is due. Exit status 0; 1 where nothing could be looked at."""
    try:
        begun = child.begin()
        # the one before may still be ending
        with exclusive(begun.workspace.home / "jobs" / "worker.lock"):
            _work(begun)
    except UniteError as error:
        print(f"unite: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def _work(begun: Begun) -> None:
    ends, busy = monotonic() + _LONGEST_LIFE, set[tuple[str, str]]()
    while not begun.stop.is_set() and monotonic() < ends:
        found = [d for d in due(begun.workspace) if (d.job.name, d.part) not in busy]
        if not found:
            return
        try:
            _one(begun, found[0])
        except Busy:  # Airflow or a person has it
            busy.add((found[0].job.name, found[0].part))


def _one(begun: Begun, found: Due) -> None:
    """One part; what else it raises than Busy is in the table."""
    name, part = found.job.name, found.part
    begun.tell(f"begin {name} {part}")
    try:
        run_due(begun.workspace, found)
    except Busy:
        raise
    except UniteError as error:
        kind = type(error).__name__
        log.event("jobs", "failed", level="warning", job=name, part=part, error=kind)
    finally:
        begun.tell(f"end {name} {part}")


if __name__ == "__main__":
    sys.exit(main())
