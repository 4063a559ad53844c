"""A real object store for tests: versitygw over a folder (scripts/test-object-store.sh).

A session has one; each test has its own bucket, whose bytes can be looked at on the disk.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen
from uuid import uuid4

import pytest
from databases import Databases
from servers import free_port

from store.lake import Lake
from store.place import Bucket
from store.shared_lock import SharedLock

_VERSION = "v1.8.0"
KEY_ID, KEY = "test", "ein-geheimer-schluessel"


@dataclass(frozen=True)
class ObjectStore:
    """A store that runs. folder: one folder a bucket, an object's bytes in a file."""

    endpoint: str
    folder: Path

    def bucket(self) -> Bucket:
        """A prefix of a new bucket."""
        name = f"lake-{uuid4().hex[:8]}"
        (self.folder / name).mkdir()
        return Bucket(f"s3://{name}/a/lake", self.endpoint, "us-east-1", KEY_ID, KEY, True)

    def everything(self, bucket: Bucket) -> Path:
        """The folder of all that is kept of a bucket, also what its owner cannot list."""
        return self.folder / bucket.path.partition("/")[0]


def _binary() -> Path | None:
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    built = Path(cache, "uniteeurope", f"versitygw-{_VERSION}", "versitygw")
    found = shutil.which("versitygw")
    return built if built.exists() else Path(found) if found else None


@contextmanager
def running() -> Iterator[ObjectStore]:
    """A store until the end of the block."""
    binary = _binary()
    if binary is None:
        pytest.skip("needs versitygw: sh scripts/test-object-store.sh (needs Go)")
    folder = Path(tempfile.mkdtemp(prefix="unite-s3-"))
    (folder / "buckets").mkdir()
    port = free_port()
    environment = os.environ | {"ROOT_ACCESS_KEY": KEY_ID, "ROOT_SECRET_KEY": KEY}
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [binary, "--port", f"127.0.0.1:{port}", "posix", folder / "buckets"],
            stdout=log, stderr=log, env=environment,
        ) as process,
    ):  # fmt: skip
        try:
            _wait(f"http://127.0.0.1:{port}/", process)
            yield ObjectStore(f"http://127.0.0.1:{port}", folder / "buckets")
        finally:
            process.kill()
    shutil.rmtree(folder, ignore_errors=True)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "versitygw ended"
        try:
            urlopen(url, timeout=5).close()
        except HTTPError:
            return  # it wants a key: it is there
        except (URLError, OSError):
            time.sleep(0.05)
        else:
            return
    raise AssertionError("versitygw does not answer")


@dataclass(frozen=True)
class LakePlace:
    """Where a test's lake is; a process of its own opens it too."""

    place: Path | Bucket
    folder: Path
    database: str | None = None

    def lake(self) -> Lake:
        """The lake as one process opens it."""
        if isinstance(self.place, Path):
            return Lake(self.place)
        assert self.database is not None
        return Lake(self.place, SharedLock(self.place.url, self.database))

    def files(self, pattern: str = "*") -> list[Path]:
        """The files of all that is kept."""
        return [path for path in self.folder.rglob(pattern) if path.is_file()]

    def bytes(self, pattern: str = "*") -> bytes:
        return b"".join(path.read_bytes() for path in self.files(pattern))

    def leave(self, path: str, content: bytes) -> Path:
        """Put a file under the lake, as a killed writer leaves one."""
        prefix = "" if isinstance(self.place, Path) else self.place.path.partition("/")[2]
        left = self.folder / prefix / path
        left.parent.mkdir(parents=True, exist_ok=True)
        left.write_bytes(content)
        return left


@pytest.fixture(scope="session")
def object_store() -> Iterator[ObjectStore]:
    with running() as found:
        yield found


@pytest.fixture(params=[
    pytest.param("folder"), pytest.param("bucket", marks=pytest.mark.server),
])  # fmt: skip
def lake_place(request: pytest.FixtureRequest, tmp_path: Path) -> LakePlace:
    """A lake in a folder, and once more in a bucket with its lock in PostgreSQL."""
    if request.param == "folder":
        return LakePlace(tmp_path / "lake", tmp_path / "lake")
    return in_bucket(request)


@pytest.fixture
def bucket_place(request: pytest.FixtureRequest) -> LakePlace:
    """A lake in a bucket."""
    return in_bucket(request)


def in_bucket(request: pytest.FixtureRequest) -> LakePlace:
    store: ObjectStore = request.getfixturevalue("object_store")
    databases: Databases = request.getfixturevalue("postgres_databases")
    bucket = store.bucket()
    address = databases.server.render_as_string(hide_password=False)
    return LakePlace(bucket, store.everything(bucket), address)
