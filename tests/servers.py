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
from elastic_server import Cluster, own_server, shared_server
from shared import SHARED


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL of this machine that a test may stop, start and break."""

    binaries: Path
    folder: Path
    port: int
    user: str | None

    @property
    def address(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 "
            f"-c unix_socket_directories={self.folder} -c fsync=off"
        )
        self.control("-w", "-l", self.folder / "log", "-o", options, "start")

    def restart(self) -> None:
        self.control("-m", "fast", "-w", "stop")
        self.start()

    def stop(self) -> None:
        self.control("-m", "immediate", "stop", check=False)

    def control(self, *words: object, check: bool = True) -> None:
        """`pg_ctl` on the server's folder."""
        self.program("pg_ctl", "-D", self.data, *words, check=check)

    def program(self, name: str, *words: object, check: bool = True) -> None:
        """A program of PostgreSQL, as the server's own user."""
        _as(self.user, self.binaries / name, *words, check=check)


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL with an empty database, as psycopg takes it."""
    given = os.environ.get("UNITE_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with own_postgres() as server:
        yield server.address


@contextmanager
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that nobody else uses."""
    binaries = _postgres_binaries()
    if binaries is None:
        pytest.skip("needs PostgreSQL: UNITE_TEST_POSTGRES_URL, or apt install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="unite-pg-"))
    server = Postgres(binaries, folder, free_port(), _somebody_else(folder))
    try:
        server.program("initdb", "-D", server.data, "-U", "postgres", "-A", "trust",
                       "-E", "UTF8", "--locale=C.UTF-8")  # fmt: skip
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def elasticsearch() -> Iterator[str]:
    """The address of an Elasticsearch that other tests use too: each takes names of its own."""
    given = os.environ.get("UNITE_TEST_ELASTICSEARCH_URL")
    if given:
        yield given
        return
    with shared_server(_elasticsearch_tools(), free_port) as address:
        yield address


@contextmanager
def own_elasticsearch(nodes: int = 1) -> Iterator[Cluster]:
    """An Elasticsearch of one test alone, which it may kill: never one that was given."""
    with own_server(_elasticsearch_tools(), free_port, nodes) as cluster:
        yield cluster


def _elasticsearch_tools() -> Path:
    tools = SHARED / "tools"
    if not (tools / "elasticsearch-up").is_file():
        pytest.skip(
            "needs Elasticsearch 9: UNITE_TEST_ELASTICSEARCH_URL, or elasticsearch-up in "
            "../shared/tools"
        )
    return tools


def spark() -> Path:
    """The Python of Spark's own environment, as scripts/setup-spark.sh makes it."""
    default = Path(__file__).resolve().parent.parent / ".venv-spark" / "bin" / "python"
    python = Path(os.environ.get("UNITE_TEST_SPARK_PYTHON") or default)
    archives = list(python.parent.parent.glob("delta/delta-s*.jar"))
    if not python.exists() or len(archives) < 2:
        pytest.skip("needs Spark: sh scripts/setup-spark.sh, or UNITE_TEST_SPARK_PYTHON")
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
        return Path(found).resolve().parent  # the link may stand alone
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
