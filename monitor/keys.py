"""The installation's keys: files of 32 random bytes under UNITE_HOME/keys, mode 0600.

id: of post ids, folds and threads; never rotates. vault: of origins. release: of rounding.
author-YYYYMM: pseudonyms of posts collected in that month; destroyed 7 days after it ends, so
that no pseudonym can be recomputed. Author keys do not belong into a backup.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from base.errors import BadInput
from base.time import next_month, parse_day

GRACE = timedelta(days=7)
_BYTES = 32


class Keys:
    """Reads the keys of one installation; makes one the first time it is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, bytes] = {}

    @property
    def id(self) -> bytes:
        """Of post ids, folds, threads and `forgotten`."""
        return self._key("id")

    @property
    def vault(self) -> bytes:
        """Of origins."""
        return self._key("vault")

    @property
    def release(self) -> bytes:
        """Of fixed random rounding."""
        return self._key("release")

    def author(self, collected: datetime) -> tuple[str, bytes]:
        """(key number YYYYMM, key) for posts collected at that moment."""
        number = f"{collected:%Y%m}"
        return number, self._key(f"author-{number}")

    def authors(self) -> dict[str, bytes]:
        """Key number → key, of the months whose key was not destroyed yet."""
        names = (path.stem for path in sorted(self._folder.glob("author-*.key")))
        return {name.removeprefix("author-"): self._key(name) for name in names}

    def destroy_old(self, now: datetime) -> list[str]:
        """Destroy author keys whose month ended more than 7 days ago; their numbers."""
        gone = []
        for path in sorted(self._folder.glob("author-*.key")):
            number = path.stem.removeprefix("author-")
            ended = next_month(parse_day(f"{number[:4]}-{number[4:6]}-01"))
            if now.date() > ended + GRACE:
                with path.open("r+b") as handle:  # overwritten before it is unlinked
                    handle.write(os.urandom(_BYTES))
                    handle.flush()
                    os.fsync(handle.fileno())
                path.unlink()
                self._known.pop(path.stem, None)
                gone.append(number)
        return gone

    def _key(self, name: str) -> bytes:
        if name not in self._known:
            self._known[name] = self._read(self._folder / f"{name}.key")
        return self._known[name]

    def _read(self, path: Path) -> bytes:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            self._make(path)
        key = path.read_bytes()
        if len(key) != _BYTES:
            raise BadInput(
                f"the key {path.name} holds {len(key)} bytes",
                where="UNITE_HOME/keys",
                expected=f"{_BYTES} bytes",
                hint="restore it from the backup; without it, ids and the vault cannot be read",
            )
        return key

    def _make(self, path: Path) -> None:
        # Written aside and linked, so that two processes agree on one key and none is half there.
        fresh = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(os.urandom(_BYTES))
            handle.flush()
            os.fsync(handle.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
