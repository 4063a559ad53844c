"""Whose turn it is to be asked whether they are still public.

Relevant posts, the longest unasked first. A source gives at most so many posts a day, and no
post is asked twice on one day (UTC).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

import pyarrow as pa

from store.lake import Lake
from store.tables import connect


@dataclass(frozen=True)
class Post:
    """A post to ask, and where its vault row stands."""

    id: str
    home: str
    month: str
    platform: str


@dataclass(frozen=True)
class Due:
    """Posts in the order of asking: sources take turns. skipped: the others, by reason."""

    posts: Sequence[Post] = ()
    skipped: dict[str, int] = field(default_factory=dict)


def due(
    lake: Lake, asked: pa.Table, *, a_day: int, limit: int | None, at: datetime,
    silent: Sequence[str], own_way: Sequence[str],
) -> Due:  # fmt: skip
    """The posts to ask now.

    asked: columns ASKED of `rechecks`. a_day: posts of a source. silent: platforms whose
    addresses tell nothing. own_way: platforms that are asked without an address.
    """
    today = datetime.combine(at.date(), time(), UTC)
    ways = {"today": today, "silent": list(silent), "own_way": list(own_way)}
    with lake.lock.shared(), connect() as con:  # no vacuum while the files are read
        lake.view(con, "posts", "posts")
        lake.view(con, "vault", "vault")
        con.register("asked", asked)
        con.execute(f"create temp table one as {_ONE}", ways)
        skipped = con.execute(_SKIPPED).fetchall()
        most = {"today": today, "a_day": a_day, "most": limit}
        chosen = con.execute(_CHOSEN, most).fetchall()
    reasons = {str(why): int(count) for why, count in skipped}
    left = reasons.pop("due", 0) - len(chosen)
    if left:
        reasons["another day's turn"] = left
    return Due([Post(*row) for row in chosen], reasons)


def unkept(lake: Lake, asked: pa.Table) -> list[str]:
    """Ids that were asked and whose post is not in the lake any more."""
    with lake.lock.shared(), connect() as con:
        lake.view(con, "posts", "posts")
        con.register("asked", asked)
        rows = con.execute("select id from asked where id not in (select id from posts)").fetchall()
    return [str(i) for (i,) in rows]


# A post that stands in two homes is asked once, for the first.
_ONE = """
    with beside as (
        select id, home, sealed is null as is_open, lookup is null as is_bare from vault
    ),
    twice as (
        select id, min(home) as first from posts where relevant group by id having count(*) > 1
    )
    select p.id, p.home, p.month, p.platform, p.source, p.collected, a.at as asked_at,
        case
            when a.at >= $today then 'asked today'
            when coalesce(v.is_open, true) then 'not in the vault'
            when list_contains($own_way::varchar[], p.platform) then 'due'
            when v.is_bare then 'no address'
            when list_contains($silent::varchar[], p.platform) then 'the site does not tell'
            else 'due'
        end as why
    from posts p
    left join beside v on v.id = p.id and v.home = p.home
    left join asked a on a.id = p.id
    left join twice t on t.id = p.id
    where p.relevant and coalesce(t.first = p.home, true)
"""
_SKIPPED = "select why, count(*) from one group by why order by why"
_CHOSEN = """
    with today as (
        select home, source, count(*) as n from one where asked_at >= $today group by all
    ),
    turns as (
        select *, row_number() over (
            partition by home, source order by asked_at nulls first, collected, id
        ) as turn
        from one where why = 'due'
    ),
    chosen as (
        select t.* from turns t left join today using (home, source)
        where turn <= $a_day - coalesce(n, 0)
        order by asked_at nulls first, collected, id limit $most
    )
    select id, home, month, platform from chosen order by turn, home, source
"""
