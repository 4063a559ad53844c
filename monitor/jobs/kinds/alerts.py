"""Alerts: what is wrong with sources, jobs and the disk is found, and what is over ends; watch
lists that enough posts met are told."""

from __future__ import annotations

from base import log
from base.time import now
from monitor.jobs import troubles
from monitor.jobs.job import Counts, Job, Turn, every_minutes
from monitor.workspace import Workspace


def _run(workspace: Workspace, turn: Turn) -> Counts:
    del turn
    from monitor.sources import alerts  # what lists the jobs needs none of it
    from monitor.sources.health import health
    from monitor.watching import alerts as watch_alerts

    at = now()
    space = troubles.of_disk(workspace, at)
    for trouble in space.troubles:
        log.event("disk", "short of room", level="warning", says=trouble.says)
    sources = health(workspace) if workspace.has("lake") else []
    watched: list[alerts.Looked] = [*sources, *troubles.of_jobs(workspace, at), space]
    found = alerts.follow(workspace.database, watched, at)
    met = watch_alerts.follow(workspace.database, at)
    waiting = sum(a.is_open for a in found) + len(met)
    return {"open": len(found) + len(met), "waiting": waiting}


JOB = Job(
    "alerts",
    "Look how sources, jobs and the disk are; raise alerts and end those that are over.",
    every=lambda settings: every_minutes(settings.monitor_alert_minutes),
    run=_run,
    rank=3,
)
