"""What a job is: a name, when it is due, its parts, and what it does.

A kind is one module of `monitor/jobs/kinds` with a constant JOB.

JobError
├── Busy        Transient   another process has this part in hand
├── TooLong     Transient   it did not end in its time and was ended
└── BrokenOff   Transient   an error in the program; its kind and place, no message of it
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from base.errors import Transient, UniteError, unknown
from collectors.collector import Window
from monitor.jobs.schedule import Every
from monitor.settings import Settings

if TYPE_CHECKING:
    from monitor.workspace import Workspace

WHOLE = "-"  # the one part of a job that has no parts
Counts = Mapping[str, float]


class JobError(UniteError):
    """A job that did not come to its end."""


class Busy(JobError, Transient):
    """Another process has this part in hand."""


class TooLong(JobError, Transient):
    """It did not end in its time and was ended."""


class BrokenOff(JobError, Transient):
    """An error in the program."""


@dataclass(frozen=True)
class Turn:
    """One run to do. part: one of the job's. window: the time it stands for.

    is_asked: somebody named the window, and it alone is wanted; else a job that knows better
    where it stands goes on from there.
    """

    part: str
    window: Window
    is_asked: bool = False


@dataclass(frozen=True)
class Job:
    """One kind of work.

    name: as a person types it. says: what it does, in a sentence. every: when it is due, by the
    settings; None where it is turned off. parts: what runs apart and fails apart; WHOLE alone
    where it has no parts. run: does a turn and tells counts by name. It raises Transient where
    the same may succeed later (it is tried again soon), any other UniteError where somebody must
    mend something (it waits), and may be killed at any moment and repeated. rank: of jobs that
    are as late, the lowest goes first. longest: a run that takes longer is ended.
    """

    name: str
    says: str
    every: Callable[[Settings], Every | None]
    run: Callable[[Workspace, Turn], Counts]
    parts: Callable[[Workspace], Sequence[str]] = lambda _: (WHOLE,)
    rank: int = 5
    longest: timedelta = timedelta(hours=6)


@cache
def jobs() -> Mapping[str, Job]:
    """Every kind there is, by name."""
    names = sorted(p.stem for p in (Path(__file__).parent / "kinds").glob("[!_]*.py"))
    found = [import_module(f"monitor.jobs.kinds.{name}").JOB for name in names]
    return {job.name: job for job in found}


def named(name: str) -> Job:
    """The job of that name. Raises BadInput with those there are."""
    if name not in jobs():
        raise unknown("job", name, jobs())
    return jobs()[name]


def every_minutes(minutes: int, offset: timedelta = timedelta()) -> Every | None:
    """A period of so many minutes; 0 is never."""
    return Every(timedelta(minutes=minutes), offset) if minutes else None
