"""Drop what has been kept long enough."""

from __future__ import annotations

from datetime import timedelta

from base.time import now
from monitor import pipeline
from monitor.cli import options, output
from store import upkeep


def COMMAND() -> None:
    """Drop irrelevant posts after the recheck window and relevant ones after the retention time.

    Also replays what was forgotten and destroys author keys whose month is over.
    """
    workspace = options.workspace()
    settings, at = workspace.settings, now()
    taken = upkeep.expire(
        workspace.lake,
        irrelevant_before=at - timedelta(days=settings.monitor_recheck_days),
        relevant_before=at - timedelta(days=settings.monitor_retention_days),
        at=at,
    )
    keys = workspace.keys.destroy_old(at)
    pipeline.refresh(workspace, forget=True)
    output.say(
        f"{taken.irrelevant} irrelevant and {taken.expired} expired posts dropped, "
        f"{taken.forgotten} forgotten again, {len(keys)} author keys destroyed."
    )
