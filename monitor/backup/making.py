"""Makes a backup while the clock and the collectors go on.

The database is read as it is at one moment, then the settings, keys, purposes and overlays, then
the lake under its lock held shared: everything in an order in which what comes later knows at
least what comes before (`store/pinned.py`), so that a restore repeats work and loses nothing.
The index is left out, for it is rebuilt; so are the author keys of the months (DESIGN §5).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from io import BytesIO

import pyarrow.fs as fs
import pyarrow.parquet as pq

from base import log, points
from base.errors import BadInput, Transient, UniteError
from base.time import now
from monitor.backup import rows
from monitor.backup.manifest import Entry, Manifest
from monitor.backup.place import Place
from monitor.workspace import Workspace
from store import pinned, schema
from store.lake import Lake

_BLOCK = 1 << 20
KEPT_KEYS = ("id", "vault", "release")
# The lake and the database are read in their own way; the index is rebuilt; a demo is another home.
_ELSEWHERE = ("lake", "index", "demo", "keys")


class FilesChanged(UniteError, Transient):
    """A file went away while it was copied."""


@dataclass(frozen=True)
class Made:
    """name: of the backup. files, size: what it holds, bytes. new: files that were not there yet,
    new_size: their bytes. dropped: files that no backup needs any more."""

    name: str
    files: int
    size: int
    new: int
    new_size: int
    dropped: int


def backup(
    workspace: Workspace, place: Place, *, keep: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> Made:  # fmt: skip
    """Make a backup in `place`, then drop all but the `keep` newest. Safe to repeat and to kill."""
    if not workspace.has("keys") or not workspace.has_database:
        raise BadInput(
            "there is nothing here to back up", where="UNITE_HOME",
            expected="the home of an installation that has collected or imported something",
        )  # fmt: skip
    if place.folder.resolve().is_relative_to(workspace.home.resolve()):
        raise BadInput(
            "a backup inside UNITE_HOME goes when the home goes", where=place.folder.name,
            expected="a folder elsewhere, best on another machine",
        )  # fmt: skip
    with place.alone():
        made_at = now()
        keys = workspace.keys
        # made now if nobody has needed them yet: a restore would make others, and other figures
        copying, _ = _Copying(place, keys.id), (keys.vault, keys.release)
        revision = copying.database(workspace)
        disk = fs.LocalFileSystem()
        for path in _small_files(workspace):
            copying.file(path, partial(_blocks, disk, str(workspace.home / path)))
        lake = workspace.closed_lake
        with lake.lock.shared():  # no vacuum while the files are read
            has_lake = pinned.is_there(lake)
            versions = _lake(copying, lake, tell) if has_lake else {}
            newest = _forgotten(lake, has_lake)
        made = Manifest(
            made_at, program(), schema.VERSION, revision, versions, tuple(copying.entries)
        )
        name = place.add(made)
        place.put_forgotten(newest)
        dropped = place.sweep(keep, made_at)
    log.event("backup", "made", files=len(made.files), new=copying.new, dropped=dropped)
    return Made(name, len(made.files), made.size, copying.new, copying.new_size, dropped)


def only_forgotten(workspace: Workspace, place: Place) -> int:
    """Write down beside the backups what must not come back; how many rows."""
    lake = workspace.lake
    with place.alone(), lake.lock.shared():
        place.put_forgotten(_forgotten(lake, True))
        return lake.read("forgotten", ["key"]).num_rows


def program() -> str:
    """The version of this program."""
    try:
        return metadata.version("uniteeurope")
    except metadata.PackageNotFoundError:
        return "0"


class _Copying:
    """Brings files into a place, those that are not there yet."""

    def __init__(self, place: Place, id_key: bytes) -> None:
        self._place = place
        # names tell nothing to whoever has no key, and two installations share none
        self._naming = hmac.digest(id_key, b"unite backup names", "sha256")
        self.entries: list[Entry] = []
        self.new = self.new_size = 0

    def file(self, path: str, read: Callable[[], Iterable[bytes]]) -> None:
        """A file that nobody changes while it is read, once or twice."""
        digest, size = hashlib.sha256(), 0
        for block in read():
            digest.update(block)
            size += len(block)
        self._bring(path, digest.hexdigest(), size, read)

    def content(self, path: str, content: bytes) -> None:
        """A file that is made here."""
        self._bring(path, hashlib.sha256(content).hexdigest(), len(content), lambda: [content])

    def database(self, workspace: Workspace) -> str:
        """The rows of the application database; its revision."""
        database = workspace.closed_database
        revision = database.revision()
        digest, size = hashlib.sha256(), 0
        name = os.urandom(32).hex()  # the rows change each time; they are read once

        def counted(lines: Iterable[bytes]) -> Iterator[bytes]:
            nonlocal size
            for line in lines:
                digest.update(line)
                size += len(line)
                yield line

        with database.one_moment() as connection:
            self._place.put(name, counted(rows.dump(connection, revision)))
        self._add(Entry(rows.PATH, size, digest.hexdigest(), name), is_new=True)
        return revision or ""

    def _bring(
        self, path: str, sha256: str, size: int, read: Callable[[], Iterable[bytes]]
    ) -> None:
        name = hmac.digest(self._naming, f"{path}\0{sha256}".encode(), "sha256").hex()
        is_new = not self._place.has(name, size)
        if is_new:
            digest = hashlib.sha256()
            self._place.put(name, _digested(read(), digest))
            if digest.hexdigest() != sha256:
                raise _changed(path)
        self._add(Entry(path, size, sha256, name), is_new=is_new)

    def _add(self, entry: Entry, *, is_new: bool) -> None:
        self.entries.append(entry)
        if is_new:
            self.new += 1
            self.new_size += entry.size
            points.reached("backup-copied")


def _lake(copying: _Copying, lake: Lake, tell: Callable[[str], None]) -> dict[str, int]:
    state = lake.place.note(pinned.STATE)
    if state is not None:
        copying.content(f"lake/{pinned.STATE}", state.encode())
    found = pinned.pin(lake)
    stores = {name: lake.place.files_of(name) for name in found.versions}
    for number, path in enumerate(found.files, 1):
        table, _, inside = path.partition("/")
        copying.file(f"lake/{path}", partial(_blocks, stores[table], inside))
        if number % 1000 == 0:
            tell(f"{number:,} of {len(found.files):,} files of the lake")
    return dict(found.versions)


def _small_files(workspace: Workspace) -> list[str]:
    """Settings, overlays, purposes, keys and whatever else lies in the home, but locks."""
    home, database = workspace.home, workspace.settings.database_address()
    found = []
    for path in sorted(home.rglob("*")):
        inside = path.relative_to(home)
        is_hidden = any(part.startswith(".") for part in inside.parts)
        if is_hidden or path.suffix == ".lock" or path.is_symlink() or not path.is_file():
            continue
        is_database = database.startswith("sqlite") and str(path).startswith(
            database.partition("///")[2]
        )
        if inside.parts[0] not in _ELSEWHERE and not is_database:
            found.append(inside.as_posix())
    return [*found, *(f"keys/{key}.key" for key in KEPT_KEYS)]


def _forgotten(lake: Lake, has_any: bool) -> bytes:
    """The table `forgotten` as Parquet; empty where there is no lake."""
    # `opened`: a lake of an older schema is backed up too, before it is upgraded
    found = schema.FORGOTTEN.empty_table()
    if has_any:
        found = lake.opened("forgotten").to_pyarrow_table(
            filesystem=lake.place.files_of("forgotten")
        )
    held = BytesIO()
    pq.write_table(found, held)
    return held.getvalue()


def _digested(parts: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for part in parts:
        digest.update(part)
        yield part


def _blocks(files: fs.FileSystem, path: str) -> Iterator[bytes]:
    try:
        with files.open_input_stream(path) as handle:
            while block := handle.read(_BLOCK):
                yield block
    except FileNotFoundError as error:
        raise _changed(path.rpartition("/")[2]) from error


def _changed(path: str) -> FilesChanged:
    return FilesChanged(
        "a file changed while it was copied", where=path, hint="run unite backup again"
    )
