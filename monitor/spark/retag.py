"""Retagging under Spark: workers tag the posts of a file and write it anew, the driver commits.

Delta's own reader gives the posts of the chosen months to `mapInArrow`. Everything a retag may
not change stays as in one process (`monitor/retagging.py` does it there too). Spark commits
nothing: its machine outlives a killed driver by moments, and the lake lock does not. A round holds
the lake lock shared, so nobody forgets meanwhile; a month into which somebody merged
meanwhile is done again by this process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from monitor.retagging import Frozen, Here, Month, Retagged, Tell, anew, finish, frozen, wanting
from monitor.spark.errors import told, translated
from monitor.spark.session import check, session
from monitor.spark.worker import Installation
from monitor.tagging import present
from monitor.workspace import Workspace
from store import rewriting, schema
from store.rewriting import Piece
from store.tables import connect, quoted

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROUND = 250_000  # posts a core tags while the lake lock is held: half a minute
_OUT = pa.schema(
    [
        ("instead_of", pa.string()), ("path", pa.string()), ("home", pa.string()),
        ("month", pa.string()), ("size", pa.int64()), ("rows", pa.int64()),
        ("stats", pa.string()), ("tagged", pa.int64()), ("moved", pa.int64()),
    ]
)  # fmt: skip
_OUT_IN_SQL = (
    "instead_of string, path string, home string, month string, size long, rows long, "
    "stats string, tagged long, moved long"
)


def retag(workspace: Workspace, tell: Tell = lambda _: None) -> Retagged:
    """As `retagging.retag`, on the cores of Spark's master."""
    return finish(workspace, every(workspace, tell))


def every(workspace: Workspace, tell: Tell = lambda _: None) -> Retagged:
    """As `retagging.every`, on the cores of Spark's master."""
    check()
    digest = present(workspace.settings, workspace.registry)
    posts, wanted = _wanted(workspace, digest)
    done = Retagged(posts=posts)
    if wanted:
        with session(workspace) as spark:
            done += _rounds(workspace, spark, Installation.of(workspace, digest), wanted, tell)
    return done


def _wanted(workspace: Workspace, digest: str) -> tuple[int, dict[Month, int]]:
    """How many posts there are; of months with posts that another tagger tagged, how many."""
    with connect() as con:
        workspace.lake.view(con, "posts", "posts")
        found = con.execute(
            "select home, month, count(*), count(*) filter (tagger <> ?) from posts "
            "group by all order by all",
            [digest],
        ).fetchall()
    return sum(f[2] for f in found), {(f[0], f[1]): f[2] for f in found if f[3]}


def _rounds(
    workspace: Workspace, spark: SparkSession, installation: Installation,
    wanted: Mapping[Month, int], tell: Tell,
) -> Retagged:  # fmt: skip
    done, count = Retagged(), 0
    here = Here(workspace)
    for months in _parted(wanted, ROUND * spark.sparkContext.defaultParallelism):
        tagged, again = _round(workspace, spark, installation, months)
        done += tagged
        for home, month in again:
            other = here.month(home, month)
            done += Retagged(tagged=other.tagged, moved=other.moved)
        count += len(months)
        tell(f"{months[-1][0]} {months[-1][1]}: {count} of {len(wanted)} months of cities")
    return done


def _parted(wanted: Mapping[Month, int], most: int) -> Iterator[list[Month]]:
    some: list[Month] = []
    posts = 0
    for month, count in wanted.items():
        if some and posts + count > most:
            yield some
            some, posts = [], 0
        some.append(month)
        posts += count
    yield some


def _round(
    workspace: Workspace, spark: SparkSession, installation: Installation, months: Sequence[Month]
) -> tuple[Retagged, list[Month]]:
    """Retag months; what was done, and the months into which somebody merged meanwhile."""
    lake = workspace.lake
    with lake.writing():
        days = {m: kept for m in months if (kept := frozen(workspace, *m))}
        where = " or ".join(f"(home = {quoted([h])} and month = {quoted([m])})" for h, m in months)
        with translated(workspace.settings.monitor_spark_master):
            rows = (
                spark.read.format("delta")
                .load(str(lake.root / "posts"))
                .where(where)
                .selectExpr("*", "_metadata.file_name as file")
                .mapInArrow(_Rewrite(installation, days), _OUT_IN_SQL)
                .collect()
            )
        found = [row.asDict() for row in rows]
        in_place = rewriting.put_in_place(lake, [_piece(row) for row in found])
    placed = [row for row in found if row["instead_of"] in in_place]
    again = {(r["home"], r["month"]) for r in found if r["instead_of"] not in in_place}
    done = Retagged(0, sum(r["tagged"] for r in placed), sum(r["moved"] for r in placed))
    return done, sorted(again)


def _piece(row: Mapping[str, Any]) -> Piece:
    return Piece(**{name: row[name] for name in Piece.__dataclass_fields__})


@dataclass(frozen=True)
class _Rewrite:
    """In a worker: batches of posts in, the files written anew out. frozen: by month."""

    installation: Installation
    frozen: Mapping[Month, Frozen]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with told():
            for file, posts in _files(batches):
                row = self._file(file, posts)
                if row is not None:
                    yield pa.RecordBatch.from_pylist([row], schema=_OUT)

    def _file(self, file: str, posts: pa.Table) -> dict[str, Any] | None:
        """Write a file anew, if one of its posts needs it."""
        workspace = self.installation.workspace()
        is_old = wanting(posts, self.installation.digest)
        count = pc.sum(is_old).as_py()
        if not count:
            return None
        home, month = posts["home"][0].as_py(), posts["month"][0].as_py()
        fresh, moved = [posts.filter(pc.invert(is_old))], 0
        days = self.frozen.get((home, month), frozenset())
        for start in range(0, posts.num_rows, workspace.settings.nlp_batch):
            some = posts.slice(start, workspace.settings.nlp_batch)
            tagged, others = anew(some, self.installation.retagger(), days)
            fresh.append(tagged)
            moved += others
        piece = rewriting.write(
            workspace.home / "lake" / "posts",
            f"home={home}/month={month}/{file}",
            pa.concat_tables(fresh),
        )
        return {**vars(piece), "tagged": count, "moved": moved}


def _files(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, pa.Table]]:
    """The posts of each file; a task reads one file after the other."""
    file = ""
    held: list[pa.Table] = []
    for batch in batches:
        rows = pa.table(batch)
        for name in pc.unique(rows["file"]).to_pylist():
            if name != file and held:
                yield file, pa.concat_tables(held)
                held = []
            file = name
            held.append(rows.filter(pc.equal(rows["file"], name)).select(schema.POST.names)
                        .cast(schema.POST))  # fmt: skip
    if held:
        yield file, pa.concat_tables(held)
