"""Coverage: what was seen, per home, city, source, platform, voice, language and day.

Recomputed from posts and stories for the partitions that changed, never incremented. A row
with `frozen_at` keeps its numbers: posts of its day are gone, so they cannot be counted
again; what is found later is `late`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa

from base.ids import FOLDS
from store import schema
from store.lake import Lake
from store.tables import connect
from store.writer import Writer

_COLUMNS = ("id", "home", "month", "city", "source", "platform", "voice", "lang", "day",
            "relevant", "fold", "collected")  # fmt: skip
_KEYS = "home, month, city, source, platform, voice, lang, day"
_FOLDS = ", ".join(
    f"(count(*) filter (fold = {i}))::integer" for i in range(FOLDS)
)  # 64 plain counts are faster than a pivot


def recompute(lake: Lake, writer: Writer, partitions: Sequence[tuple[str, str]]) -> None:
    """Bring the coverage of these (home, month) partitions up to date, in one commit."""
    if not partitions:
        return
    with connect() as con:
        lake.view(con, "posts", "posts", partitions, columns=_COLUMNS)
        lake.view(con, "stories", "stories", partitions)
        con.register("old", lake.read("coverage", partitions=partitions))
        rows = con.sql(_RECOMPUTE).to_arrow_table()
    writer.replace_partitions("coverage", rows.cast(schema.COVERAGE), partitions)


def freeze(lake: Lake, writer: Writer, going: pa.Table, at: datetime) -> None:
    """Freeze the rows of the days whose posts are about to be dropped.

    going: these posts; home, month, source, day of each.
    """
    partitions = sorted(
        set(zip(going["home"].to_pylist(), going["month"].to_pylist(), strict=True))
    )
    if not partitions:
        return
    with connect() as con:
        con.register("going", going)
        con.register("old", lake.read("coverage", partitions=partitions))
        rows = con.sql(_FREEZE, params={"at": at}).to_arrow_table()
    writer.replace_partitions("coverage", rows.cast(schema.COVERAGE), partitions)


_NEW = f"""
    select {_KEYS},
        count(*) as seen,
        count(*) filter (relevant) as relevant,
        count(distinct story) filter (relevant) as stories,
        [{_FOLDS}] as seen_folds
    from posts join stories using (id, home, month)
    where counted
    group by all
"""
_RECOMPUTE = f"""
    with n as ({_NEW}),
    late as (
        select o.*, (
            select count(*) from posts p join stories s using (id, home, month)
            where s.counted and p.collected > o.frozen_at and p.home = o.home
              and p.month = o.month and p.city is not distinct from o.city
              and p.source = o.source and p.platform = o.platform and p.voice = o.voice
              and p.lang = o.lang and p.day = o.day
        ) as now_late
        from old o where o.frozen_at is not null
    )
    select n.*, null::timestamptz as frozen_at, 0 as late from n
    where not exists (
        select 1 from old o where o.frozen_at is not null
          and o.home = n.home and o.source = n.source and o.day = n.day
    )
    union all by name
    select * exclude (now_late, late), now_late as late from late
"""
_FREEZE = f"""
    with days as (
        select distinct home, source, day from going
    )
    select {_KEYS}, seen, relevant, stories, seen_folds,
        coalesce(frozen_at, case when exists (
            select 1 from days d
            where d.home = o.home and d.source = o.source and d.day = o.day
        ) then $at::timestamptz end) as frozen_at,
        late
    from old o
"""
