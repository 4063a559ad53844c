"""A process that follows a stream is ended by a signal, or killed anywhere: nothing is lost."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import follow_job
import pytest
from test_kill import finish
from warm import Job

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "unit"))

from jetstream import Jetstream, commit, streaming

pytestmark = pytest.mark.unit
TEXT = "Bericht Nummer {} aus Wien: neue Wohnungen für Geflüchtete."
EVENTS = [commit(n, TEXT.format(n) if n % 3 else "nowhere", who=f"j{n % 5}") for n in range(90)]
EVENTS += [commit(90 + n, operation="delete", key=n, who=f"j{n % 5}") for n in range(1, 20)]
LEFT = sorted(TEXT.format(n) for n in range(90) if n % 3 and not 1 <= n < 20)


def start(home: Path, server: Jetstream, kill_at: str = "") -> Job:
    return Job(follow_job.run, home, server.address, 0.2, kill_at=kill_at)


def texts(home: Path, server: Jetstream) -> list[str]:
    lake = follow_job.workspace(home, server.address).lake
    return sorted(lake.read("posts", ["text"])["text"].to_pylist())


def ended(home: Path, server: Jetstream, job: Job) -> int:
    """Wait until all is there, then ask for the end as a service manager does."""
    deadline = time.monotonic() + 100
    while time.monotonic() < deadline and job.process.is_alive():
        if (home / "lake").exists() and server.sent >= len(EVENTS) and texts(home, server) == LEFT:
            break
        time.sleep(0.2)
    job.process.terminate()
    return finish(job)


@pytest.fixture
def served() -> Iterator[Jetstream]:
    # in several parts, each brought in by itself
    with streaming(events=list(EVENTS), on_send=lambda _: time.sleep(0.02)) as server:
        yield server


@pytest.mark.parametrize(
    "point",
    ["posts-merged:2", "cursor-committed:1", "forgotten-recorded:1"],
)
def test_killed_anywhere_it_goes_on_and_ends_when_it_is_asked_to(
    tmp_path: Path, served: Jetstream, point: str
) -> None:
    home = tmp_path / "home"
    assert finish(start(home, served, point)) == -signal.SIGKILL
    assert ended(home, served, start(home, served)) == 0
    assert texts(home, served) == LEFT
    lake = follow_job.workspace(home, served.address).lake
    ids = lake.read("posts", ["id"])["id"].to_pylist()
    assert len(ids) == len(set(ids))
