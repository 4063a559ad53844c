"""One scrape: every part's metrics, worked out at most every 15 seconds, in a registry of its own.

A part that fails is left out and told as failed; the others stand. Whoever asks meanwhile gets
what was worked out before, so that no number of scrapers makes more work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from base import log
from base.foreign_log import origin
from monitor.workspace import Workspace

KEPT = 15.0  # seconds
Part = Callable[[Workspace], Iterator[Metric]]


@cache
def parts() -> Mapping[str, Part]:
    """Every part there is, by name."""
    names = sorted(p.stem for p in (Path(__file__).parent / "parts").glob("[!_]*.py"))
    return {name: import_module(f"monitor.metrics.parts.{name}").METRICS for name in names}


class Scrape:
    """The metrics of one installation and one server; safe for many threads.

    registry: where the server registers what it measures itself.
    """

    def __init__(self, workspace: Workspace, clock: Callable[[], float] = time.monotonic) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Parts(workspace, clock))

    def text(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self.registry)


class _Parts(Collector):
    def __init__(self, workspace: Workspace, clock: Callable[[], float]) -> None:
        self._workspace = workspace
        self._clock = clock
        self._lock = threading.Lock()
        self._found: list[Metric] = []
        self._at: float | None = None

    def describe(self) -> list[Metric]:
        """Nothing: what there is, is known only by working it out."""
        return []

    def collect(self) -> list[Metric]:
        """The parts' metrics, not older than KEPT."""
        with self._lock:
            if self._at is None or self._clock() - self._at >= KEPT:
                self._found = self._work_out()
                self._at = self._clock()
            return self._found

    def _work_out(self) -> list[Metric]:
        found: list[Metric] = []
        took = GaugeMetricFamily(
            "unite_scrape_seconds", "How long a part of this page took.", labels=("part",)
        )
        failed = GaugeMetricFamily(
            "unite_scrape_failed", "1 where a part could not be told.", labels=("part",)
        )
        for name, metrics in parts().items():
            began = time.perf_counter()
            try:
                found += metrics(self._workspace)
                failed.add_metric((name,), 0)
            except Exception as error:  # of whatever library: the other parts still stand
                told = origin(error)
                log.event("metrics", "part_failed", level="warning", part=name,
                          kind=told.kind, places=told.places)  # fmt: skip
                failed.add_metric((name,), 1)
            took.add_metric((name,), time.perf_counter() - began)
        return [*found, took, failed]
