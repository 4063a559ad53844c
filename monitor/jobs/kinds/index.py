"""The index: stories, coverage and the index brought up to what was collected since."""

from __future__ import annotations

from datetime import timedelta

from monitor.jobs.job import Counts, Job, Turn, every_minutes
from monitor.workspace import Workspace


def _run(workspace: Workspace, turn: Turn) -> Counts:
    del turn  # the file sets tell what is missing
    from monitor import pipeline  # what lists the jobs needs none of it

    return {"months": pipeline.refresh(workspace)}


JOB = Job(
    "index",
    "Bring stories, coverage and the index up to the lake.",
    every=lambda settings: every_minutes(settings.monitor_index_minutes),
    run=_run,
    rank=2,
    longest=timedelta(hours=12),
)
