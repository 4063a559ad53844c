"""Make a backup of the whole installation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from base.errors import BadInput
from monitor.backup import making, opening, restoring, secrets
from monitor.cli import backup_secret, options, output

Keep = Annotated[
    int,
    typer.Option(
        min=1, max=30,
        help="Backups that stay, the newest; an older one still holds what was forgotten since it "
        "was made, and none stays longer than 30 days.",
    ),
]  # fmt: skip


def COMMAND(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DEST", help="Folder of backups; made if it is new.")
    ] = None,
    keep: Keep = 1,
    passphrase_file: backup_secret.PassphraseFile = None,
    recipient: backup_secret.RecipientFile = None,
    key: backup_secret.KeyFile = None,
    check: Annotated[
        bool, typer.Option("--check", help="Read every byte of the newest backup; make none.")
    ] = False,
    only_forgotten: Annotated[
        bool,
        typer.Option(
            "--only-forgotten", help="Write down beside the backups what was forgotten since."
        ),
    ] = False,
    new_key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Make a key: FILE is its secret half, FILE.pub to seal."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Back up lake, database, settings, overlays, purposes and keys into a folder of sealed files,
    while the clock and the collectors go on; a second backup adds only what is new.

    The index is left out, for a restore builds it, and so are the author keys of the months.
    """
    if new_key is not None:
        public = secrets.make_key(new_key)
        output.say(f"{new_key.name}: keep it where neither this machine nor the backup is. "
                   f"{public.name}: for --recipient.")  # fmt: skip
        return
    if folder is None:
        raise BadInput("no folder", expected="unite backup DEST")
    secret = backup_secret.given(
        passphrase_file, recipient, key, is_new=not (folder / opening.HEADER).exists()
    )
    if check:
        found = restoring.check(opening.opened(folder, secret))
        row = {"made": found.made.isoformat(), "files": len(found.files), "size": found.size,
               "program": found.program, "schema": found.schema,
               "revision": found.revision}  # fmt: skip
        said = f"the backup of {row['made']} is whole: {row['files']:,} files, {_mb(found.size)}"
    elif only_forgotten:
        count = making.only_forgotten(options.workspace(), opening.opened(folder, secret))
        row, said = {"forgotten": count}, f"{count:,} rows of what must not come back are there"
    else:
        made = making.backup(
            options.workspace(), opening.prepare(folder, secret), keep=keep, tell=output.say
        )
        row = dict(vars(made))
        said = (f"backup {made.name}: {made.files:,} files, {_mb(made.size)}; {made.new:,} of them "
                f"new ({_mb(made.new_size)}), {made.dropped:,} old ones dropped")  # fmt: skip
    if as_json:
        output.answer("backup", None, None, None, (), [row])
    else:
        output.say(f"{said}.")


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
