"""Makes an installation again from a backup, in an empty place.

A mark stands in the home from the first file to the end, and keeps everybody else out: before it
goes, what was forgotten since the backup was made is forgotten again (DESIGN §4), what has been
kept long enough is dropped, and the index is built. Killed anywhere, it is run again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from base import points
from base.errors import BadInput
from base.time import now
from monitor import pipeline, settings, unfinished_restore, upgrading
from monitor.backup import BackupNewer, NotEmpty, rows
from monitor.backup.manifest import Entry, Manifest
from monitor.backup.place import Place
from monitor.backup.sealing import damaged
from monitor.database import Database
from monitor.retention import retaining
from monitor.settings import Settings
from monitor.unfinished_restore import MARK, Mark
from monitor.workspace import Workspace
from store import schema, upkeep
from store.lake import Lake

_TOML = "unite.toml"


@dataclass(frozen=True)
class Restored:
    """made: when the backup was made, UTC. files, rows: what was restored, of the database rows.
    forgotten, dropped: posts that were forgotten since, or had been kept long enough."""

    name: str
    made: str
    files: int
    rows: int
    forgotten: int
    dropped: int


def restore(
    target: Settings, place: Place, *, name: str | None = None,
    forgotten: Sequence[Path] = (), tell: Callable[[str], None] = lambda _: None,
) -> Restored:  # fmt: skip
    """Restore a backup, the newest by default, into the home and database of these settings.

    forgotten: homes, or files `forgotten` of backups, that know what was forgotten since.
    """
    name = _chosen(place, name)
    made = place.manifest(name)
    _refuse_newer(made, name)
    place.check_sizes(made)
    since = _since(place, made, forgotten)
    home = target.home
    mark = _begun(home, Mark(name, hashlib.sha256(made.to_bytes()).hexdigest()))
    address = _address(target, place, made)
    if mark.stage == "files":
        _refuse_full_disk(home, made)
        if not (home / MARK).exists():
            if not address.startswith("sqlite") or Path(address.partition("///")[2]).exists():
                rows.refuse_filled(Database(address))
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished_restore.write(home, mark)
        points.reached("restore-begun")
        _copy(home, place, made, tell)
        mark = _next(home, mark, "database")
    count = 0
    if mark.stage == "database":
        points.reached("restore-database-begun")
        entry = next(e for e in made.files if e.path == rows.PATH)
        count = rows.load(Database(address), _checked(place, entry))
        points.reached("restore-database-done")
        mark = _next(home, mark, "lake")
    # the settings of the backup hold from here on, where the environment says nothing else
    workspace = Workspace(settings.load(home=home), unfinished=True)
    upgrading.bring_up(workspace)
    replayed = upkeep.replay(workspace.lake, now(), since)
    points.reached("restore-forgotten")
    dropped = retaining.drop(workspace, now()).dropped
    tell("building the index")
    pipeline.refresh(workspace, forget=True, rebuild=True)
    unfinished_restore.remove(home)
    return Restored(name, made.made.isoformat(), len(made.files), count,
                    replayed.forgotten, dropped.expired + dropped.irrelevant)  # fmt: skip


def check(place: Place, name: str | None = None) -> Manifest:
    """Read every byte of a backup as a restore would. Raises BackupDamaged for the first fault."""
    name = _chosen(place, name)
    made = place.manifest(name)
    place.check_sizes(made)
    for entry in made.files:
        for _ in _checked(place, entry):
            pass
    place.forgotten()
    return made


def _chosen(place: Place, name: str | None) -> str:
    names = place.names()
    if not names or (name is not None and name not in names):
        raise BadInput(
            "there is no such backup" if names else "there is no whole backup here",
            where=place.folder.name, available=names,
        )  # fmt: skip
    return name or names[-1]


def _refuse_newer(made: Manifest, name: str) -> None:
    if made.schema > schema.VERSION:
        raise BackupNewer(
            f"this backup holds a lake with schema {made.schema}", where=name,
            expected=f"schema {schema.VERSION} or older",
            hint=f"restore it with version {made.program} of the program",
        )  # fmt: skip


def _begun(home: Path, wanted: Mark) -> Mark:
    """The mark of a restore that broke off, or a new one for an empty place."""
    found = unfinished_restore.read(home)
    if found is not None and (found.backup, found.sha256) == (wanted.backup, wanted.sha256):
        return found
    if found is not None:
        raise NotEmpty(
            "the restore of another backup was begun here", where=f"{MARK} in UNITE_HOME",
            expected=found.backup or "its name cannot be read",
            hint="restore that one, or empty the folder",
        )  # fmt: skip
    there = sorted(p.name for p in home.iterdir()) if home.exists() else []
    there = [n for n in there if n not in (f".{MARK}", "lost+found")]
    if there:
        raise NotEmpty(
            f"UNITE_HOME is not empty ({', '.join(there[:3])})", where="UNITE_HOME",
            expected="an empty folder, or the name of a new one",
            hint="UNITE_HOME=/another/folder unite restore …",
        )  # fmt: skip
    return wanted


def _next(home: Path, mark: Mark, stage: str) -> Mark:
    after = replace(mark, stage=stage)
    unfinished_restore.write(home, after)
    return after


def _address(target: Settings, place: Place, made: Manifest) -> str:
    """Of the database that will be used once the backup's settings are there."""
    entry = next((e for e in made.files if e.path == _TOML), None)
    if target.database_url is not None or entry is None:
        return target.database_address()
    try:
        found = tomllib.loads(b"".join(_checked(place, entry)).decode()).get("database_url")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        found = None  # it was so when the backup was made; the settings themselves will say it
    return str(found or target.database_address())


