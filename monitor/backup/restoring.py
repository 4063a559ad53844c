"""Makes an installation again from a backup, in an empty place.

A mark stands in the home from the first file to the end, and keeps everybody else out: before it
goes, what was forgotten since the backup was made is forgotten again (DESIGN §4), what has been
kept long enough is dropped, and the index is built. Killed anywhere, it is run again.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from base import points
from base.errors import BadInput, UniteError
from base.time import now
from monitor import pipeline, settings, unfinished_restore, upgrading
from monitor.backup import BackupNewer, NotEmpty, rows
from monitor.backup.arriving import checked, copy
from monitor.backup.manifest import Manifest
from monitor.backup.place import Place, written
from monitor.backup.since import forgotten_since
from monitor.retention import retaining
from monitor.settings import Settings
from monitor.unfinished_restore import MARK, Mark
from monitor.workspace import Workspace
from store import pinned, schema, upkeep

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
    since = forgotten_since(place, made, forgotten)
    home = target.home
    mark = _begun(home, Mark(name, hashlib.sha256(made.to_bytes()).hexdigest()))
    if not (home / MARK).exists():
        _refuse_full_disk(home, made)
        _begin(target, mark, place, made)
    workspace = _opened(target)
    count = 0
    if mark.stage == "files":
        points.reached("restore-begun")
        copy(workspace, place, made, tell)
        mark = _next(home, mark, "database")
    if mark.stage == "database":
        points.reached("restore-database-begun")
        entry = next(e for e in made.files if e.path == rows.PATH)
        count = rows.load(workspace.closed_database, checked(place, entry))
        points.reached("restore-database-done")
        mark = _next(home, mark, "lake")
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
        for _ in checked(place, entry):
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


def _opened(target: Settings) -> Workspace:
    """With the settings of the backup, where the environment says nothing else."""
    given = {name: getattr(target, name) for name in target.model_fields_set}
    return Workspace(settings.load(**given), unfinished=True)


def _begin(target: Settings, mark: Mark, place: Place, made: Manifest) -> None:
    """Set the mark and bring the settings, which say where database and lake will be; undo both
    where something is there already. Raises NotEmpty, BadInput."""
    home = target.home
    is_new = not home.exists()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished_restore.write(home, mark)
    try:
        for entry in made.files:
            if entry.path == _TOML:
                written(home / _TOML, checked(place, entry))
        workspace = _opened(target)
        if workspace.has_database:
            rows.refuse_filled(workspace.closed_database)
        if workspace.settings.store_lake_url is not None and pinned.is_there(workspace.closed_lake):
            raise NotEmpty(
                "there is a lake already", where="UNITE_STORE_LAKE_URL",
                expected="a prefix of the bucket with nothing under it",
            )  # fmt: skip
    except UniteError:
        (home / _TOML).unlink(missing_ok=True)
        unfinished_restore.remove(home)
        if is_new:
            home.rmdir()
        raise


def _refuse_full_disk(home: Path, made: Manifest) -> None:
    there = next(p for p in (home, *home.absolute().parents) if p.exists())
    free = shutil.disk_usage(there).free
    if free < made.size * 2:  # the index is about as large as the lake
        raise BadInput(
            f"{free >> 20:,} MB are free", where="UNITE_HOME",
            expected=f"{made.size * 2 >> 20:,} MB for the backup and its index",
        )  # fmt: skip
