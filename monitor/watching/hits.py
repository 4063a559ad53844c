"""New posts held against the watch lists on their way into the lake.

Comes in: the posts of a merge that no merge brought before, before they are written. Goes out: the
ids of those that meet a list, once each. A merge that is killed and run again finds the same posts
new and writes the same ids; one whose posts never arrive leaves ids that `tidy` takes away.
"""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from base import log
from base.errors import NotAllowed
from base.time import now
from monitor import permits
from monitor.database import drop
from monitor.tables import WATCH_HITS
from monitor.watching.lists import active
from monitor.workspace import Workspace
from store.batch import Batch


def note(workspace: Workspace, posts: pa.Table) -> None:
    """Write down which new posts meet which list. posts: POST columns.

    A protected post raises no alert and is not held against a list (DESIGN §5).
    """
    at = now()
    lists = list(active(workspace, at.date()))
    if not lists or posts.num_rows == 0:
        return
    posts = posts.filter(pc.invert(pc.fill_null(posts["protected"], False)))
    present = pc.unique(posts["platform"]).to_pylist()
    batch = Batch(posts, workspace.registry.countries)
    platforms = workspace.registry.platforms
    for watch, sheet in lists:
        try:
            query, _ = permits.narrowed(platforms, sheet, watch.query, present)
        except NotAllowed:  # of none of these platforms
            continue
        ids = batch.matching(query)
        rows = [{"list": watch.number, "id": post, "at": at} for post in ids]
        workspace.database.put(WATCH_HITS, rows, only=("at",))
        if ids:
            log.event("watching", "met", list=watch.number, posts=len(ids))


def tidy(workspace: Workspace) -> None:
    """Let go of ids of posts that are no longer kept, or cannot be any more."""
    before = now() - timedelta(days=workspace.settings.monitor_retention_days)
    with workspace.database.connected() as connection:
        connection.execute(sa.delete(WATCH_HITS).where(WATCH_HITS.c.at < before))
        ids = set(connection.execute(sa.select(WATCH_HITS.c.id).distinct()).scalars())
    if ids:
        removed = set(workspace.lake.read("removed", ["id"])["id"].to_pylist())
        drop(workspace.database, WATCH_HITS, ids & removed)
