"""Real processes for the kill tests that need not start from nothing.

A server process imports everything and opens the tagger once; each process of a test is forked
from it, does its job in a home of its own, and may be killed like any other.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import cache
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from typing import Any

import pytest

from base import points
from monitor.workspace import Workspace

_CONTEXT = multiprocessing.get_context("forkserver")


@cache
def _served() -> None:
    """Start the server: it finds its modules by the path, for Python tells it of none."""
    _CONTEXT.set_forkserver_preload(["job", "follow_job", "warm_tagger"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        ensure_running()


class Job:
    """A process that calls `run(*given)`; killed at the commit point `kill_at`, if there is one."""

    def __init__(
        self, run: Callable[..., None], *given: object, kill_at: str | None = None
    ) -> None:
        _served()
        self._said = Path(tempfile.mkstemp(prefix="unite-job-")[1])
        self.process = _CONTEXT.Process(target=_run, args=(self._said, run, given, kill_at or ""))
        self.process.start()

    def finish(self) -> int:
        """The exit status of the process, once it ended: 0, or the signal that killed it."""
        self.process.join(120)
        code, said = self.process.exitcode, self._said.read_text()
        assert not said, said[-2000:]
        assert code is not None, "the job did not end"
        self._said.unlink()
        return code


def ready(workspace: Workspace) -> Workspace:
    """The workspace, in a forked process with the tagger that is open already."""
    found = sys.modules.get("warm_tagger")
    if found is not None:
        workspace.__dict__["tagger"] = found.TAGGER
    return workspace


def _run(said: Path, run: Callable[..., None], given: tuple[Any, ...], kill_at: str) -> None:
    points.arm(kill_at)
    try:
        run(*given)
    except BaseException:
        said.write_text(traceback.format_exc())
        raise