def _refuse_full_disk(home: Path, made: Manifest) -> None:
    there = next(p for p in (home, *home.absolute().parents) if p.exists())
    free = shutil.disk_usage(there).free
    if free < made.size * 2:  # the index is about as large as the lake
        raise BadInput(
            f"{free >> 20:,} MB are free", where="UNITE_HOME",
            expected=f"{made.size * 2 >> 20:,} MB for the backup and its index",
        )  # fmt: skip


def _copy(home: Path, place: Place, made: Manifest, tell: Callable[[str], None]) -> None:
    for number, entry in enumerate(made.files, 1):
        path = home / entry.path
        is_there = path.is_file() and path.stat().st_size == entry.size
        if entry.path == rows.PATH or is_there:  # it got its name when it was whole
            continue
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f".{path.name}.part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            for piece in _checked(place, entry):
                handle.write(piece)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(part, path)
        points.reached("restore-copied")
        if number % 1000 == 0:
            tell(f"{number:,} of {len(made.files):,} files")


def _checked(place: Place, entry: Entry) -> Iterator[bytes]:
    """The pieces of a file. Raises BackupDamaged where they are not those of the manifest."""
    digest = hashlib.sha256()
    for piece in place.open(entry):
        digest.update(piece)
        yield piece
    if digest.hexdigest() != entry.sha256:
        raise damaged(entry.path, "another than its backup says")


def _since(place: Place, made: Manifest, elsewhere: Sequence[Path]) -> pa.Table:
    """FORGOTTEN rows that are kept beside the backups, and elsewhere."""
    beside = place.forgotten()
    found = [] if beside is None else [_read_forgotten(beside)]
    found += [_known_elsewhere(place, made, path) for path in elsewhere]
    return pa.concat_tables([schema.FORGOTTEN.empty_table(), *found])


def _known_elsewhere(place: Place, made: Manifest, path: Path) -> pa.Table:
    """FORGOTTEN rows of the home that is replaced, or of a file beside other backups."""
    if (path / "lake" / "forgotten").is_dir():
        key = path / "keys" / "id.key"
        ours = [e.sha256 for e in made.files if e.path == "keys/id.key"]
        if key.exists() and ours != [hashlib.sha256(key.read_bytes()).hexdigest()]:
            raise BadInput(
                "this home is of another installation", where=path.name,
                expected="the home that the backup was made of",
            )  # fmt: skip
        lake = Lake(path / "lake")
        with lake.lock.shared():
            return lake.opened("forgotten").to_pyarrow_table().cast(schema.FORGOTTEN)
    found = Place(path.parent, place.secret).forgotten() if path.is_file() else None
    if found is not None:
        return _read_forgotten(found)
    raise BadInput(
        "nothing here says what was forgotten", where=path.name,
        expected="the home that is replaced, or the file `forgotten` of a folder of backups",
    )  # fmt: skip


def _read_forgotten(content: bytes) -> pa.Table:
    try:
        return pq.read_table(BytesIO(content)).cast(schema.FORGOTTEN)
    except (pa.ArrowException, OSError) as error:
        raise damaged("forgotten", "altered") from error
