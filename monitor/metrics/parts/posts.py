"""Posts: kept now, as the lake's log says, and ever seen, as coverage keeps them.

`unite_posts_seen_total` counts each post once, however often it was fetched: its growth is what
is new; fetched without it, unmapped and dropped was known already. Coverage is brought up to date
with the index, so what is seen grows in steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from monitor.workspace import Workspace
from store.kept import kept

_SEEN = {
    "seen": "Posts ever seen, each once; brought up to date with the index.",
    "relevant": "Of the posts ever seen the relevant ones.",
}


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
    rows = workspace.lake.read("coverage", ["home", "platform", *_SEEN])
    sums = rows.group_by(["home", "platform"]).aggregate([(what, "sum") for what in _SEEN])
    for what, says in _SEEN.items():
        counter = CounterMetricFamily(f"unite_posts_{what}", says, labels=("home", "platform"))
        for row in sums.to_pylist():
            counter.add_metric((row["home"], row["platform"]), row[f"{what}_sum"])
        yield counter
