"""What takes rows out of the lake: forgetting, expiry, compaction, vacuum.

All of it holds the lake alone. Each begins by writing down what it is about to do, so that a
crash in the middle is made good by running it again: `forgotten` is replayed by every call.
Nothing that was deleted stays in a file: the vacuum is full, without a time of grace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import DeltaTable

from base import points
from store import coverage, expiry, schema
from store.lake import Lake
from store.tables import TABLES
from store.writer import Writer

# Stories are not touched here: their stage sees who is gone and regroups the others.
_WITH_POSTS = ("posts", "vault")
GONE = "gone at source"
_NOWHERE: Mapping[tuple[str, str], datetime] = {}
_NO_PLATFORM: Mapping[str, datetime] = {}


@dataclass(frozen=True)
class Taken:
    """How many rows left, by cause."""

    forgotten: int = 0
    expired: int = 0
    irrelevant: int = 0
    orphans: int = 0


def forget(
    lake: Lake,
    *,
    ids: Iterable[str] = (),
    lookups: Iterable[str] = (),
    authors: Iterable[str] = (),
    gone: Iterable[str] = (),
    at: datetime,
) -> Taken:
    """Take posts out, by id or by the keyed hash of their address, and keep them out.

    authors: keyed hashes of authors whose posts must not be collected any more (what is here
    already carries no lasting author key and cannot be found by it). gone: ids of posts that
    are no longer public; `removed` tells them from those that somebody asked to forget.
    """
    gone = list(gone)
    rows = [
        *(("id", key, at) for key in (*ids, *gone)),
        *((GONE, key, at) for key in gone),
        *(("address", key, at) for key in lookups),
        *(("author", key, at) for key in authors),
    ]
    with lake.lock.alone():
        if rows:
            columns = list(zip(*rows, strict=True))
            arrays = [pa.array(c, f.type) for c, f in zip(columns, schema.FORGOTTEN, strict=True)]
            Writer(lake).merge_rows("forgotten", pa.table(arrays, schema=schema.FORGOTTEN))
        points.reached("forgotten-recorded")
        return _replay(lake, at)


def replay(lake: Lake, at: datetime, also: pa.Table | None = None) -> Taken:
    """Forget again whatever `forgotten` names: after a restore, or a crash.

    also: FORGOTTEN rows that are kept elsewhere, of what was forgotten after a backup.
    """
    with lake.lock.alone():
        if also is not None and also.num_rows:
            Writer(lake).merge_rows("forgotten", also)
        points.reached("forgotten-recorded")
        return _replay(lake, at)


def _replay(lake: Lake, at: datetime) -> Taken:
    gone = lake.read("forgotten")
    ids = set(gone.filter(pc.equal(gone["kind"], "id"))["key"].to_pylist())
    at_source = set(gone.filter(pc.equal(gone["kind"], GONE))["key"].to_pylist())
    addresses = gone.filter(pc.equal(gone["kind"], "address"))["key"].combine_chunks()
    if len(addresses):
        by_address = lake.read("vault", ["id", "lookup"], ds.field("lookup").isin(addresses))
        ids.update(by_address["id"].to_pylist())
    causes = {i: GONE if i in at_source else "forgotten" for i in sorted(ids)}
    taken = _take_out(lake, causes, at) if causes else 0
    # Also when no row was there: a writer that was killed may have left its files behind.
    vacuum_alone(lake)
    return Taken(forgotten=taken)


def _take_out(lake: Lake, causes: Mapping[str, str], at: datetime) -> int:
    """Delete rows of these ids wherever they stand; the number of ids that were there."""
    wanted = ds.field("id").isin(pa.array(list(causes), pa.string()))
    here = lake.read("posts", ["id"], wanted)["id"].unique().to_pylist()
    # first, so that a crash between the two counts them all the same
    _record_removed(lake, {i: causes[i] for i in here}, at)
    points.reached("removed-recorded")
    for name in _WITH_POSTS:
        where = lake.read(name, ["id", "home", "month"], wanted)
        for home, month in sorted(
            set(zip(where["home"].to_pylist(), where["month"].to_pylist(), strict=True))
        ):
            some = where.filter(
                pc.and_(pc.equal(where["home"], home), pc.equal(where["month"], month))
            )
            _delete(lake, name, home, month, some["id"].to_pylist())
    points.reached("forgotten-deleted")
    return len(here)


def _delete(lake: Lake, name: str, home: str, month: str, ids: Sequence[str]) -> None:
    listed = ", ".join(f"'{i}'" for i in ids)
    predicate = f"home = '{home}' and month = '{month}' and id in ({listed})"

    def attempt(table: DeltaTable) -> None:
        table.delete(predicate)

    lake.commit(name, attempt)


def _record_removed(lake: Lake, causes: Mapping[str, str], at: datetime) -> None:
    if causes:
        rows = {"id": list(causes), "cause": list(causes.values()),
                "day": [at.date()] * len(causes)}  # fmt: skip
        Writer(lake).merge_rows("removed", pa.table(rows, schema=schema.REMOVED))


def expire(
    lake: Lake, *, irrelevant_before: datetime, relevant_before: datetime, at: datetime,
    of_source: Mapping[tuple[str, str], datetime] = _NOWHERE,
    of_platform: Mapping[str, datetime] = _NO_PLATFORM,
) -> Taken:  # fmt: skip
    """Drop what has been kept long enough; the moments are compared with `collected`.

    of_source: by (home, source), in the place of `irrelevant_before`. of_platform: of posts of
    these platforms, relevant or not, before these moments nothing stays.
    Coverage of the days on which a source loses posts is frozen first.
    """
    with lake.lock.alone():
        taken = _replay(lake, at)
        irrelevant = expiry.irrelevant(lake, irrelevant_before, of_source, of_platform)
        expired = expiry.relevant(lake, relevant_before, of_platform)
        coverage.freeze(lake, Writer(lake), pa.concat_tables([irrelevant, expired]), at)
        for rows, cause in ((irrelevant, "irrelevant"), (expired, "expired")):
            _drop(lake, rows, cause, at)
        orphans = _sweep_vault(lake)
        vacuum_alone(lake)
    return Taken(taken.forgotten, expired.num_rows, irrelevant.num_rows, orphans)


def _drop(lake: Lake, rows: pa.Table, cause: str, at: datetime) -> None:
    if rows.num_rows == 0:
        return
    _record_removed(lake, dict.fromkeys(rows["id"].to_pylist(), cause), at)
    keys = set(zip(rows["home"].to_pylist(), rows["month"].to_pylist(), strict=True))
    for home, month in sorted(keys):
        here = pc.and_(pc.equal(rows["home"], home), pc.equal(rows["month"], month))
        gone = rows.filter(here)["id"].combine_chunks()
        for name in _WITH_POSTS:
            kept = lake.read(name, None, ~ds.field("id").isin(gone), [(home, month)])
            Writer(lake).replace_partitions(name, kept, [(home, month)])


def _sweep_vault(lake: Lake) -> int:
    """Delete vault rows whose post is not there: a writer was killed between the two merges."""
    count = 0
    for home, month in lake.files("vault"):
        here = [(home, month)]
        posts = lake.read("posts", ["id"], None, here)["id"].combine_chunks()
        vault = lake.read("vault", ["id"], None, here)["id"]
        orphans = vault.filter(pc.invert(pc.is_in(vault, value_set=posts))).to_pylist()
        if orphans:
            _delete(lake, "vault", home, month, orphans)
            count += len(orphans)
    return count


def compact(lake: Lake) -> None:
    """Few large files in the place of many small ones; the old ones go at once."""
    with lake.lock.alone():
        for name in TABLES:
            lake.table(name).optimize.compact()
        vacuum_alone(lake)


def vacuum_alone(lake: Lake) -> None:
    """Remove every file that no table's newest version holds. Only with the lake held alone."""
    for name in TABLES:
        table = lake.table(name)
        lake.lock.check()
        table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True)
        if table.version() > 0:
            table.create_checkpoint()
    points.reached("vacuumed")
