"""The disk under UNITE_HOME."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from monitor.disk import room
from monitor.workspace import Workspace


def METRICS(workspace: Workspace) -> Iterator[Metric]:
    """Bytes that the home takes, may take, and that are free beside it."""
    found = room(workspace.settings)
    yield GaugeMetricFamily(
        "unite_disk_used_bytes", "Bytes that UNITE_HOME takes.", value=found.used
    )
    yield GaugeMetricFamily(
        "unite_disk_free_bytes", "Free bytes where UNITE_HOME lies.", value=found.free
    )
    if found.quota is not None:
        yield GaugeMetricFamily(
            "unite_disk_quota_bytes", "Bytes that UNITE_HOME may take.", value=found.quota
        )
