"""Items in quarantine, by why; reasons are sentences of ours, and only the commonest are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa
from prometheus_client.core import GaugeMetricFamily, Metric

from monitor.tables import QUARANTINE
from monitor.workspace import Workspace

_MOST = 30
_OTHER = "other"


def METRICS(workspace: Workspace) -> Iterator[Metric]:
    """Items by class of reason."""
    count = sa.func.count()
    query = sa.select(QUARANTINE.c.reason, count).group_by(QUARANTINE.c.reason)
    found: Counter[str] = Counter()
    with workspace.database.connected() as connection:
        for reason, items in connection.execute(query):
            found[_class(reason)] += items
    named = dict(found.most_common(_MOST))
    rest = found.total() - sum(named.values())
    gauge = GaugeMetricFamily("unite_quarantine_items", "Items in quarantine.", labels=("reason",))
    for reason, items in {**named, _OTHER: rest + named.get(_OTHER, 0)}.items():
        gauge.add_metric((reason,), items)
    yield gauge


def _class(reason: str) -> str:
    """The words of a reason up to its first colon: numbers differ from item to item."""
    head = reason.partition(":")[0]
    words = "".join(c if c.isalpha() else " " for c in head).split()
    return " ".join(words)[:60].lower() or _OTHER
