"""Backups: the installation into a folder of sealed files, where the settings name one."""

from __future__ import annotations

from datetime import timedelta

from base.errors import BadInput
from monitor.jobs.job import Counts, Job, Turn, every_minutes
from monitor.jobs.schedule import Every
from monitor.settings import Settings
from monitor.workspace import Workspace


def _every(settings: Settings) -> Every | None:
    if settings.monitor_backup_folder is None:
        return None
    return every_minutes(60 * settings.monitor_backup_hours, timedelta(hours=3))


def _run(workspace: Workspace, turn: Turn) -> Counts:
    """Sealed with the public half of a key, which alone may lie on this machine."""
    del turn
    from monitor.backup import making, opening, secrets  # what lists the jobs needs none of it

    settings = workspace.settings
    if settings.monitor_backup_folder is None or settings.monitor_backup_recipient is None:
        raise BadInput(
            "it is not said where backups go, and for whom they are sealed",
            expected="UNITE_MONITOR_BACKUP_FOLDER and UNITE_MONITOR_BACKUP_RECIPIENT",
            hint="unite backup --new-key FILE",
        )
    if not workspace.has("keys"):
        return {"files": 0}  # nothing was collected yet
    recipient = secrets.read_recipient(settings.monitor_backup_recipient)
    made = making.backup(workspace, opening.prepare(settings.monitor_backup_folder, recipient))
    return {"files": made.files, "new": made.new, "bytes": made.size, "new_bytes": made.new_size,
            "dropped": made.dropped}  # fmt: skip


JOB = Job(
    "backup",
    "Back up the installation into a folder of sealed files.",
    every=_every,
    run=_run,
    rank=6,
    longest=timedelta(hours=12),
)
