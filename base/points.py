"""Named commit points: where a crash would hurt most, so that tests can crash exactly there.

`reached(name)` does nothing in use. With the environment variable UNITE_TEST_KILL_AT set to
`name` or `name:3` the process ends itself with SIGKILL the first or third time it gets there.
"""

from __future__ import annotations

import os
import signal

POINTS = (
    "vault-merged",
    "posts-merged",
    "windows-merged",
    "cursor-committed",
    "stories-written",
    "coverage-written",
    "stories-done",
    "segment-written",
    "manifest-replaced",
    "forgotten-recorded",
    "forgotten-deleted",
    "removed-recorded",
    "vacuumed",
    "backup-copied",
    "backup-listed",
    "backup-made",
    "backup-dropped",
    "restore-begun",
    "restore-copied",
    "restore-database-begun",
    "restore-database-done",
    "restore-forgotten",
)
_wanted, _, _times = os.environ.get("UNITE_TEST_KILL_AT", "").partition(":")
_left = int(_times or 1)


def reached(name: str) -> None:
    """Mark that this point is passed; `name` is one of POINTS."""
    global _left
    assert name in POINTS, name
    if name == _wanted:
        _left -= 1
        if _left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
