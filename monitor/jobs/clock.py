"""The clock of `unite run`: looks what is due and has it done by one process beside the pages.

It looks every few seconds at the job table, by the wall's clock; how long a part has been in hand
it counts by the machine's, which stands still while the machine sleeps. What was missed in a
sleep is one window and so one run. A part that takes longer than its kind may is ended and tried
again later; a process that ends badly is started again, after waits that grow.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from base import log
from base.errors import UniteError
from base.time import now
from monitor.jobs.child import Child
from monitor.jobs.job import TooLong, named
from monitor.jobs.notify import notify
from monitor.jobs.running import due
from monitor.jobs.schedule import pause
from monitor.jobs.table import Table
from monitor.workspace import Workspace

_TURN = 2.0  # seconds between two looks
_GRACE = 20.0  # seconds that a part in hand has to end
_WORKER = (sys.executable, "-m", "monitor.jobs.worker")
_FOLLOWER = (sys.executable, "-m", "monitor.jobs.follower")


@dataclass(frozen=True)
class _InHand:
    name: str
    part: str
    since: float  # of the machine's clock


class _Kept:
    """A process that is started again after it ended; after waits where it ended badly."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._child: Child | None = None
        self._bad_ends = 0
        self._rests_until = 0.0
        self.in_hand: _InHand | None = None

    def is_running(self) -> bool:
        """Whether it runs; takes note of its end."""
        if self._child is None:
            return False
        status = self._child.ended
        if status is None:
            return True
        self._child = self.in_hand = None
        self._bad_ends = self._bad_ends + 1 if status else 0
        if status:
            wait = pause(self._bad_ends).total_seconds()
            self._rests_until = monotonic() + wait
            log.event("clock", "a process ended badly", level="warning", process=self._command[-1],
                      status=status, again_in=wait)  # fmt: skip
        return False

    def start(self) -> None:
        """Start it, unless it rests."""
        if monotonic() >= self._rests_until:
            self._child = Child(self._command)
            threading.Thread(target=self._listen, args=(self._child,), daemon=True).start()

    def ask_to_end(self) -> None:
        """Let it finish what it has in hand, if it runs."""
        if self._child is not None:
            self._child.ask_to_end()

    def end(self, grace: float) -> None:
        """End it, if it runs: at the latest after so many seconds."""
        if self._child is not None:
            self._child.end(grace)
            self._child = self.in_hand = None

    def _listen(self, child: Child) -> None:
        for line in child.lines():
            word, name, part = line.split()
            if child is self._child:  # and no later one is running
                self.in_hand = _InHand(name, part, monotonic()) if word == "begin" else None


class Clock(threading.Thread):
    """Keeps the clock until it is ended."""

    def __init__(self, workspace: Workspace, *, worker: Sequence[str] = _WORKER) -> None:
        super().__init__(name="clock", daemon=True)
        self._workspace = workspace
        self._stop_wanted = threading.Event()
        self._worker, self._follower = _Kept(worker), _Kept(_FOLLOWER)

    def run(self) -> None:
        notify("READY=1")
        while not self._stop_wanted.wait(_TURN):
            notify("WATCHDOG=1")
            try:
                self._look()
            except UniteError as error:  # a database that does not answer: it may again
                log.event("clock", "cannot look", level="warning", error=type(error).__name__)
            except Exception as error:  # the clock of a monitor must not stop
                log.event("clock", "fault", level="error", error=type(error).__name__)
        notify("STOPPING=1")
        for kept in (self._worker, self._follower):
            kept.ask_to_end()
        for kept in (self._worker, self._follower):
            kept.end(_GRACE)

    def end(self) -> None:
        """Start nothing more, and wait until what is in hand is done or killed."""
        self._stop_wanted.set()
        self.join()

    def _look(self) -> None:
        if self._worker.is_running():
            held = self._worker.in_hand
            if held is not None and monotonic() - held.since > _longest(held.name):
                self._worker.end(0.0)
                self._give_up(held)
        elif due(self._workspace):
            self._worker.start()
        if self._workspace.settings.monitor_follow and not self._follower.is_running():
            self._follower.start()

    def _give_up(self, held: _InHand) -> None:
        table = Table(self._workspace.database)
        number = table.state(held.name, held.part).run
        error = TooLong(f"the job {held.name} {held.part} did not end in its time and was ended")
        log.event("clock", "took too long", level="warning", job=held.name, part=held.part)
        if number is not None:
            table.failed(number, held.name, held.part, error, now())


def _longest(name: str) -> float:
    return named(name).longest.total_seconds()
