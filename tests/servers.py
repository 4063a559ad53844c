"""Real servers for tests: an address from the environment, an installed binary, else a skip.

On the build server a skip is a failure (tests/conftest.py).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL with an empty database, as psycopg takes it."""
    given = os.environ.get("UNITE_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    binaries = _postgres_binaries()
    if binaries is None:
        pytest.skip("needs PostgreSQL: UNITE_TEST_POSTGRES_URL, or apt install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="unite-pg-"))
    user = _somebody_else(folder)
    port = free_port()
    data = folder / "data"
    try:
        _as(user, binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust",
            "-E", "UTF8", "--locale=C.UTF-8")  # fmt: skip
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} "
            "-c fsync=off"
        )
        _as(user, binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options,
            "start")  # fmt: skip
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        _as(user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _postgres_binaries() -> Path | None:
    if found := shutil.which("initdb"):
        return Path(found).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else None


def _somebody_else(folder: Path) -> str | None:
    """PostgreSQL refuses root: the user it runs as, None for ourselves."""
    if os.getuid() != 0:
        return None
    shutil.chown(folder, "postgres")
    folder.chmod(0o700)
    return "postgres"


def _as(user: str | None, *command: object, check: bool = True) -> None:
    words = [str(c) for c in command]
    if user is not None:
        words = ["runuser", "-u", user, "--", *words]
    subprocess.run(words, check=check, capture_output=True, cwd="/")
