"""Opens a folder of backups with what it is sealed with, or begins a new one.

`unite-backup.json` says whether that is a passphrase (its salt, scrypt's cost, a check) or a key
(its public half); every byte of it counts.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from base.errors import BadInput, UniteError
from monitor.backup import BackupNewer, BackupSealed, manifest
from monitor.backup.place import Place, written
from monitor.backup.sealing import damaged
from monitor.backup.secrets import MOST_WORK, WORK, Identity, Passphrase, Recipient, Secret

HEADER = "unite-backup.json"


def prepare(folder: Path, given: str | Recipient | Identity, work: int = WORK) -> Place:
    """A folder to make backups in, sealed with what was given: words, or a key.

    A new folder is made; one that is sealed with something else is refused (BackupSealed).
    """
    if (folder / HEADER).exists():
        return opened(folder, given)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        strange = [p.name for p in folder.iterdir() if p.name not in (".lock", "lost+found")]
    except OSError as error:
        raise BadInput(
            f"the folder cannot be used ({error.strerror})", where=folder.name,
            expected="a folder this user may write to",
        ) from error  # fmt: skip
    if strange:
        raise BadInput(
            f"the folder holds something else ({strange[0]})", where=folder.name,
            expected="an empty folder, or one of backups",
        )  # fmt: skip
    if isinstance(given, str):
        salt = os.urandom(16)
        words = Passphrase.of(given, salt, work)
        secret: Secret = words
        body = _of_words(salt, work, words.check)
    else:
        secret = given
        recipient = given.recipient if isinstance(given, Identity) else given
        body = _of_key(recipient)
    written(folder / HEADER, [_header(body)])
    return Place(folder, secret)


def opened(folder: Path, given: str | Recipient | Identity) -> Place:
    """A folder of backups, with what it is sealed with.

    Raises BadInput where there is none, BackupSealed, BackupDamaged, BackupNewer.
    """
    try:
        text = (folder / HEADER).read_bytes()
    except OSError as error:
        raise BadInput(
            "there is no backup here", where=folder.name, expected=f"a folder with {HEADER}"
        ) from error
    try:
        body = json.loads(text)
        if body["format"] > manifest.FORMAT:
            raise BackupNewer("this backup was made by a newer program", where=HEADER)
        kind = body["sealed"]
        if kind == "passphrase":
            salt, work, check = bytes.fromhex(body["salt"]), int(body["work"]), str(body["check"])
            expected = _of_words(salt, max(1, min(work, MOST_WORK)), check)
        else:
            public = bytes.fromhex(body["public"])
            expected = _of_key(Recipient(public))
        if _header(expected) != text:
            raise damaged(HEADER, "altered")
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(HEADER, "altered") from error
    if kind != "passphrase":
        if isinstance(given, str):
            raise _other("it is sealed for a key, and a passphrase was given", "--key FILE")
        recipient = given.recipient if isinstance(given, Identity) else given
        if recipient.public != public:
            raise _other("it is sealed for another key", "the key of this folder")
        return Place(folder, given)
    if not isinstance(given, str):
        raise _other("it is sealed with a passphrase, and a key was given", "--passphrase-file")
    found = Passphrase.of(given, salt, work)
    if found.check != check:
        raise _other("the passphrase does not open it", f"the one it was sealed with; or {HEADER} "
                     "was altered")  # fmt: skip
    return Place(folder, found)


def _other(what: str, expected: str) -> UniteError:
    return BackupSealed(what, where=HEADER, expected=expected)


def _of_words(salt: bytes, work: int, check: str) -> dict[str, object]:
    return {"format": manifest.FORMAT, "sealed": "passphrase", "salt": salt.hex(),
            "work": work, "check": check}  # fmt: skip


def _of_key(recipient: Recipient) -> dict[str, object]:
    return {"format": manifest.FORMAT, "sealed": "key", "public": recipient.public.hex()}


def _header(body: dict[str, object]) -> bytes:
    return json.dumps(body, indent=1).encode() + b"\n"
