"""Posts: kept now, as the lake's log says, and ever seen, as coverage keeps them.

`unite_posts_seen_total` counts each post once, however often it was fetched: its growth is what
is new; fetched without it, unmapped and dropped was known already. Coverage is brought up to date
with the index, so what is seen grows in steps. How many are relevant is told of the whole
installation only: a figure of one city goes through `analysis/release.py`, and its growth from
scrape to scrape would tell the small ones.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow.compute as pc
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from monitor.workspace import Workspace
from store.kept import kept


def METRICS(workspace: Workspace) -> Iterator[Metric]:
    """Rows, bytes and last change of the lake's posts; posts ever seen by home and platform."""
    now = kept(workspace.lake, "posts")
    posts = GaugeMetricFamily("unite_posts_kept", "Posts in the lake.", labels=("home",))
    for home, count in now.rows.items():
        posts.add_metric((home,), count)
    yield posts
    yield GaugeMetricFamily(
        "unite_lake_posts_bytes", "Size of the files that hold the posts.", value=now.size
    )
    if now.changed is not None:
        yield GaugeMetricFamily(
            "unite_lake_changed_timestamp_seconds", "When posts were last written.",
            value=now.changed.timestamp(),
        )  # fmt: skip
    rows = workspace.lake.read("coverage", ["home", "platform", "seen", "relevant"])
    seen = CounterMetricFamily(
        "unite_posts_seen", "Posts ever seen, each once; brought up to date with the index.",
        labels=("home", "platform"),
    )  # fmt: skip
    for row in rows.group_by(["home", "platform"]).aggregate([("seen", "sum")]).to_pylist():
        seen.add_metric((row["home"], row["platform"]), row["seen_sum"])
    yield seen
    relevant = pc.sum(rows["relevant"]).as_py() or 0
    yield CounterMetricFamily(
        "unite_posts_relevant", "Of the posts ever seen the relevant ones.", value=relevant
    )
