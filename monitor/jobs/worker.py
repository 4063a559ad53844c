"""The process that does what is due, and ends: its memory goes back, and the pages stay quick.

`unite run` starts it (`monitor/jobs/clock.py`). It tells on stdout which part it has in hand; it
ends when nothing is due, after an hour, when it is told to (SIGTERM, after the part in hand), and
at once when the one who started it is gone: then its stdin closes.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from time import monotonic

from base import log
from base.errors import UniteError
from monitor.jobs.job import Busy
from monitor.jobs.running import Due, due, run_due
from monitor.settings import load
from monitor.workspace import Workspace
from store.lock import exclusive

_LONGEST_LIFE = 3600.0  # seconds; the next one starts with little memory again
_NICER = 5  # than the pages


def main() -> int:
    """Do what is due. Exit status 0; 1 where nothing could be looked at."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    os.nice(_NICER)
    settings = load()
    log.configure(settings.log_level, as_json=settings.log_json)
    workspace = Workspace(settings)
    try:
        # the one before may still be ending
        with exclusive(workspace.home / "jobs" / "worker.lock"):
            _work(workspace, stop)
    except UniteError as error:
        log.say(f"unite: {error}", level="error")
        return 1
    return 0


def _work(workspace: Workspace, stop: threading.Event) -> None:
    ends, busy = monotonic() + _LONGEST_LIFE, set[tuple[str, str]]()
    while not stop.is_set() and monotonic() < ends:
        found = [d for d in due(workspace) if (d.job.name, d.part) not in busy]
        if not found:
            return
        try:
            _one(workspace, found[0])
        except Busy:
            busy.add((found[0].job.name, found[0].part))


def _one(workspace: Workspace, found: Due) -> None:
    """One part; what it raises is in the table."""
    _tell("begin", found.job.name, found.part)
    try:
        run_due(workspace, found)
    except Busy:
        raise
    except UniteError as error:
        name, part = found.job.name, found.part
        log.event(
            "jobs", "failed", level="warning", job=name, part=part, error=type(error).__name__
        )
        log.say(f"unite: job {name} {part}: {error.what}", level="warning")
    finally:
        _tell("end", found.job.name, found.part)


def _tell(*words: str) -> None:
    print(*words, flush=True)


def _end_with_parent() -> None:
    # nobody writes: it reads on only when the other end is gone. What is in hand is done again.
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
