"""The index: whether it answers, and when what answers was brought up to date.

Compare with `unite_lake_changed_timestamp_seconds`: an index is late where the lake is newer.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from monitor.workspace import Workspace
from store.index import IndexMissing


def METRICS(workspace: Workspace) -> Iterator[Metric]:
    """The moment of the generation that answers; none where nothing was built yet."""
    try:
        built = workspace.index.built()
    except IndexMissing:
        return
    yield GaugeMetricFamily(
        "unite_index_built_timestamp_seconds", "When the index that answers was built.",
        value=built.timestamp(),
    )  # fmt: skip
