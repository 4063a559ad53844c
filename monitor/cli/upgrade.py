"""Bring the data of an older version to this one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from base.errors import BadInput
from monitor import upgrading
from monitor.backup import making, opening
from monitor.cli import backup_secret, options, output
from monitor.cli.backup import Keep


def COMMAND(
    backup: Annotated[
        Path | None,
        typer.Option(metavar="DEST", help="Folder of backups; one is made before the change."),
    ] = None,
    no_backup: Annotated[
        bool, typer.Option("--no-backup", help="Change the data without a backup.")
    ] = False,
    keep: Keep = 1,
    passphrase_file: backup_secret.PassphraseFile = None,
    recipient: backup_secret.RecipientFile = None,
    key: backup_secret.KeyFile = None,
) -> None:
    """After a new version was installed: bring database, lake and index to it; safe to repeat.

    Stop `unite run` and the collectors before. Data of a newer version are refused.
    """
    workspace = options.workspace()
    changes = upgrading.due(workspace)
    for change in changes:
        output.say(f"to be changed: {change}")
    if changes and backup is None and not no_backup:
        raise BadInput(
            "an older program cannot read the data afterwards",
            expected="--backup DEST, where one is made before, or --no-backup",
        )
    if changes and backup is not None:
        is_new = not (backup / opening.HEADER).exists()
        secret = backup_secret.given(passphrase_file, recipient, key, is_new=is_new)
        made = making.backup(workspace, opening.prepare(backup, secret), keep=keep, tell=output.say)
        output.say(f"backup {made.name} made")
    for sentence in upgrading.upgrade(workspace).sentences():
        output.say(f"{sentence}.")
