"""`unite run` as a process: the pages answer, what is due is done, a kill loses nothing."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from proxy_host import Proxy
from test_cli_run import environment, purpose, unite
from test_collect_process import KEY_FREE, POSTS, sources, web
from test_http_host import Ask

from monitor.jobs.table import Run, Table
from monitor.settings import Settings
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
_PATIENCE = 120.0


@contextmanager
def started(home: Path, env: Mapping[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`unite run`, and the address it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor.cli.main", "run", "--port", "0"],
        env=environment(home, **env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        yield process, found.group()
    finally:
        process.kill()
        process.communicate()


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; the machine may be slow, but not for ever."""
    ends = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < ends, "it did not come about"
        time.sleep(0.05)


def closed(proxy: Proxy) -> tuple[threading.Event, threading.Event]:
    """The last source answers only once the second event is set; the first: it was asked."""
    last = [s for s in sources() if s.platform in KEY_FREE][-1]
    host = proxy.names[last.address.split("/")[2]]
    asked, gate = threading.Event(), threading.Event()

    def held(answer: Callable[[Ask], None]) -> Callable[[Ask], None]:
        def wait(ask: Ask) -> None:
            asked.set()
            gate.wait(_PATIENCE)
            answer(ask)

        return wait

    host.ways = {path: held(answer) for path, answer in host.ways.items()}
    return asked, gate


def test_a_run_serves_collects_and_after_a_kill_neither_loses_nor_doubles(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert purpose(home, "study", "wien").code == 0
    with web(tmp_path) as (proxy, certificate):
        env = {
            **proxy.environment(certificate), "UNITE_MONITOR_PURPOSE": "study",
            "UNITE_MONITOR_EVALUATE_DAYS": "0", "UNITE_MONITOR_RECHECK_MINUTES": "0",
        }  # fmt: skip
        asked, gate = closed(proxy)
        with started(home, env) as (first, address):
            until(asked.is_set)  # all but one source of the city was brought in
            with httpx.Client(follow_redirects=True) as browser:  # while the collection is at work
                assert browser.get(address).status_code == 200
            other = unite(home, "run", "--port", "0")
            assert other.code == 1
            assert "`unite run` runs in this home already" in other.err
            busy = unite(home, "job", "run", "collect", "wien", env=env)
            assert "the job collect wien is running already" in busy.err
            assert "running" in unite(home, "job", "list", "collect", env=env).out
            first.send_signal(signal.SIGKILL)
            first.wait()
        gate.set()
        workspace = Workspace(Settings(home=home))
        table = Table(workspace.database)

        def last(name: str, part: str) -> Run | None:
            return table.last_runs().get((name, part))

        broken = last("collect", "wien")
        assert broken is not None
        assert broken.ended is None
        kept = workspace.lake.read("posts", ["id"]).num_rows
        with started(home, env) as (second, _):
            until(lambda: (r := last("collect", "wien")) is not None and r.ended is not None)
            until(lambda: workspace.has("index") and (r := last("index", "-")) is not None
                  and r.ended is not None and last("alerts", "-") is not None)  # fmt: skip
            second.send_signal(signal.SIGTERM)
            assert second.wait(_PATIENCE) == 0
    done = last("collect", "wien")
    assert done is not None
    assert (done.error, done.counts["failed"], done.who) == (None, 0, "clock")
    assert [r.ended is None for r in table.runs("collect", "wien")] == [False, True]
    ids = workspace.lake.read("posts", ["id"])["id"].to_pylist()
    free = [s for s in sources() if s.platform in KEY_FREE]
    assert len(ids) == len(set(ids)) == POSTS * len(free)
    assert 0 < kept < len(ids)
    assert done.counts["new"] == len(ids) - kept
    said = unite(home, "job", "list", "--runs", env=env).out
    assert "not ended" in said


def test_a_disk_quota_pauses_collecting_as_a_gap_and_is_told(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert purpose(home, "study", "wien").code == 0
    env = {"UNITE_MONITOR_PURPOSE": "study", "UNITE_MONITOR_DISK_GB": "0.00001"}
    said = unite(home, "job", "run", "collect", "wien", env=env)
    assert said.code == 1
    assert "the disk is full" in said.err
    workspace = Workspace(Settings(home=home))
    gaps = workspace.lake.read("windows", ["source", "reason"]).to_pylist()
    assert {g["source"] for g in gaps} == {s.code for s in sources()}
    assert {g["reason"] for g in gaps} == {"the disk is full"}
    assert unite(home, "job", "run", "retain", env=env).code == 0
    assert unite(home, "job", "run", "alerts", env=env).code == 0
    alerts = unite(home, "alert", "list", env=env).out
    assert "collecting pauses" in alerts
    doctor = unite(home, "doctor", env=env).out
    assert re.search(r"look +disk .*the disk is full", doctor)
    free = {**env, "UNITE_MONITOR_DISK_GB": "100", "UNITE_MONITOR_FREE_GB": "0"}
    assert unite(home, "job", "run", "alerts", env=free).code == 0
    assert "collecting pauses" not in unite(home, "alert", "list", env=free).out


@pytest.mark.parametrize(
    ("used", "free", "short", "full"),
    [(79, 50, False, False), (80, 50, True, False), (99, 50, True, False), (100, 50, True, True),
     (10, 9, True, False), (10, 4, True, True)],
)  # fmt: skip
def test_a_warning_comes_before_the_end(used: int, free: int, short: bool, full: bool) -> None:
    from monitor.disk import Room

    room = Room(used, free, quota=100, least=10)
    assert (room.is_short, room.is_full) == (short, full)
    endless = Room(used, free, quota=None, least=10)
    assert endless.is_full == (free < 5)


def test_no_part_of_the_clock_outlives_it(tmp_path: Path) -> None:
    """The worker ends with the one who started it, be that killed."""
    code = (
        "import time; from monitor.jobs import child; b = child.begin(); "
        "print('what a library says'); b.tell('ready'); time.sleep(600)"
    )
    parent = (
        "import os, subprocess, sys; "
        f"c = subprocess.Popen([sys.executable, '-c', {code!r}], stdin=-1, stdout=-1); "
        "assert c.stdout.readline() == b'ready\\n'; "
        "print(c.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", parent], env=environment(tmp_path),
                          stdout=subprocess.PIPE, text=True, check=False)  # fmt: skip
    pid = int(done.stdout)

    def is_gone() -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
        except FileNotFoundError:
            return True

    until(is_gone)
    assert done.returncode == -signal.SIGKILL
