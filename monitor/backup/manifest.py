"""What one backup holds: versions, and each file with its size and digest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePosixPath

from monitor.backup import BackupNewer
from monitor.backup.sealing import damaged

FORMAT = 1


@dataclass(frozen=True)
class Entry:
    """One file. path: in the home, with `/`. size: bytes. name: of the sealed file."""

    path: str
    size: int
    sha256: str
    name: str


@dataclass(frozen=True)
class Manifest:
    """One backup. made: UTC. program, schema, revision: versions of program, lake, database.

    tables: the version of each table of the lake. files: in the order they are restored in.
    """

    made: datetime
    program: str
    schema: int
    revision: str
    tables: Mapping[str, int]
    files: Sequence[Entry]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry.size for entry in self.files)

    def to_bytes(self) -> bytes:
        """As it is sealed."""
        body = {**asdict(self), "made": self.made.isoformat(), "format": FORMAT}
        return json.dumps(body, indent=1).encode()


def read(given: bytes, where: str) -> Manifest:
    """What `to_bytes` wrote. Raises BackupNewer, BackupDamaged."""
    try:
        body = json.loads(given)
        if body["format"] > FORMAT:
            raise BackupNewer(
                f"this backup has format {body['format']}", where=where,
                expected=f"format {FORMAT} or older", hint="restore it with the newer program",
            )  # fmt: skip
        files = tuple(Entry(**entry) for entry in body["files"])
        found = Manifest(
            datetime.fromisoformat(body["made"]), str(body["program"]), int(body["schema"]),
            str(body["revision"]), dict(body["tables"]), files,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(where, "no list of files") from error
    for entry in files:  # whoever has the public key could have written it
        parts = PurePosixPath(entry.path).parts
        if not parts or entry.path.startswith("/") or ".." in parts:
            raise damaged(where, "naming a place outside the home")
        if not entry.name or not set(entry.name) <= set("0123456789abcdef"):
            raise damaged(where, "naming a file outside the backup")
    return found
