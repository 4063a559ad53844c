"""Files of a backup on their way into a home, or into the bucket of its lake: each checked, each
whole before it counts, and those that are there already passed over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator

from base import points
from monitor.backup import rows
from monitor.backup.manifest import Entry, Manifest
from monitor.backup.place import Place, written
from monitor.backup.sealing import damaged
from monitor.workspace import Workspace
from store.lake import Lake


def copy(workspace: Workspace, place: Place, made: Manifest, tell: Callable[[str], None]) -> None:
    """Bring every file but the database's rows. Raises BackupDamaged."""
    lake = workspace.closed_lake
    in_bucket = {"lake"} if workspace.settings.store_lake_url is not None else set()
    for number, entry in enumerate(made.files, 1):
        first, _, inside = entry.path.partition("/")
        if entry.path == rows.PATH:
            continue
        if first in in_bucket:
            _put(lake, inside, entry, checked(place, entry))
        else:
            path = workspace.home / entry.path
            if not path.is_file() or path.stat().st_size != entry.size:
                written(path, checked(place, entry))  # it gets its name when it is whole
        points.reached("restore-copied")
        if number % 1000 == 0:
            tell(f"{number:,} of {len(made.files):,} files")


def _put(lake: Lake, inside: str, entry: Entry, pieces: Iterable[bytes]) -> None:
    """A file of a lake that is in a bucket; one that was put there whole is passed over."""
    name, _, path = inside.partition("/")
    if not path:
        lake.place.write_note(name, b"".join(pieces).decode())
        return
    files = lake.place.files_of(name)
    if files.get_file_info(path).size != entry.size:
        with files.open_output_stream(path) as handle:
            for piece in pieces:
                handle.write(piece)


def checked(place: Place, entry: Entry) -> Iterator[bytes]:
    """The pieces of a file. Raises BackupDamaged where they are not those of the manifest."""
    digest = hashlib.sha256()
    for piece in place.open(entry):
        digest.update(piece)
        yield piece
    if digest.hexdigest() != entry.sha256:
        raise damaged(entry.path, "another than its backup says")
