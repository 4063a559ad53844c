"""Real servers for tests: an address from the environment, an installed binary, else a skip.

On the build server a skip is a failure (tests/conftest.py).
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


def spark() -> Path:
    """The Python of Spark's own environment, as scripts/spark.sh makes it."""
    default = Path(__file__).resolve().parent.parent / ".venv-spark" / "bin" / "python"
    python = Path(os.environ.get("UNITE_TEST_SPARK_PYTHON") or default)
    archives = list(python.parent.parent.glob("delta/delta-s*.jar"))
    if not python.exists() or len(archives) < 2:
        pytest.skip("needs Spark: sh scripts/spark.sh, or UNITE_TEST_SPARK_PYTHON")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("needs Spark's Java: apt install openjdk-17-jre-headless")
    return python


@dataclass(frozen=True)
class BlueskyNetwork:
    """Addresses of a network without a post: where accounts live, and where posts are read."""

    pds: str
    appview: str


@contextmanager
def bluesky() -> Iterator[BlueskyNetwork]:
    """A whole Bluesky network of this machine, as scripts/test-network.sh installs it."""
    folder = bluesky_folder()
    node, redis = shutil.which("node"), shutil.which("redis-server")
    if node is None or redis is None or not (folder / "node_modules/@atproto/dev-env").is_dir():
        pytest.skip(
            f"needs a Bluesky network: node, redis-server and @atproto/dev-env in {folder} "
            "(make network, or UNITE_TEST_BLUESKY_FOLDER)"
        )
    with postgres() as address, _redis(redis) as cache:
        plain = address.replace("postgresql+psycopg://", "postgresql://")
        script = Path(__file__).parent / "network" / "bluesky.cjs"
        environment = os.environ | {
            "DB_POSTGRES_URL": plain, "REDIS_HOST": cache, "LOG_ENABLED": "false",
        }  # fmt: skip
        with tempfile.TemporaryFile() as said, subprocess.Popen(
            [node, str(script), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=said, env=environment, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            line = process.stdout.readline()
            try:
                if not line.startswith("{"):
                    said.seek(0)
                    pytest.fail(f"the Bluesky network did not start: {said.read()[-1500:]!r}")
                yield BlueskyNetwork(**json.loads(line))
            finally:
                process.kill()


def bluesky_folder() -> Path:
    """Where the network's packages are kept between runs."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    default = str(Path(cache, "uniteeurope", "bluesky-network"))
    return Path(os.environ.get("UNITE_TEST_BLUESKY_FOLDER") or default)


@contextmanager
def _redis(binary: str) -> Iterator[str]:
    port = free_port()
    with subprocess.Popen(
        [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--daemonize", "no"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tempfile.gettempdir(),
    ) as process:  # fmt: skip
        try:
            yield f"127.0.0.1:{port}"
        finally:
            process.kill()


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
