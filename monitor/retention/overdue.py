"""Posts that nobody saw to be still public within the days that their platform's terms set.

Comes in: lake, re-checks, `delete_within` of each platform. Goes out: an Overdue a platform. The
days count from when a post was collected or last told to be still public.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from monitor import permits
from monitor.demo import is_invented
from monitor.retention.rechecks import Rechecks
from monitor.workspace import Workspace
from store.tables import connect


@dataclass(frozen=True)
class Overdue:
    """One platform's posts. days: its term. unasked, untold: posts that were not asked in those
    days, or that were and nobody could tell."""

    platform: str
    days: int
    unasked: int
    untold: int

    @property
    def posts(self) -> int:
        """All of them."""
        return self.unasked + self.untold

    def __str__(self) -> str:
        return (f"{self.posts:,} posts of {self.platform} were not seen to be still public for"
                f" over {self.days} days ({self.unasked:,} not asked, {self.untold:,} asked"
                " without an answer)")  # fmt: skip


def overdue(workspace: Workspace, at: datetime) -> tuple[Overdue, ...]:
    """The platforms that have such posts, the most first; none where posts are invented."""
    if is_invented(workspace.home) or not workspace.has("lake"):  # looking makes nothing
        return ()
    within = permits.delete_within(workspace.registry.platforms)
    fields = pa.schema([("platform", pa.string()), ("days", pa.int32())])
    lake = workspace.lake
    with lake.lock.shared(), connect() as con:  # no vacuum while the files are read
        columns = ("id", "platform", "relevant", "collected")
        lake.view(con, "posts", "posts", columns=columns)
        con.register("asked", Rechecks(workspace.database).all())
        con.register("within", pa.table([list(within), list(within.values())], schema=fields))
        rows = con.execute(_OVERDUE, {"at": at}).fetchall()
    return tuple(Overdue(*row) for row in rows)


_OVERDUE = """
    with late as (
        select p.id, p.platform, w.days,
            bool_or(coalesce(a.at, p.collected) + to_days(w.days) >= $at::timestamptz) as was_asked
        from posts p join within w using (platform) left join asked a on a.id = p.id
        where p.relevant
            and coalesce(greatest(a.stood, p.collected), p.collected) + to_days(w.days)
                < $at::timestamptz
        group by all
    )
    select platform, days, count(*) filter (not was_asked), count(*) filter (was_asked)
    from late group by platform, days order by count(*) desc, platform
"""
