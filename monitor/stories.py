"""Stories: one text told many times is one story, whoever posts it, wherever, on which day.

A pipeline stage after the merge, one writer. Two posts are linked when their signatures share
a band, the estimated Jaccard similarity is at least `LEAST`, and at most `REACH` lies between
them; a story is a connected component, named after its earliest post. What a post was judged by
is kept as a digest, so only new, changed and removed posts are looked at again, together with
every story they touch: the groups do not depend on batch size or order.
Source: minwise hashing, Broder 1997; banding, Leskovec, Rajaraman and Ullman 2014, ch. 3.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from base import points
from monitor.links import components
from store import coverage, schema
from store.lake import Lake
from store.tables import connect
from store.writer import Writer

REACH = timedelta(days=14)
_STATE = "stories.json"  # beside the tables: whoever follows next goes on where this one ended
_COLUMNS = "id, home, month, created, city, signature"


def _seen_as(row: str) -> str:
    """What a post is judged by, as one number; in SQL."""
    parts = f"hash({row}.signature, {row}.created, {row}.city)"
    return f"({parts}::hugeint % 9223372036854775807)::bigint"


@dataclass(frozen=True)
class Followed:
    """What the stage looked at: partitions that had changed, posts judged, rows written."""

    partitions: int
    judged: int
    written: int


def follow(lake: Lake) -> Followed:
    """Bring stories and coverage up to the lake's posts. Safe to repeat, to kill and to race."""
    with lake.lock.named("stories"), lake.writing() as writer:
        done = _read_state(lake)
        files = lake.files("posts")
        dirty = [p for p in sorted(done.keys() | files.keys()) if done.get(p) != files.get(p)]
        if not dirty:
            return Followed(0, 0, 0)
        judged = written = 0
        stale = set(dirty)
        # Month by month, so that memory goes by the largest month: a link from a month that is
        # not yet grouped is found from the other side, when its turn comes.
        for month in sorted({month for _, month in dirty}):
            done_now = _regroup(lake, writer, [p for p in dirty if p[1] == month])
            judged, written = judged + done_now.judged, written + done_now.written
            stale.update(done_now.touched)
        points.reached("stories-written")
        for month in sorted({month for _, month in stale}):
            coverage.recompute(lake, writer, sorted(p for p in stale if p[1] == month))
        points.reached("coverage-written")
        _write_state(lake, files)
        points.reached("stories-done")
    return Followed(len(dirty), judged, written)


@dataclass(frozen=True)
class _Regrouped:
    """What one month's turn did: partitions whose stories it wrote, posts judged, rows written."""

    touched: tuple[tuple[str, str], ...] = ()
    judged: int = 0
    written: int = 0


def _regroup(lake: Lake, writer: Writer, dirty: Sequence[tuple[str, str]]) -> _Regrouped:
    with connect() as con:
        columns = _COLUMNS.split(", ")
        lake.view(con, "all_posts", "posts", columns=columns)
        lake.view(con, "all_stories", "stories")
        lake.view(con, "dirty_posts", "posts", dirty, columns=columns)
        lake.view(con, "dirty_stories", "stories", dirty)
        con.execute(_CHANGED)
        if not con.execute("select count(*) from changed_ids").fetchall()[0][0]:
            return _Regrouped()
        _touched_stories(con)
        con.execute(_TOUCHED_ROWS)
        # only the months that hold a touched story are read
        held = con.execute("select distinct home, month from touched_rows").fetchall()
        months = [(str(h), str(m)) for h, m in held]
        lake.view(con, "touched_posts", "posts", months, columns=columns)
        con.execute(_MEMBERS)
        members = con.sql(
            f"select {_COLUMNS}, {_seen_as('m')} as seen_as from members m "
            "order by created, id, home"
        ).to_arrow_table()
        con.register("grouped", _grouped(members))
        con.execute(_FRESH)
        partitions = [(str(h), str(m)) for h, m in con.execute(_PARTITIONS).fetchall()]
        lake.view(con, "kept_in", "stories", partitions)
        new = con.sql(_MERGED).to_arrow_table().cast(schema.STORY)
    writer.replace_partitions("stories", new, partitions)
    return _Regrouped(tuple(partitions), members.num_rows, new.num_rows)


# New or changed rows, and rows that are gone; ids of both, as a post may stand in two homes.
_CHANGED = f"""
    create temp table changed as
        select {_COLUMNS} from dirty_posts p
        where not exists (
            select 1 from dirty_stories s
            where s.id = p.id and s.home = p.home and s.month = p.month
              and s.seen_as = {_seen_as("p")}
        );
    create temp table gone as
        select id, home, month from dirty_stories s
        where not exists (
            select 1 from dirty_posts p where p.id = s.id and p.home = s.home
              and p.month = s.month
        );
    create temp table changed_ids as
        select id from changed union select id from gone;
    -- the same post in another home comes along, so that nobody has to look at it again
    insert into changed
        select {_COLUMNS} from all_posts p
        where id in (select id from changed_ids)
          and not exists (select 1 from changed c where c.id = p.id and c.home = p.home);
    create temp table touched as
        select distinct story from all_stories where id in (select id from changed_ids);
"""


def _touched_stories(con: duckdb.DuckDBPyConnection) -> None:
    """Add the stories that a changed post is now similar to."""
    span = con.sql(
        "select min(created) as first, max(created) as last from changed "
        "where signature is not null"
    ).to_arrow_table()
    first, last = span["first"][0].as_py(), span["last"][0].as_py()
    if first is None:
        return
    near = con.sql(
        "select id, created, signature, false as changed from all_posts "
        "where created between $since and $until and signature is not null "
        "and id not in (select id from changed_ids) "
        "union all select id, created, signature, true from changed "
        "where signature is not null",
        params={"since": first - REACH, "until": last + REACH},
    ).to_arrow_table()
    is_changed = near["changed"].to_numpy(zero_copy_only=False)
    if is_changed.all():
        return
    groups = components(_signatures(near), _seconds(near), REACH.total_seconds(), is_changed)
    # old posts that ended up in one component with a changed one
    with_changed = np.isin(groups, np.unique(groups[is_changed]))
    con.register("resembling", pa.table({"id": near["id"].filter(pa.array(with_changed))}))
    con.execute(
        "insert into touched select distinct story from all_stories "
        "where id in (select id from resembling)"
    )


