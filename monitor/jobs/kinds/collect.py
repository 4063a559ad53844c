"""Collecting: each home with sources on its own, for the purpose that the settings name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from base.errors import Transient, UniteError
from monitor.jobs import purpose
from monitor.jobs.job import Counts, Job, Turn, every_minutes
from monitor.workspace import Workspace


def _parts(workspace: Workspace) -> Sequence[str]:
    """The homes with sources that the purpose covers. Raises NotAllowed without a purpose."""
    registry = workspace.registry
    sheet = purpose.sheet(workspace)
    if "*" in sheet.cities:
        return sorted(home.code for home in registry.homes.values() if home.sources)
    return sorted(c for c in sheet.cities if registry.home(c).sources)


def _run(workspace: Workspace, turn: Turn) -> Counts:
    """Raises the first error where no source of the home could be collected."""
    from monitor import collecting  # what lists the jobs needs none of it

    sheet = purpose.sheet(workspace, turn.part)
    sources = collecting.chosen(workspace, [turn.part], None)
    allowed = purpose.allowed(workspace, sheet, sources)
    window = turn.window
    since = window.since if turn.is_asked else None
    with collecting.client(workspace, is_research=sheet.research_exception) as http:
        taken, failed = collecting.collect(
            workspace, allowed, since=since, until=window.until, http=http
        )
    keyless = sum(f.is_left_out for f in failed)
    lost = [f.error for f in failed if not f.is_left_out]
    if lost and len(failed) == len(allowed):
        raise _worst(lost)
    return {
        "fetched": taken.fetched, "new": taken.new, "relevant": taken.relevant,
        "rejected": taken.rejected, "sources": len(allowed) - len(failed), "failed": len(lost),
        "without_key": keyless, "not_allowed": len(sources) - len(allowed),
    }  # fmt: skip


def _worst(errors: Sequence[UniteError]) -> UniteError:
    """What is told for all: one that may pass before one that will not, so that all are tried."""
    return next((e for e in errors if isinstance(e, Transient)), errors[0])


JOB = Job(
    "collect",
    "Look at the sources of a home, each from where its last look ended.",
    every=lambda settings: every_minutes(settings.monitor_collect_minutes),
    parts=_parts,
    run=_run,
    rank=1,
    longest=timedelta(hours=6),
)
