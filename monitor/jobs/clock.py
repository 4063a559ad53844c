"""The clock of `unite run`: looks what is due and has it done by one process beside the pages.

It looks every few seconds at the job table, by the wall's clock; how long a part has been in hand
it counts by the machine's, which stands still while the machine sleeps. What was missed in a
sleep is one window and so one run. A part that takes longer than its kind may is ended and tried
again later; a process that ends badly is started again, after waits that grow.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from base import log
from base.errors import UniteError
from base.time import now
from monitor.jobs.job import TooLong, named
from monitor.jobs.running import due
from monitor.jobs.schedule import pause
from monitor.jobs.table import Table
from monitor.workspace import Workspace

TURN = 2.0  # seconds between two looks
GRACE = 20.0  # seconds that a part in hand has to end
WORKER = (sys.executable, "-m", "monitor.jobs.worker")


@dataclass(frozen=True)
class _InHand:
    name: str
    part: str
    since: float  # of the machine's clock


class Worker:
    """One process at work, and what it has in hand."""

    def __init__(self, command: Sequence[str]) -> None:
        # a session of its own: Ctrl-C on a terminal goes to the clock alone, which ends it in order
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        self.in_hand: _InHand | None = None
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def ended(self) -> int | None:
        """Its exit status; None while it works."""
        return self._process.poll()

    def end(self, grace: float) -> None:
        """Let it finish what it has in hand for so many seconds, then kill it."""
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word, name, part = line.split()
            self.in_hand = _InHand(name, part, monotonic()) if word == "begin" else None


class Clock(threading.Thread):
    """Keeps the clock until it is ended."""

    def __init__(
        self, workspace: Workspace, *, turn: float = TURN, worker: Sequence[str] = WORKER,
        longest: Callable[[str], float] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(name="clock", daemon=True)
        self._workspace = workspace
        self._turn = turn
        self._command = worker
        self._longest = longest or (lambda name: named(name).longest.total_seconds())
        self._stop_wanted = threading.Event()
        self._worker: Worker | None = None
        self._bad_ends = 0
        self._rests_until = 0.0

    def run(self) -> None:
        while not self._stop_wanted.wait(self._turn):
            try:
                self._look()
            except UniteError as error:  # a database that does not answer: it may again
                log.event("clock", "cannot look", level="warning", error=type(error).__name__)
            except Exception as error:  # the clock of a monitor must not stop
                log.event("clock", "fault", level="error", error=type(error).__name__)
        if self._worker is not None:
            self._worker.end(GRACE)

    def end(self) -> None:
        """Start nothing more, and wait until what is in hand is done or killed."""
        self._stop_wanted.set()
        self.join()

    def _look(self) -> None:
        worker = self._worker
        if worker is None:
            if monotonic() >= self._rests_until and due(self._workspace):
                self._worker = Worker(self._command)
            return
        if worker.ended is not None:
            self._worker = None
            self._bad_ends = self._bad_ends + 1 if worker.ended else 0
            if self._bad_ends:
                wait = pause(self._bad_ends).total_seconds()
                self._rests_until = monotonic() + wait
                log.event("clock", "work ended badly", level="warning", status=worker.ended,
                          again_in=wait)  # fmt: skip
            return
        held = worker.in_hand
        if held is not None and monotonic() - held.since > self._longest(held.name):
            worker.end(0.0)
            self._worker = None
            self._give_up(held)

    def _give_up(self, held: _InHand) -> None:
        table = Table(self._workspace.database)
        number = table.state(held.name, held.part).run
        error = TooLong(f"the job {held.name} {held.part} did not end in its time and was ended")
        log.event("clock", "took too long", level="warning", job=held.name, part=held.part)
        if number is not None:
            table.failed(number, held.name, held.part, error, now())
