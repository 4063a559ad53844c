"""The folder that backups lie in: what is new is added, what no backup needs any more goes.

folder/
  unite-backup.json            what it is sealed with (no secret; `opening.py`)
  data/<2>/<name>              sealed files, named by a keyed hash of path and content
  sets/<moment>.set            a backup: its sealed manifest; it counts once this is there
  sets/<moment>.list           the names its files have, for whoever cannot open the manifest
  forgotten                    the newest list of what must not come back, sealed
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from base import points
from monitor.backup import BackupSealed, manifest
from monitor.backup.manifest import Entry, Manifest
from monitor.backup.sealing import Opener, damaged, seal, size_of, unseal
from monitor.backup.secrets import Recipient, Secret
from store.lock import exclusive

FORGOTTEN = "forgotten"
LONGEST_KEPT = timedelta(days=30)  # what was forgotten since lies in it: no backup is older
_MOMENT = "%Y%m%dT%H%M%S.%fZ"


class Place:
    """One folder of backups. secret: what it is sealed with; of a Recipient nothing is opened."""

    def __init__(self, folder: Path, secret: Secret) -> None:
        self.folder = folder
        self.secret = secret

    # --- writing -----------------------------------------------------------------------

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One backup at a time into this folder; others wait."""
        with exclusive(self.folder / ".lock"):
            yield

    def has(self, name: str, size: int) -> bool:
        """Whether a file of `size` bytes, sealed, is here whole."""
        try:
            return self._data(name).stat().st_size == size_of(size)
        except OSError:
            return False

    def put(self, name: str, plain: Iterable[bytes]) -> None:
        """Seal a file of data under this name."""
        self._write(self._data(name), name, plain)

    def add(self, made: Manifest) -> str:
        """Make a backup of files that are all here; its name."""
        name = made.made.astimezone(UTC).strftime(_MOMENT)
        sets = self.folder / "sets"
        written(sets / f"{name}.list", [_list_of(made)])
        points.reached("backup-listed")
        self._write(sets / f"{name}.set", name, [made.to_bytes()])
        points.reached("backup-made")
        return name

    def put_forgotten(self, rows: bytes) -> None:
        """Replace the newest list of what must not come back."""
        self._write(self.folder / FORGOTTEN, FORGOTTEN, [rows])

    def sweep(self, keep: int, at: datetime) -> int:
        """Drop all backups but the `keep` newest, and files no backup names; how many went."""
        names = self.names()
        oldest = (at - LONGEST_KEPT).astimezone(UTC).strftime(_MOMENT)
        kept = [n for n in names[-keep:] if n >= oldest or n == names[-1]]
        for name in set(names) - set(kept):
            (self.folder / "sets" / f"{name}.set").unlink()
        points.reached("backup-dropped")
        wanted = {
            data for name in kept for data in self._listed(name).decode("ascii", "replace").split()
        }
        gone = 0
        for path in [*self.folder.glob("data/*/*"), *self.folder.glob("sets/*")]:
            is_kept = path.stem in kept if path.parent.name == "sets" else path.name in wanted
            if not is_kept:
                path.unlink()
                gone += path.parent.name != "sets"
        return gone

    # --- reading -----------------------------------------------------------------------

    def names(self) -> list[str]:
        """The backups here, the oldest first."""
        return sorted(path.stem for path in self.folder.glob("sets/*.set"))

    def manifest(self, name: str) -> Manifest:
        """One backup. Raises BackupDamaged where its list is another than its manifest."""
        where = f"sets/{name}.set"
        found = manifest.read(b"".join(self._opened(self.folder / where, name)), where)
        if self._listed(name) != _list_of(found):
            raise damaged(f"sets/{name}.list", "altered")
        return found

    def check_sizes(self, made: Manifest) -> None:
        """Raises BackupDamaged for the first file that is missing, or shorter or longer."""
        for entry in made.files:
            path = self._data(entry.name)
            if not path.is_file():
                raise damaged(self._told(path), f"missing ({entry.path})")
            if path.stat().st_size != size_of(entry.size):
                raise damaged(self._told(path), f"cut short or altered ({entry.path})")

    def open(self, entry: Entry) -> Iterator[bytes]:
        """A file's content. Raises BackupDamaged, at the latest after the last piece."""
        return self._opened(self._data(entry.name), entry.name)

    def forgotten(self) -> bytes | None:
        """The newest list of what must not come back, where one was put here."""
        path = self.folder / FORGOTTEN
        return b"".join(self._opened(path, FORGOTTEN)) if path.exists() else None

    def _opened(self, path: Path, name: str) -> Iterator[bytes]:
        where = self._told(path)
        try:
            with path.open("rb") as handle:
                yield from unseal(name, handle, self._opener(), where)
        except OSError as error:
            raise damaged(where, f"not to be read ({error.strerror})") from error

    def _opener(self) -> Opener:
        if isinstance(self.secret, Recipient):
            raise BackupSealed(
                "a backup for a key can only be opened with its secret half",
                expected="--key FILE, made by `unite backup --new-key`",
            )
        return self.secret

    def _listed(self, name: str) -> bytes:
        where = f"sets/{name}.list"
        try:
            return (self.folder / where).read_bytes()
        except OSError as error:
            raise damaged(where, f"not to be read ({error.strerror})") from error

    def _data(self, name: str) -> Path:
        return self.folder / "data" / name[:2] / name

    def _told(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _write(self, path: Path, name: str, plain: Iterable[bytes]) -> None:
        written(path, seal(name, plain, self.secret))


def _list_of(made: Manifest) -> bytes:
    return "".join(f"{entry.name}\n" for entry in made.files).encode()


def written(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file aside, mode 0600, on the disk before it gets its name."""
    for parent in reversed([p for p in path.parents if not p.exists()]):  # each gets the mode
        parent.mkdir(exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.part")  # hidden: in no backup of the home
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        for piece in parts:
            handle.write(piece)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(part, path)
