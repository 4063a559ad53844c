"""Alerts: what is wrong with sources is found, and what is over ends."""

from __future__ import annotations

from monitor.jobs.job import Counts, Job, Turn, every_minutes
from monitor.sources import alerts
from monitor.sources.health import health
from monitor.workspace import Workspace


def _run(workspace: Workspace, turn: Turn) -> Counts:
    del turn
    if not workspace.has("lake"):
        return {"open": 0, "waiting": 0}
    found = alerts.follow(workspace.database, health(workspace))
    return {"open": len(found), "waiting": sum(a.is_open for a in found)}


JOB = Job(
    "alerts",
    "Look how the sources are; raise alerts about them and end those that are over.",
    every=lambda settings: every_minutes(settings.monitor_alert_minutes),
    run=_run,
    rank=3,
)
