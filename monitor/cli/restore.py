"""Make an installation again from a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from base import log
from monitor.backup import opening, restoring
from monitor.cli import backup_secret, options, output
from monitor.settings import load


def COMMAND(
    folder: Annotated[Path, typer.Argument(metavar="SRC", help="Folder of backups.")],
    name: Annotated[
        str | None, typer.Option(help="Which backup of several; the newest by default.")
    ] = None,
    forgotten: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH",
            help="What was forgotten after the backup was made: the home that is replaced, or a "
            "file `forgotten` of other backups; may repeat. The one in SRC is read anyway.",
        ),
    ] = None,
    passphrase_file: backup_secret.PassphraseFile = None,
    key: backup_secret.KeyFile = None,
    as_json: options.Json = False,
) -> None:
    """Restore a backup into an empty UNITE_HOME and an empty database, SQLite or PostgreSQL.

    What was forgotten since the backup was made stays forgotten, what has been kept long enough
    is dropped, then the index is built; until then nothing answers. Killed, run it again.
    """
    settings = load()
    log.configure(settings.log_level, as_json=settings.log_json)
    secret = backup_secret.given(passphrase_file, None, key, is_new=False)
    done = restoring.restore(
        settings, opening.opened(folder, secret), name=name, forgotten=forgotten or (),
        tell=output.say,
    )  # fmt: skip
    if as_json:
        output.answer("restore", None, None, None, (), [dict(vars(done))])
        return
    output.say(
        f"restored the backup of {done.made}: {done.files:,} files, {done.rows:,} rows of the "
        f"database. {done.forgotten:,} posts forgotten since, {done.dropped:,} kept long enough "
        "and dropped. unite doctor looks it over."
    )
