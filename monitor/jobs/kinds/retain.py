"""Retention: what was kept long enough goes."""

from __future__ import annotations

from datetime import timedelta

from monitor.jobs.job import Counts, Job, Turn, every_minutes
from monitor.workspace import Workspace

_HOUR = timedelta(hours=1)


def _run(workspace: Workspace, turn: Turn) -> Counts:
    del turn  # what is over is over, whenever it is looked at
    from monitor.retention import retaining  # what lists the jobs needs none of it

    done = retaining.retain(workspace, limit=0)  # asking is a job of its own
    return {
        "irrelevant": done.dropped.irrelevant, "expired": done.dropped.expired,
        "forgotten": done.dropped.forgotten, "shortened": done.shortened,
        "author_keys": done.keys, "overdue": sum(late.posts for late in done.overdue),
    }  # fmt: skip


JOB = Job(
    "retain",
    "Drop what was kept long enough, and author keys whose month is over.",
    every=lambda settings: every_minutes(60 * settings.monitor_retain_hours, 2 * _HOUR),
    run=_run,
    rank=4,
)
