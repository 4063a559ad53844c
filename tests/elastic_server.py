"""One real Elasticsearch for all tests of a checkout, however many processes run them.

Who uses it holds a shared lock on `users` for as long; the kernel takes the lock from a process
that is killed. So whoever gets that lock alone knows that nobody uses the server: the last to
leave stops it, and the first to come clears away what a killed run left. Servers of others are
never touched: ours stands in a folder of its own, and elasticsearch-down ends only that one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

_HERE = Path(__file__).parent
_HIGHEST_PORT = 64_000  # elasticsearch-up takes the port a hundred above, too
_OWN_HEAP = "512m"
_AT_ONCE = 50  # names in one address, which the server wants short
_TRIES = 3  # a port that was free may be taken a moment later
_TOOL_MISSING, _PORT_TAKEN = 2, 3  # exit codes of elasticsearch-up


@contextmanager
def shared_server(tools: Path, free_port: Callable[[], int]) -> Iterator[str]:
    """The address of the server, which is started if nobody did so yet.

    tools: folder of elasticsearch-up and -down. Skips by name where what the server needs
    (Java, Maven) is not installed.
    """
    folder = _folder()
    with (folder / "users").open("a") as users, (folder / "lock").open("a") as lock:
        with _alone(lock):
            if _is_last(users):
                _stop(tools, folder)
                address = _start(tools, folder, free_port)
                (folder / "address").write_text(address)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield (folder / "address").read_text()
        finally:
            with _alone(lock):
                if _is_last(users):
                    _stop(tools, folder)


@dataclass(frozen=True)
class Cluster:
    """A server of one test alone, to be killed. urls: of its nodes, in their order."""

    tools: Path
    folder: Path
    urls: tuple[str, ...]

    def kill(self, node: int | None = None) -> None:
        """As a power cut does: one node (from 1 on), or all."""
        words = () if node is None else ("--node", str(node))
        _run(self.folder, self.tools / "elasticsearch-down", *self._port(), "--kill", *words)

    def restart(self) -> None:
        """With the data that it had."""
        count = str(len(self.urls))
        done = _run(self.folder, self.tools / "elasticsearch-up", *self._port(), "--nodes", count,
                    "--heap", _OWN_HEAP, "--keep")  # fmt: skip
        assert done.returncode == 0, done.stderr

    def _port(self) -> tuple[str, str]:
        return "--port", (self.folder / "port").read_text()


@contextmanager
def own_server(tools: Path, free_port: Callable[[], int], nodes: int = 1) -> Iterator[Cluster]:
    """A server that no other test uses. Skips as `shared_server` does."""
    folder = Path(tempfile.mkdtemp(prefix="unite-test-cluster-"))
    folder.chmod(0o755)
    try:
        options = ("--nodes", str(nodes), "--heap", _OWN_HEAP)
        urls = _start(tools, folder, free_port, *options)
        yield Cluster(tools, folder, tuple(urls.split(",")))
    finally:
        _stop(tools, folder)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_name(address: str) -> Iterator[str]:
    """A prefix of names that nobody else has; what bears it is deleted at the end."""
    name = f"test-{secrets.token_hex(6)}"
    yield name
    from elasticsearch import Elasticsearch  # half a second, which only its tests pay

    with Elasticsearch(address) as client:
        indices = list(client.indices.get(index=f"{name}*"))
        for start in range(0, len(indices), _AT_ONCE):
            client.indices.delete(index=indices[start : start + _AT_ONCE])
        client.options(ignore_status=404).indices.delete_index_template(name=f"{name}*")
        client.options(ignore_status=404).cluster.delete_component_template(name=f"{name}*")


def _folder() -> Path:
    """Neither the checkout nor pytest's own: the user who runs the server must be let in."""
    place = hashlib.sha256(str(_HERE).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir(), f"unite-test-elasticsearch-{os.getuid()}-{place}")
    folder.mkdir(exist_ok=True, mode=0o755)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        pytest.fail(f"{folder} belongs to somebody else")
    return folder


@contextmanager
def _alone(lock: IO[str]) -> Iterator[None]:
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)


def _is_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start(tools: Path, folder: Path, free_port: Callable[[], int], *options: str) -> str:
    said = ""
    for _ in range(_TRIES):
        while (port := free_port()) > _HIGHEST_PORT:
            pass
        (folder / "port").write_text(str(port))
        done = _run(folder, tools / "elasticsearch-up", "--port", str(port), *options)
        said = done.stderr.strip()
        if done.returncode == 0:
            return done.stdout.strip()
        if done.returncode == _TOOL_MISSING:
            pytest.skip(f"needs Elasticsearch: {said} (or set UNITE_TEST_ELASTICSEARCH_URL)")
        if done.returncode != _PORT_TAKEN:
            break
    pytest.fail(f"Elasticsearch did not start: {said}")


def _stop(tools: Path, folder: Path) -> None:
    port = folder / "port"
    if port.exists():
        _run(folder, tools / "elasticsearch-down", "--port", port.read_text(), "--kill", "--wipe")
        port.unlink()


def _run(folder: Path, *command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(c) for c in command], env=os.environ | {"UNITE_RUN": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
