"""Whose turn it is to be asked whether they are still public.

Relevant posts, those first whose time is up first: the days that their platform's terms set
(`delete_within`, else USUAL) counted from when they were last asked or collected. A source gives
at most so many posts a day, beyond which only those go whose time is up before the next day; no
post is asked twice on one day (UTC).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

import pyarrow as pa

from store.lake import Lake
from store.tables import connect

A_DAY = 200  # posts of a source, where nobody says otherwise
USUAL = 30  # days, where terms set none


@dataclass(frozen=True)
class Asking:
    """What decides who is asked.

    a_day: most posts of a source; None is A_DAY, and more where time is up. within: days that
    terms set, by platform. costly: platforms where A_DAY holds all the same. silent: platforms
    whose addresses tell nothing. own_way: platforms that are asked without an address. keyless:
    platforms that cannot be asked now, and why.
    """

    a_day: int | None = None
    within: Mapping[str, int] = field(default_factory=dict)
    costly: Sequence[str] = ()
    silent: Sequence[str] = ()
    own_way: Sequence[str] = ()
    keyless: Mapping[str, str] = field(default_factory=dict)


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


def due(lake: Lake, asked: pa.Table, asking: Asking, *, limit: int | None, at: datetime) -> Due:
    """The posts to ask now, at most `limit`. asked: columns ASKED of `rechecks`."""
    today = datetime.combine(at.date(), time(), UTC)
    ways = {"today": today, "usual": USUAL, "silent": list(asking.silent),
            "own_way": list(asking.own_way)}  # fmt: skip
    most = {"today": today, "at": at, "limit": limit,
            "a_day": A_DAY if asking.a_day is None else asking.a_day,
            "patient": asking.a_day is not None, "costly": list(asking.costly)}  # fmt: skip
    with lake.lock.shared(), connect() as con:  # no vacuum while the files are read
        lake.view(con, "posts", "posts", columns=_POSTS)
        lake.view(con, "vault", "vault", columns=("id", "home", "sealed", "lookup"))
        con.register("asked", asked)
        con.register("within", _pairs(asking.within, "days", pa.int32()))
        con.register("keyless", _pairs(asking.keyless, "why", pa.string()))
        con.execute(f"create temp table one as {_ONE}", ways)
        skipped = con.execute(_SKIPPED).fetchall()
        chosen = con.execute(_CHOSEN, most).fetchall()
    reasons = {str(why): int(count) for why, count in skipped}
    left = reasons.pop("due", 0) - len(chosen)
    if left:
        reasons["another day's turn"] = left
    return Due([Post(*row) for row in chosen], reasons)


def _pairs(given: Mapping[str, object], name: str, kind: pa.DataType) -> pa.Table:
    fields = pa.schema([("platform", pa.string()), (name, kind)])
    return pa.table([list(given), list(given.values())], schema=fields)


def unkept(lake: Lake, asked: pa.Table) -> list[str]:
    """Ids that were asked and whose post is not in the lake any more."""
    with lake.lock.shared(), connect() as con:
        lake.view(con, "posts", "posts", columns=("id",))
        con.register("asked", asked)
        rows = con.execute("select id from asked where id not in (select id from posts)").fetchall()
    return [str(i) for (i,) in rows]


_POSTS = ("id", "home", "month", "platform", "source", "collected", "relevant")
# A post that stands in two homes is asked once, for the first.
_ONE = """
    with beside as (
        select id, home, sealed is null as is_open, lookup is null as is_bare from vault
    ),
    twice as (
        select id, min(home) as first from posts where relevant group by id having count(*) > 1
    )
    select p.id, p.home, p.month, p.platform, p.source, p.collected, a.at as asked_at,
        coalesce(a.at, p.collected) + to_days(coalesce(w.days, $usual)) as ends,
        w.days is not null as is_bound,
        case
            when a.at >= $today then 'asked today'
            when coalesce(v.is_open, true) then 'not in the vault'
            when k.why is not null then k.why
            when list_contains($own_way::varchar[], p.platform) then 'due'
            when v.is_bare then 'no address'
            when list_contains($silent::varchar[], p.platform) then 'the site does not tell'
            else 'due'
        end as why
    from posts p
    left join beside v on v.id = p.id and v.home = p.home
    left join asked a on a.id = p.id
    left join twice t on t.id = p.id
    left join within w on w.platform = p.platform
    left join keyless k on k.platform = p.platform
    where p.relevant and coalesce(t.first = p.home, true)
"""
_SKIPPED = "select why, count(*) from one group by why order by why"
_CHOSEN = """
    with today as (
        select home, source, count(*) as n from one where asked_at >= $today group by all
    ),
    turns as (
        select *, row_number() over (
            partition by home, source order by ends, collected, id
        ) as turn
        from one where why = 'due'
    ),
    chosen as (
        select t.* from turns t left join today using (home, source)
        where turn <= $a_day - coalesce(n, 0)
            or (is_bound and not $patient and not list_contains($costly::varchar[], platform)
                and ends < $at::timestamptz + interval 1 day)
        order by ends, collected, id limit $limit
    )
    select id, home, month, platform from chosen order by turn, home, source
"""
