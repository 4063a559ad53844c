"""Whether this installation can answer: database, index and lake, each within its time.

Nothing of what is in them is told, and no more than a word about each.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from base import log
from base.foreign_log import origin
from monitor.workspace import Workspace
from store.index import IndexMissing

LIMIT = 2.0  # seconds a part may take
_KEPT = 1.0  # seconds an answer holds, so that many who ask make no more work
OK, EMPTY, SLOW, FAILED = "ok", "empty", "slow", "failed"
WELL = (OK, EMPTY)


class Readiness:
    """Asks each part in a thread of its own: a part that hangs is not asked twice."""

    def __init__(self, workspace: Workspace, limit: float = LIMIT) -> None:
        self._asks = {name: _Ask(name, look, workspace) for name, look in _LOOKS.items()}
        self._limit = limit
        self._lock = threading.Lock()
        self._known: Mapping[str, str] = {}
        self._at = 0.0

    def parts(self) -> Mapping[str, str]:
        """The state of each part: ok, empty (nothing was collected yet), slow or failed."""
        with self._lock:
            if not self._known or time.monotonic() - self._at >= _KEPT:
                end = time.monotonic() + self._limit
                for ask in self._asks.values():
                    ask.begin()
                self._known = {name: ask.state(end) for name, ask in self._asks.items()}
                self._at = time.monotonic()
            return self._known


class _Ask:
    def __init__(self, name: str, look: Callable[[Workspace], str], workspace: Workspace) -> None:
        self._name = name
        self._look = look
        self._workspace = workspace
        self._thread: threading.Thread | None = None
        self._found = SLOW

    def begin(self) -> None:
        """Ask, unless the last time has not been answered yet."""
        if self._thread is None or not self._thread.is_alive():
            self._found = SLOW
            # a daemon: a part that never answers must not keep the process from ending
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def state(self, end: float) -> str:
        """What was answered until a moment."""
        if self._thread is not None:
            self._thread.join(max(0.0, end - time.monotonic()))
        return self._found

    def _run(self) -> None:
        try:
            self._found = self._look(self._workspace)
        except Exception as error:  # of whatever library: its message may name a host or a user
            log.event("readiness", "failed", level="warning", part=self._name,
                      kind=origin(error).kind)  # fmt: skip
            self._found = FAILED


def _database(workspace: Workspace) -> str:
    return OK if workspace.database.revision() else FAILED


def _index(workspace: Workspace) -> str:
    try:
        workspace.index.generation()
    except IndexMissing:
        if workspace.lake.files("posts"):
            raise  # there are posts to ask for, and nothing answers
        return EMPTY
    return OK


def _lake(workspace: Workspace) -> str:
    return OK if workspace.lake.files("posts") else EMPTY


_LOOKS: Mapping[str, Callable[[Workspace], str]] = {
    "database": _database, "index": _index, "lake": _lake,
}  # fmt: skip
