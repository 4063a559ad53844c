"""What somebody should know about jobs and the disk, as alerts have it.

Comes in: the job table and the room that is left. Goes out: one Watched a part of a job, one a
job that cannot run at all, one for the disk; without a trouble where all is well, or where the
part is no longer there, so that an alert about it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from base.errors import UniteError
from monitor import disk
from monitor.jobs.job import WHOLE, Job, jobs
from monitor.jobs.running import refused
from monitor.jobs.table import Run, State, Table
from monitor.sources.alerts import Trouble
from monitor.workspace import Workspace

_MANY = 3  # tries in a row after which somebody is told


@dataclass(frozen=True)
class Watched:
    """A job's part or the disk, in the place that a source has in an alert."""

    home: str
    source: str
    troubles: tuple[Trouble, ...] = ()
    last_post: date | None = None


def of_jobs(workspace: Workspace, at: datetime) -> list[Watched]:
    """Every part that ever ran, and every job."""
    table = Table(workspace.database)
    last, cannot = table.last_runs(), refused(workspace)
    found = []
    for (name, part), state in sorted(table.states().items()):
        is_gone = name in jobs().keys() - cannot and part not in _parts(workspace, jobs()[name])
        said = None if name in cannot or is_gone else _says(state, last.get((name, part)))
        began = last[name, part].began if (name, part) in last else at
        found.append(_watched(name, part, said, began))
    whole = {(w.home, w.source) for w in found}
    for name in jobs():
        error = cannot.get(name)
        if (WHOLE, f"job {name}") not in whole:
            found.append(_watched(name, WHOLE, _sentence(error), at))
    return found


def _parts(workspace: Workspace, job: Job) -> Sequence[str]:
    """The parts that run: none of a job that is turned off."""
    return () if job.every(workspace.settings) is None else job.parts(workspace)


def of_disk(workspace: Workspace, at: datetime) -> Watched:
    """The room that is left."""
    room = disk.room(workspace.settings)
    troubles = (Trouble("disk", at, str(room)),) if room.is_short else ()
    return Watched(WHOLE, "disk", troubles)


def _watched(name: str, part: str, says: str | None, since: datetime) -> Watched:
    troubles = () if says is None else (Trouble("job", since, says),)
    return Watched(part, f"job {name}", troubles)


def _says(state: State, last: Run | None) -> str | None:
    if state.is_paused or not (state.is_waiting or state.tries >= _MANY):
        return None
    why = last.says if last is not None and last.says else "was ended before it was done"
    return f"waits for somebody: {why}" if state.is_waiting else f"{state.tries} times: {why}"


def _sentence(error: UniteError | None) -> str | None:
    return None if error is None else f"waits for somebody: {error.what}"
