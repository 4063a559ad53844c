"""Clocks and memory: a part runs in a process of its own, pinned to one core where it says so."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

import psutil

MB = 1 << 20


@dataclass
class Clock:
    """Seconds by name, of wall and of processor time; the most memory until its end, MB."""

    wall: dict[str, float] = field(default_factory=dict)
    peak_mb: dict[str, int] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.wall[name] = self.wall.get(name, 0) + time.perf_counter() - wall
            self.cpu[name] = self.cpu.get(name, 0) + time.process_time() - cpu
            self.peak_mb[name] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def one_core() -> None:
    """Pin this process to a single core: the figures are per core."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def times(call: Callable[[], object], rounds: int = 30) -> tuple[float, float]:
    """p50 and p95 of a call in milliseconds, after one round that does not count."""
    call()
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        found.append((time.perf_counter() - start) * 1000)
    return median(found), quantiles(found, n=20)[-1]


def alone(module: str, **arguments: Any) -> dict[str, Any]:
    """`module.measure(**arguments)` in a fresh process; adds the peak memory of its tree in MB."""
    code = (
        "import importlib, json, sys; "
        f"found = importlib.import_module({module!r}).measure(**json.loads(sys.argv[1])); "
        "print(json.dumps(found))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, json.dumps(arguments)], stdout=subprocess.PIPE, text=True
    )
    peak = _Peak(process.pid)
    out, _ = process.communicate()
    peak.stop()
    if process.returncode:
        raise SystemExit(f"{module} ended with {process.returncode}")
    result: dict[str, Any] = json.loads(out.splitlines()[-1])
    return result | {"peak_mb": round(peak.most / MB)}


class _Peak:
    """The most memory (proportional share) that a process and its children held together."""

    def __init__(self, pid: int) -> None:
        self.most = 0
        self._process = psutil.Process(pid)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            try:
                tree = [self._process, *self._process.children(recursive=True)]
                self.most = max(self.most, sum(p.memory_info().rss for p in tree))
            except psutil.Error:
                continue

    def stop(self) -> None:
        self._over.set()
        self._thread.join()
