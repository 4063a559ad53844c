"""Alerts that are not over: about sources, jobs and the disk, and of watch lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from monitor.sources.alerts import alerts
from monitor.watching import alerts as watch_alerts
from monitor.workspace import Workspace


def METRICS(workspace: Workspace) -> Iterator[Metric]:
    """Alerts by what is wrong, and whether somebody knows of them."""
    found = Counter((a.what, "open" if a.is_open else "known") for a in alerts(workspace.database))
    found["watch", "open"] = len(watch_alerts.alerts(workspace.database))
    gauge = GaugeMetricFamily(
        "unite_alerts",
        "Alerts that are not over: about sources, jobs, the disk, and of watch lists.",
        labels=("what", "state"),
    )
    for labels, count in found.items():
        gauge.add_metric(labels, count)
    yield gauge
