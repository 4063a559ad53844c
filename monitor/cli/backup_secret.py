"""What a backup is sealed or opened with, as the commands are told it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from base.errors import BadInput
from monitor.backup import secrets
from monitor.backup.secrets import Identity, Recipient

PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="File whose first line is the passphrase; on a terminal it is asked for.",
    ),
]
RecipientFile = Annotated[
    Path | None,
    typer.Option(
        "--recipient", metavar="FILE",
        help="Public half of a key (FILE.pub of --new-key): this machine cannot open it again.",
    ),
]  # fmt: skip
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key", metavar="FILE", help="Secret half of the key that the backup was sealed for."
    ),
]


def given(
    passphrase_file: Path | None, recipient: Path | None, key: Path | None, *, is_new: bool
) -> str | Recipient | Identity:
    """Words or a key. is_new: words that are typed are asked for twice. Raises BadInput."""
    named = [path for path in (passphrase_file, recipient, key) if path is not None]
    if len(named) > 1:
        raise BadInput("more than one secret", expected="a passphrase or one key")
    if passphrase_file is not None:
        return secrets.read_words(passphrase_file)
    if recipient is not None:
        return secrets.read_recipient(recipient)
    if key is not None:
        return secrets.read_identity(key)
    if not sys.stdin.isatty():
        raise BadInput(
            "a backup holds keys and posts, and is never written in the clear",
            expected="--passphrase-file FILE, or a key (--recipient, --key)",
            hint="unite backup --new-key FILE makes a key",
        )
    words = str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=is_new))
    return secrets.checked_words(words, "passphrase")
