"""Processes that `unite run` starts beside the pages: how it holds them, how they begin.

A child ends in order when it is told to (SIGTERM), and at once when the one who started it is
gone, for then its stdin closes: nobody is left to keep it, and what it had in hand is done again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from base import log
from monitor.settings import load
from monitor.workspace import Workspace

_NICER = 5  # than the pages


class Child:
    """A process, from the side of the one who started it."""

    def __init__(self, command: Sequence[str]) -> None:
        # a session of its own: Ctrl-C on a terminal reaches the parent alone, which ends the child
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip

    @property
    def ended(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._process.poll()

    def lines(self) -> Iterator[str]:
        """What it says, until it ends."""
        assert self._process.stdout is not None
        yield from self._process.stdout

    def ask_to_end(self) -> None:
        """Let it finish what it has in hand."""
        self._process.terminate()

    def end(self, grace: float) -> None:
        """Wait so many seconds for its end, then kill it."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        self._process.kill()
        self._process.wait()


@dataclass(frozen=True)
class Begun:
    """What a child has from its start. stop: set when it shall end. tell: a line to the parent."""

    workspace: Workspace
    stop: threading.Event
    tell: Callable[[str], None]


def begin() -> Begun:
    """What a child does first. What anybody else prints goes to stderr, not to the parent."""
    lines = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    os.nice(_NICER)
    settings = load()
    log.configure(settings.log_level, as_json=settings.log_json)
    return Begun(Workspace(settings), stop, lambda line: print(line, file=lines, flush=True))


def _end_with_parent() -> None:
    # nobody writes: it reads on only when the other end is gone
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)
