"""The manifest of the embedded index: which files answer, and which lake files they hold.

`manifest.json` is replaced by rename, so a reader has the old one or the new one, whole. It
carries a digest of itself: one that was cut short or altered is told from one that is right.
A segment's name is never used twice.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from base import points
from store.embedded.segments import sync
from store.embedded.tables import VERSION
from store.index import IndexDamaged, IndexMissing

NAME = "manifest.json"
SEGMENTS = "seg"
REBUILD = "unite index --rebuild"


@dataclass(frozen=True)
class Segment:
    """A file of a month: its size in bytes, rows, first and last day (since 1970), newest (µs).

    files: the lake's files it was made from, by home.
    """

    file: str
    size: int
    rows: int
    first: int
    last: int
    newest: int
    files: dict[str, list[str]]


@dataclass(frozen=True)
class Coverage:
    """The file of the coverage table, and the digest of what it was made from."""

    file: str
    size: int
    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """One generation. retired: files of earlier ones, and when (Unix seconds) they were left."""

    generation: str
    months: dict[str, Segment]
    coverage: Coverage | None = None
    retired: dict[str, float] = field(default_factory=dict)

    def files(self) -> set[str]:
        """The files that answer."""
        listed = {s.file for s in self.months.values()}
        return listed | {self.coverage.file} if self.coverage else listed


Stamp = tuple[int, int, int]


def stamp(folder: Path) -> Stamp:
    """Changes whenever the manifest is replaced. Raises IndexMissing."""
    try:
        found = (folder / NAME).stat()
    except FileNotFoundError as error:
        raise missing() from error
    return found.st_ino, found.st_mtime_ns, found.st_size


def missing() -> IndexMissing:
    """Nothing has been built yet."""
    return IndexMissing("the index has not been built yet", hint="unite index")


def damaged(what: str, where: str = NAME) -> IndexDamaged:
    """A file of the index cannot be used."""
    return IndexDamaged(what, where=f"index/{where}", hint=REBUILD)


def told(error: BaseException, folder: Path) -> str:
    """What DuckDB or the disk says, in one line and without the place where the index lies."""
    first = (str(error).splitlines() or [type(error).__name__])[0]
    return first.replace(str(folder), "index")[:200]


def read(folder: Path) -> Manifest:
    """The manifest as it stands. Raises IndexMissing, IndexDamaged."""
    try:
        text = (folder / NAME).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise missing() from error
    except (OSError, UnicodeDecodeError) as error:
        raise damaged("the manifest cannot be read") from error
    try:
        given = json.loads(text)
        body = given["manifest"]
        if given["schema"] != VERSION:
            raise damaged(f"the index was built as version {given['schema']}, this is {VERSION}")
        if given["sha256"] != _digest(body):
            raise damaged("the manifest was altered")
        return Manifest(
            body["generation"],
            {month: Segment(**segment) for month, segment in body["months"].items()},
            Coverage(**body["coverage"]) if body["coverage"] else None,
            body["retired"],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged("the manifest is cut short or altered") from error


def write(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest: on the disk before it gets its name."""
    body = asdict(manifest)
    part = folder / f".{NAME}.part"
    with part.open("w", encoding="utf-8") as handle:
        json.dump({"schema": VERSION, "sha256": _digest(body), "manifest": body}, handle, indent=1)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(part, folder / NAME)
    points.reached("manifest-replaced")
    sync(folder)


def _digest(body: Any) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
