"""What a person sees of the jobs: each part with its state, its last run, what is next."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from monitor.jobs.job import WHOLE, Counts, Job, jobs
from monitor.jobs.lock import is_held
from monitor.jobs.running import refused
from monitor.jobs.schedule import is_too_far
from monitor.jobs.table import Run, State, Table
from monitor.workspace import Workspace


@dataclass(frozen=True)
class Listed:
    """A line. last: when it last began, or a run did. following: when it is due next."""

    name: str
    part: str
    state: str
    last: datetime | None = None
    following: datetime | None = None
    says: str = ""
    who: str = ""
    covered: datetime | None = None
    counts: Counts = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """As JSON has it."""
        return {key: value for key, value in asdict(self).items() if key != "says"} | {
            "says": self.says
        }


def parts(workspace: Workspace, at: datetime, only: str | None = None) -> list[Listed]:
    """Every part of every job."""
    table = Table(workspace.database)
    states, last, cannot = table.states(), table.last_runs(), refused(workspace)
    found = []
    for name, job in jobs().items():
        if only not in (None, name):
            continue
        if name in cannot:
            error = cannot[name]
            told = error.what if error.hint is None else f"{error.what} ({error.hint})"
            found.append(Listed(name, WHOLE, "waits", says=told))
            continue
        for part in job.parts(workspace):
            key = name, part
            found.append(_of(workspace, job, part, states.get(key, State()), last.get(key), at))
    return found


def runs(workspace: Workspace, only: str | None = None) -> list[Listed]:
    """The last runs, newest first."""
    return [
        Listed(r.name, r.part, "failed" if r.error else "done" if r.ended else "not ended",
               r.began, None, r.says or said(r.counts), r.who, r.window.until, r.counts)
        for r in Table(workspace.database).runs(only)
    ]  # fmt: skip


def said(counts: Counts) -> str:
    """Counts in words, those of nothing left out."""
    return ", ".join(f"{n:g} {name.replace('_', ' ')}" for name, n in counts.items() if n)


def _of(
    workspace: Workspace, job: Job, part: str, state: State, last: Run | None, at: datetime
) -> Listed:
    every = job.every(workspace.settings)
    following = None
    if every is not None and not (state.is_paused or state.is_waiting):
        following = every.next_due(state.covered, at)
        waits = state.not_before
        if waits is not None and not is_too_far(waits, at):
            following = max(following, waits)
    is_open = last is not None and last.ended is None
    if is_open and is_held(workspace.database, workspace.home, job.name, part):
        word = "running"
    elif state.is_paused or state.is_waiting:
        word = "paused" if state.is_paused else "waits"
    elif every is None:
        word = "off"
    elif last is not None and (last.error or is_open):
        word = "failed"
    else:
        word = "due" if following is not None and following <= at else "done" if last else "never"
    says = "" if last is None else last.says or said(last.counts)
    if is_open and word != "running":
        says = "was ended before it was done"
    return Listed(
        job.name, part, word, last.began if last else None, following, says,
        last.who if last else "", state.covered, last.counts if last else {},
    )  # fmt: skip
