"""Asking kept posts at their source whether they are still public, a portion at a time."""

from __future__ import annotations

from monitor.jobs.job import Counts, Job, Turn, every_minutes
from monitor.workspace import Workspace


def _run(workspace: Workspace, turn: Turn) -> Counts:
    """One portion: the posts whose turn comes first."""
    del turn
    if workspace.settings.store_vault == "off" or not workspace.has("lake"):
        return {"asked": 0}
    from monitor import collecting  # what lists the jobs needs none of it
    from monitor.retention import rechecking

    with collecting.client(workspace) as http:
        told = rechecking.recheck(workspace, http, limit=rechecking.BATCH)
    return {
        "due": told.due, "asked": told.asked, "there": told.there, "gone": told.gone,
        "unknown": sum(told.unknown.values()), "held_back": sum(told.suspicious.values()),
    }  # fmt: skip


JOB = Job(
    "recheck",
    "Ask kept posts at their source; forget what is gone there.",
    every=lambda settings: every_minutes(settings.monitor_recheck_minutes),
    run=_run,
    rank=5,
)
