"""Retagging: the posts of the lake once more through the tagger, after its lists have changed.

The text is scrubbed already, so language and redactions stay. A post keeps its id, home, month
and origin; its city and whether it is relevant may move, but on days whose coverage is frozen
they do not, for the posts that would change their shares are gone. What was protected stays so:
the places that were taken out of its text cannot be found in it again. A post whose text is not
whole any more is passed over: from the rest it could only lose tags.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from base import log
from monitor import pipeline
from monitor.kept_texts import is_whole
from monitor.tagging import build
from monitor.workspace import Workspace
from store import schema


@dataclass(frozen=True)
class Retagged:
    """How many posts were there, were tagged anew, moved to another city."""

    posts: int
    tagged: int
    moved: int


def retag(workspace: Workspace, tell: Callable[[str], None] = lambda _: None) -> Retagged:
    """Every post that another tagger tagged, then stories, coverage and the index.

    A post that the present tagger made is passed over, so what was interrupted goes on where it
    stopped, and a second run changes nothing.
    """
    tagger = build(workspace.settings, workspace.registry, tie_city=True, retag=True)
    posts = tagged = moved = 0
    partitions = sorted(workspace.lake.files("posts"))
    for number, (home, month) in enumerate(partitions, start=1):
        frozen = _frozen(workspace, home, month)

        def change(rows: pa.Table, frozen: frozenset[tuple[str, date]] = frozen) -> pa.Table:
            nonlocal posts, moved
            posts += rows.num_rows
            is_old = pc.not_equal(rows["tagger"], tagger.digest)
            old = rows.filter(pc.and_(is_old, is_whole(rows)))
            if old.num_rows == 0:
                return old
            fresh = _kept(old, pa.table(tagger(_one_batch(old))), frozen)
            moved += _differ(old["city"], fresh["city"])
            return pipeline.finished(_one_batch(fresh))

        # The lock is held for one partition, so that forgetting does not wait for all of them.
        with workspace.lake.writing() as writer:
            tagged += writer.change_posts(home, month, change, workspace.settings.nlp_batch)
        tell(f"{home} {month}: {number} of {len(partitions)} months of cities")
    log.event("retagging", "retagged", posts=posts, tagged=tagged, moved=moved)
    pipeline.refresh(workspace)
    return Retagged(posts, tagged, moved)


def _frozen(workspace: Workspace, home: str, month: str) -> frozenset[tuple[str, date]]:
    """(source, day) whose coverage keeps its numbers."""
    columns = ["source", "day", "frozen_at"]
    rows = workspace.lake.read("coverage", columns, None, [(home, month)])
    rows = rows.filter(rows["frozen_at"].is_valid())
    return frozenset(zip(rows["source"].to_pylist(), rows["day"].to_pylist(), strict=True))


def _kept(old: pa.Table, fresh: pa.Table, frozen: frozenset[tuple[str, date]]) -> pa.Table:
    """Tagged posts with what a retag may not change put back."""
    days = zip(old["source"].to_pylist(), old["day"].to_pylist(), strict=True)
    is_frozen = pa.array([pair in frozen for pair in days], pa.bool_())
    was_protected = old["protected"].combine_chunks()
    fresh = _put_back(fresh, old, ("relevant",), is_frozen)
    fresh = _put_back(fresh, old, ("protected", "places"), was_protected)
    return _put_back(fresh, old, ("city",), pc.or_(is_frozen, was_protected))


def _put_back(fresh: pa.Table, old: pa.Table, names: Sequence[str], where: pa.Array) -> pa.Table:
    for name in names:
        kind = schema.POST.field(name).type
        index = fresh.schema.get_field_index(name)
        values = pc.if_else(where, old[name].cast(kind), fresh[name].cast(kind))
        fresh = fresh.set_column(index, name, values)
    return fresh


def _differ(old: pa.ChunkedArray, fresh: pa.ChunkedArray) -> int:
    pairs = zip(old.to_pylist(), fresh.to_pylist(), strict=True)
    return sum(before != after for before, after in pairs)


def _one_batch(rows: pa.Table) -> pa.RecordBatch:
    return rows.combine_chunks().to_batches()[0]
