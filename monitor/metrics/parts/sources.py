"""Lag and items, by home and platform: a series a source would be thousands of series.

A platform of a city is as late as its latest listed source; which one that is, says the page of
health and `unite alert list`. Items count over all windows, so that they only grow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow.compute as pc
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from base.time import now
from monitor import demo
from monitor.workspace import Workspace

_LABELS = ("home", "platform")
_ITEMS = {
    "fetched": "Items that platforms gave.",
    "unmapped": "Items that could not be read; they are in quarantine.",
    "dropped": "Items tied to no city, or never to be collected.",
}
Key = tuple[str, str]


def METRICS(workspace: Workspace) -> Iterator[Metric]:
    """Seconds since the end of the newest window, sources by whether they were looked at, items."""
    looked = _looked(workspace)
    platforms = {key: source.platform for key, source in workspace.registry.listed.items()}
    expected = looked if demo.is_invented(workspace.home) else platforms
    at = now()
    lag: dict[Key, float] = {}
    sources: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    items: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for key in expected:
        mine = key[0], platforms.get(key, "-")
        until = looked.get(key, {}).get("until_max")
        sources[(*mine, "no" if until is None else "yes")] += 1
        if until is not None:
            lag[mine] = max(lag.get(mine, 0.0), (at - until).total_seconds())
    for key, row in looked.items():
        for what in _ITEMS:
            items[(key[0], platforms.get(key, "-"), what)] += row[f"{what}_sum"]
    late = GaugeMetricFamily(
        "unite_source_lag_seconds",
        "Age of the end of the newest window, of the latest listed source of a platform.",
        labels=_LABELS,
    )
    for mine, seconds in lag.items():
        late.add_metric(mine, seconds)
    yield late
    listed = GaugeMetricFamily(
        "unite_sources", "Listed sources, by whether anybody ever looked at them.",
        labels=(*_LABELS, "looked"),
    )  # fmt: skip
    for labels, count in sources.items():
        listed.add_metric(labels, count)
    yield listed
    for what, says in _ITEMS.items():
        counter = CounterMetricFamily(f"unite_items_{what}", says, labels=_LABELS)
        for (home, platform, kind), count in items.items():
            if kind == what:
                counter.add_metric((home, platform), count)
        yield counter


def _looked(workspace: Workspace) -> Mapping[Key, Mapping[str, Any]]:
    """By home and source: the end of its newest window, and its items."""
    columns = ["home", "source", "until", "reason", *_ITEMS]
    windows = workspace.lake.read("windows", columns)
    good = windows.filter(pc.is_null(windows["reason"]))
    rows = good.group_by(["home", "source"]).aggregate(
        [("until", "max"), *((what, "sum") for what in _ITEMS)]
    )
    return {(row["home"], row["source"]): row for row in rows.to_pylist()}
