"""What is due, and running it: the one way for the clock, Airflow and a person.

A run takes the part's lock, writes down that it began, does its work, writes down how it ended.
Killed anywhere it is due again: what it merged stays, and what it did is done once.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from base import log
from base.errors import UniteError, unknown
from base.time import now
from collectors.collector import Window
from monitor.jobs.job import WHOLE, BrokenOff, Counts, Job, Turn, jobs, named
from monitor.jobs.lock import held
from monitor.jobs.schedule import Every, is_too_far
from monitor.jobs.table import State, Table, Who
from monitor.workspace import Workspace


@dataclass(frozen=True)
class Due:
    """A part of a job whose time has come. at: since when."""

    job: Job
    part: str
    window: Window
    at: datetime


def due(workspace: Workspace, at: datetime | None = None) -> list[Due]:
    """What is due now, the latest by its own measure first. Nothing is changed."""
    at = at or now()
    states = Table(workspace.database).states()
    found = []
    for job, part, every in _scheduled(workspace):
        state = states.get((job.name, part), State())
        window = _due(every, state, at)
        if window is not None:
            since = every.next_due(state.covered, at)
            # of what is due for the first time nothing is late
            late = 0.0 if state.covered is None else (at - since) / every.period
            found.append((-late, job.rank, Due(job, part, window, since)))
    return [d for *_, d in sorted(found, key=lambda f: (f[0], f[1], f[2].job.name, f[2].part))]


def refused(workspace: Workspace) -> dict[str, UniteError]:
    """Jobs none of whose parts can run, and why."""
    found = {}
    for job in jobs().values():
        if job.every(workspace.settings) is not None:
            try:
                job.parts(workspace)
            except UniteError as error:
                found[job.name] = error
    return found


def parts_of(workspace: Workspace, name: str, part: str | None = None) -> Sequence[str]:
    """The parts of a job, or the one that is named. Raises BadInput for one that there is not,
    and what keeps the whole job from running."""
    parts = named(name).parts(workspace)
    if part is not None and part not in parts:
        raise unknown(f"part of {name}", part, parts)
    return parts if part is None else [part]


def let_try(workspace: Workspace) -> None:
    """Whatever waits for somebody is tried again: somebody may have mended it."""
    table = Table(workspace.database)
    for (name, part), state in table.states().items():
        if state.is_waiting and not state.is_paused:
            table.hold(name, part, is_paused=False)


def run(
    workspace: Workspace,
    name: str,
    part: str = WHOLE,
    window: Window | None = None,
    *,
    who: Who = "person",
) -> Counts:
    """Run one part of a job now and tell its counts; what it did stands in the job table.

    window: the time that is wanted, and it alone; without it what has passed since the last run,
    up to now.
    Raises Busy (Transient) where another process has the part in hand; what the job raises.
    """
    parts_of(workspace, name, part)
    choose = _until_now if window is None else _Asked(window)
    done = _run(workspace, named(name), part, who, choose)
    assert done is not None
    return done


def run_due(workspace: Workspace, found: Due, *, who: Who = "clock") -> Counts | None:
    """Run what was found due, unless somebody was faster: then None. Raises as `run`."""
    return _run(workspace, found.job, found.part, who, _due)


def run_interval(
    workspace: Workspace, name: str, part: str, interval: Window, *, who: Who
) -> Counts | None:
    """Run a part up to the end of an interval that another scheduler found due; None where it is
    done up to there, or paused. Raises as `run`.

    What was left undone before the interval is done with it: no outage leaves a hole. What failed
    for good is tried again, for that scheduler decides when.
    """
    return _run(workspace, named(name), part, who, partial(_left_of, interval))


@dataclass(frozen=True)
class _Asked:
    """The choice of somebody who names the window."""

    window: Window

    def __call__(self, every: Every | None, state: State, at: datetime) -> Window:
        del every, state, at
        return self.window


def _run(
    workspace: Workspace, job: Job, part: str, who: Who,
    choose: Callable[[Every | None, State, datetime], Window | None],
) -> Counts | None:  # fmt: skip
    """Run the part for the window that is chosen once nobody else has it; None for none."""
    table = Table(workspace.database)
    with held(workspace.database, workspace.home, job.name, part):
        at, state, every = now(), table.state(job.name, part), job.every(workspace.settings)
        window = choose(every, state, at)
        if window is None:
            return None
        number = table.begin(job.name, part, window, who, at)
        try:
            counts = job.run(workspace, Turn(part, window, is_asked=isinstance(choose, _Asked)))
        except UniteError as error:
            table.failed(number, job.name, part, error, now())
            raise
        except Exception as error:
            fault = _fault(job, error)
            table.failed(number, job.name, part, fault, now())
            raise fault from None
        covered = window.until if every is None else every.covered(state.covered, window, at)
        table.done(number, job.name, part, counts, covered, now())
    log.event("jobs", "done", job=job.name, part=part, counts=dict(counts))
    return counts


def _scheduled(workspace: Workspace) -> Iterator[tuple[Job, str, Every]]:
    for job in jobs().values():
        every = job.every(workspace.settings)
        if every is None:
            continue
        try:
            parts = job.parts(workspace)
        except UniteError:  # `refused` tells it; the others go on
            continue
        for part in parts:
            yield job, part, every


def _due(every: Every | None, state: State, at: datetime) -> Window | None:
    """The window that the clock may run now."""
    if every is None or state.is_paused or state.is_waiting:
        return None
    waits = state.not_before
    if waits is not None and waits > at and not is_too_far(waits, at):
        return None
    return every.window(state.covered, at)


def _left_of(interval: Window, every: Every | None, state: State, at: datetime) -> Window | None:
    """What is not done up to the end of an interval."""
    del every
    if state.is_paused:
        return None
    known = state.covered
    if known is None or is_too_far(known, at):
        return interval
    return Window(known, interval.until) if known < interval.until else None


def _until_now(every: Every | None, state: State, at: datetime) -> Window:
    """What has passed since the last run; of a job that is not due its last window again, too."""
    if every is None:
        return Window(at, at)
    found = every.window(state.covered, at)
    return Window(found.since if found is not None else every.tick(at) - every.period, at)


def _fault(job: Job, error: Exception) -> BrokenOff:
    # the message of a foreign error may hold a text: only its kind and place are said
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
    return BrokenOff(f"an error in the job {job.name} ({type(error).__name__} at {places})")