# Every post of a touched story, and every changed one. A post of another month whose own turn is
# still to come stays out: taken along now, it would never be compared with its neighbours.
_TOUCHED_ROWS = """
    create temp table touched_rows as
        select id, home, month, story, counted, seen_as from all_stories
        where story in (select story from touched);
"""
_MEMBERS = f"""
    create temp table wanted_rows as
        select id, home, seen_as from touched_rows t
        where not exists (select 1 from changed c where c.id = t.id and c.home = t.home);
    create temp table members as
        select {_COLUMNS} from changed
        union all
        select {_COLUMNS} from touched_posts p
        semi join wanted_rows w on w.id = p.id and w.home = p.home and w.seen_as = {_seen_as("p")};
"""
# Only what came out differently is written: a story that runs through many months is judged
# anew with each of them, but seldom changes.
_FRESH = """
    create temp table fresh as
        select * from grouped g
        where not exists (
            select 1 from touched_rows t
            where t.id = g.id and t.home = g.home and t.month = g.month
              and t.story = g.story and t.counted = g.counted and t.seen_as = g.seen_as
        );
"""
_PARTITIONS = "select distinct home, month from fresh union select distinct home, month from gone"
_MERGED = """
    select id, home, month, story, story_fold, counted, seen_as from fresh
    union all
    select id, home, month, story, story_fold, counted, seen_as from kept_in k
    where not exists (select 1 from fresh f where f.id = k.id and f.home = k.home
                        and f.month = k.month)
      and not exists (select 1 from gone g where g.id = k.id and g.home = k.home
                        and g.month = k.month)
"""


def _grouped(members: pa.Table) -> pa.Table:
    """STORY rows of members, which are ordered by created, id, home."""
    ids = members["id"].to_numpy(zero_copy_only=False)
    signed = np.flatnonzero(members["signature"].is_valid().to_numpy(zero_copy_only=False))
    groups = np.arange(len(ids), dtype=np.int64)
    if len(signed):
        part = members.take(pa.array(signed))
        found = components(_signatures(part), _seconds(part), REACH.total_seconds(), None)
        groups[signed] = signed[found]  # the first row of a component stands for it
    groups = _join_same_id(ids, groups)
    story = ids[groups]
    folds = np.array([int(s[-2:], 16) % 64 for s in story], np.int8)
    columns = {
        "id": members["id"],
        "home": members["home"],
        "month": members["month"],
        "story": pa.array(story, pa.string()),
        "story_fold": pa.array(folds),
        "counted": pa.array(_counted(members)),
        "seen_as": members["seen_as"].cast(pa.int64()),
    }
    return pa.table(columns).cast(schema.STORY)


def _join_same_id(
    ids: npt.NDArray[np.object_], groups: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """One id in two homes is one post: their groups become one, named after the earlier."""
    first: dict[str, int] = {}
    parent: dict[int, int] = {}

    def root(group: int) -> int:
        while parent.get(group, group) != group:
            group = parent[group]
        return group

    for index, post in enumerate(ids):
        other = first.setdefault(post, index)
        if other != index:
            low, high = sorted((root(int(groups[other])), root(int(groups[index]))))
            parent[high] = low
    if not parent:
        return groups
    return np.array([root(int(g)) for g in groups], np.int64)


def _counted(members: pa.Table) -> npt.NDArray[np.bool_]:
    """Of the rows of one id, the one whose home is its city counts, else the lowest home; one
    that knows a city goes before one whose source ties it to none."""
    ids, homes, cities = (members[c].to_pylist() for c in ("id", "home", "city"))
    best: dict[str, tuple[bool, bool, str]] = {}
    ranks = [(city is None, home != city, home) for home, city in zip(homes, cities, strict=True)]
    for post, rank in zip(ids, ranks, strict=True):
        best[post] = min(best.get(post, rank), rank)
    return np.array([best[p] == r for p, r in zip(ids, ranks, strict=True)], np.bool_)


def _signatures(rows: pa.Table) -> npt.NDArray[np.uint16]:
    """The signatures of rows that have one, without a Python object each."""
    fixed = rows["signature"].combine_chunks().cast(pa.binary(2 * schema.SIGNATURE_HASHES))
    values = np.frombuffer(fixed.buffers()[1], np.uint16).reshape(-1, schema.SIGNATURE_HASHES)
    return values[fixed.offset : fixed.offset + len(fixed)]


def _seconds(rows: pa.Table) -> npt.NDArray[np.float64]:
    micros = rows["created"].cast(pa.int64()).to_numpy()
    return np.asarray(micros / 1e6, np.float64)


def _read_state(lake: Lake) -> dict[tuple[str, str], tuple[str, ...]]:
    """The posts' files that were followed; nothing when the note is not there or cut short."""
    try:
        stored = json.loads(lake.place.note(_STATE) or "")
        return {(h, m): tuple(files) for h, m, files in stored}
    except ValueError:
        return {}  # everything is looked at again, with the same result


def _write_state(lake: Lake, files: dict[tuple[str, str], tuple[str, ...]]) -> None:
    followed = [[h, m, list(f)] for (h, m), f in sorted(files.items())]
    lake.place.write_note(_STATE, json.dumps(followed))
