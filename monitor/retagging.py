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
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from base import log
from monitor import pipeline
from monitor.kept_texts import is_whole
from monitor.tagging import build
from monitor.workspace import Workspace
from nlp.tagger import Tagger
from store import schema

Month = tuple[str, str]  # a home's: (home, month)
Frozen = frozenset[tuple[str, date]]  # (source, day) whose coverage keeps its numbers
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Retagged:
    """How many posts were there, were tagged anew, moved to another city."""

    posts: int = 0
    tagged: int = 0
    moved: int = 0

    def __add__(self, other: Retagged) -> Retagged:
        return Retagged(
            self.posts + other.posts, self.tagged + other.tagged, self.moved + other.moved
        )


def retag(workspace: Workspace, tell: Tell = lambda _: None) -> Retagged:
    """Every post that another tagger tagged, then stories, coverage and the index.

    A post that the present tagger made is passed over, so what was interrupted goes on where it
    stopped, and a second run changes nothing.
    """
    return finish(workspace, every(workspace, tell))


def every(workspace: Workspace, tell: Tell = lambda _: None) -> Retagged:
    """Every post that another tagger tagged, month by month, in this process."""
    here = Here(workspace)
    done = Retagged()
    months = sorted(workspace.lake.files("posts"))
    for number, (home, month) in enumerate(months, start=1):
        done += here.month(home, month)
        tell(f"{home} {month}: {number} of {len(months)} months of cities")
    return done


def finish(workspace: Workspace, done: Retagged) -> Retagged:
    """Say what was done and bring up what follows from the posts."""
    log.event("retagging", "retagged", posts=done.posts, tagged=done.tagged, moved=done.moved)
    pipeline.refresh(workspace)
    return done


class Here:
    """Retags months in this process; the tagger is built when a month needs it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @cached_property
    def _tagger(self) -> Tagger:
        return retagger(self._workspace)

    def month(self, home: str, month: str) -> Retagged:
        """Retag a month of a home. The lake lock is held for it alone, so that forgetting does
        not wait for all of them."""
        done = Retagged()
        frozen_days = frozen(self._workspace, home, month)

        def change(rows: pa.Table) -> pa.Table:
            nonlocal done
            fresh, moved = anew(rows, self._tagger, frozen_days)
            done += Retagged(rows.num_rows, fresh.num_rows, moved)
            return fresh

        with self._workspace.lake.writing() as writer:
            writer.change_posts(home, month, change, self._workspace.settings.nlp_batch)
        return done


def retagger(workspace: Workspace) -> Tagger:
    """The tagger of scrubbed posts."""
    return build(workspace.settings, workspace.registry, tie_city=True, retag=True)


def anew(rows: pa.Table, tagger: Tagger, frozen: Frozen) -> tuple[pa.Table, int]:
    """Of POST rows of one month those that need it, tagged anew; how many moved to another city."""
    old = rows.filter(wanting(rows, tagger.digest))
    if old.num_rows == 0:
        return old, 0
    fresh = _kept(old, pa.table(tagger(_one_batch(old))), frozen)
    return pipeline.finished(_one_batch(fresh)), _differ(old["city"], fresh["city"])


def wanting(rows: pa.Table, digest: str) -> pa.Array:
    """Marks rows that another tagger tagged and whose text is whole."""
    return pc.and_(pc.not_equal(rows["tagger"], digest), is_whole(rows))


def frozen(workspace: Workspace, home: str, month: str) -> Frozen:
    """What is frozen of a month of a home."""
    columns = ["source", "day", "frozen_at"]
    rows = workspace.lake.read("coverage", columns, None, [(home, month)])
    rows = rows.filter(rows["frozen_at"].is_valid())
    return frozenset(zip(rows["source"].to_pylist(), rows["day"].to_pylist(), strict=True))


def _kept(old: pa.Table, fresh: pa.Table, frozen: Frozen) -> pa.Table:
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
