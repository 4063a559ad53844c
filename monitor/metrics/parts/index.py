"""The index: whether it answers, and how many months of cities it does not hold as the lake does.

Compare with `unite_lake_changed_timestamp_seconds`: behind for longer than a catch-up takes is
late.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from monitor.workspace import Workspace
from store.index import IndexMissing
from store.snapshot import snapshot


def METRICS(workspace: Workspace) -> Iterator[Metric]:
    """Whether it was built, and months of it that must be brought up to date."""
    found = snapshot(workspace.lake)
    try:
        behind, is_built = workspace.index.standing(found).behind, True
    except IndexMissing:
        behind, is_built = len(found.months), False
    yield GaugeMetricFamily(
        "unite_index_built", "Whether there is an index that answers.", value=is_built
    )
    yield GaugeMetricFamily(
        "unite_index_behind_months", "Months that the index does not hold as the lake does.",
        value=behind,
    )  # fmt: skip
