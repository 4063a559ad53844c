"""Lines that this server logged, by level: errors of the program are among them."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, Metric

from base import log
from monitor.workspace import Workspace


def METRICS(_: Workspace) -> Iterator[Metric]:
    """Lines by level, since this process began."""
    counter = CounterMetricFamily(
        "unite_log_lines", "Lines of this server's log.", labels=("level",)
    )
    for level in ("warning", "error", "critical"):
        counter.add_metric((level,), log.written[level])
    yield counter
