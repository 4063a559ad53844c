"""The disk under UNITE_HOME."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from monitor.workspace import Workspace


def METRICS(workspace: Workspace) -> Iterator[Metric]:
    """Bytes of the file system that are free, and there are."""
    disk = shutil.disk_usage(workspace.home)
    yield GaugeMetricFamily(
        "unite_disk_free_bytes", "Free bytes where UNITE_HOME lies.", value=disk.free
    )
    yield GaugeMetricFamily(
        "unite_disk_bytes", "Bytes of the file system where UNITE_HOME lies.", value=disk.total
    )
