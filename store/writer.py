"""Writing to the lake: posts in, once each, in the month they were first seen in.

Only inside `Lake.writing()`, which holds the lake lock shared. A merge holds its homes' locks
too, so what it found new is still new when it is written. New rows are appended, known ones
merged under a predicate that names homes and months as literals: a few files of millions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, write_deltalake

from base import points
from store import known, schema
from store.tables import TABLES, quoted

if TYPE_CHECKING:
    from store.lake import Lake


@dataclass(frozen=True)
class Merged:
    """What a merge did, in rows. other_text: those that took the place of another text."""

    new: int
    known: int
    forgotten: int
    other_text: int = 0


@dataclass(frozen=True)
class Guard:
    """What a batch's rows are checked against `forgotten` by; arrays as long as the batch.

    lookup: keyed hash of the address. author: keyed hash of platform and author that never
    rotates; it exists in memory only.
    """

    lookup: pa.Array
    author: pa.Array


class Writer:
    """Writes to a lake whose lock is held."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def merge_posts(
        self,
        posts: pa.Table,
        vault: pa.Table,
        guard: Guard,
        tell_new: Callable[[pa.Table], None] = lambda _: None,
    ) -> Merged:
        """Bring posts and their vault rows in, once each; a post keeps the month it was first in.

        tell_new: is given the posts that nobody brought before, before they are written; again
        where the merge is killed and repeated.
        posts: POST columns (month is set here). vault: VAULT columns, same rows. Rows that
        `forgotten` names are left out and counted. Of rows with one (id, home) the last counts;
        a known post keeps when it was first collected, and is written only where it differs.
        """
        if posts.num_rows == 0:
            return Merged(0, 0, 0)
        allowed = self._allowed(posts["id"], guard)
        dropped = posts.num_rows - allowed.true_count
        last = _last_of_each(posts)
        other_text = 0 if last.false_count == 0 else _replaced(posts)
        keep = pc.and_(allowed, last)
        posts, vault = posts.filter(keep), vault.filter(keep)
        if posts.num_rows == 0:
            return Merged(0, 0, dropped)
        homes = pc.unique(posts["home"]).to_pylist()
        with self._lake.lock.homes(homes):
            stands, found = known.standing(self._lake, posts)
            vaulted = found["month"].combine_chunks()
            standing = stands["month"].combine_chunks()
            first_seen = pc.strftime(posts["day"], format="%Y-%m")
            # The vault goes first: a post without origin could never be found by its address.
            # A vault row that a killed writer left behind says which month its post belongs to.
            vault = _with_month(vault, pc.coalesce(vaulted, standing, first_seen))
            changed = pc.invert(_is_same_origin(vault, found))
            self._bring_in("vault", vault.filter(changed), vaulted.is_null().filter(changed))
            points.reached("vault-merged")
            tell_new(posts.filter(standing.is_null()))
            posts = _with_month(posts, pc.coalesce(standing, vaulted, first_seen))
            beside = known.compared(self._lake, posts, stands)
            self._bring_in(
                "posts",
                beside.posts.filter(beside.write),
                standing.is_null().filter(beside.write),
                beside.stood.filter(beside.write),
            )
            points.reached("posts-merged")
        new = standing.null_count
        return Merged(new, posts.num_rows - new, dropped, other_text + beside.other_text)

    def _allowed(self, ids: pa.ChunkedArray, guard: Guard) -> pa.BooleanArray:
        gone = self._lake.read("forgotten")
        allowed = pa.array([True] * len(ids))
        for kind, values in (("id", ids), ("address", guard.lookup), ("author", guard.author)):
            keys = gone.filter(pc.equal(gone["kind"], kind))["key"].combine_chunks()
            if len(keys):
                found = pc.fill_null(pc.is_in(values, value_set=keys), False)
                if isinstance(found, pa.ChunkedArray):
                    found = found.combine_chunks()
                allowed = pc.and_(allowed, pc.invert(found))
        return allowed

    def _bring_in(
        self, name: str, rows: pa.Table, is_new: pa.Array, stood: pa.Array | None = None
    ) -> None:
        """Append new rows, merge known ones; killed between the two, the next run knows more.

        stood: the `created` under which known rows stand; files of other times are not read.
        """
        new = rows.filter(is_new).select(TABLES[name].schema.names)
        if new.num_rows:
            self._lake.commit(name, lambda table: write_deltalake(table, new, mode="append"))
        if new.num_rows < rows.num_rows:
            span = None if stood is None else pc.min_max(stood).as_py()
            self._update(name, rows.filter(pc.invert(is_new)), span)

    def _update(
        self, name: str, batch: pa.Table, span: Mapping[str, datetime] | None = None
    ) -> None:
        """Put rows in the place of those with their key, which stand in the months they name."""
        kind = TABLES[name]
        same = " and ".join(f"t.{c} = s.{c}" for c in (*kind.key, "month"))
        homes, months = (pc.unique(batch[c]).to_pylist() for c in ("home", "month"))
        literals = f"t.home in ({quoted(homes)}) and t.month in ({quoted(months)})"

        if span is not None and span["min"] is not None:
            low, high = (f"timestamp '{span[end].isoformat()}'" for end in ("min", "max"))
            literals += f" and t.created >= {low} and t.created <= {high}"

        def attempt(table: DeltaTable) -> None:
            (
                table.merge(
                    batch.select(kind.schema.names),
                    predicate=f"{literals} and {same}",
                    source_alias="s",
                    target_alias="t",
                )
                .when_matched_update_all()
                .execute()
            )

        self._lake.commit(name, attempt)

    def change_posts(
        self, home: str, month: str, change: Callable[[pa.Table], pa.Table], batch: int
    ) -> int:
        """Put what `change` makes of posts in their place, `batch` rows at a time; rows changed.

        change: POST rows in, those that differ out, same ids. Nothing comes in or leaves, and
        the vault is not touched. Others that write into the home wait.
        """
        changed = 0
        with self._lake.lock.homes([home]):
            for rows in self._lake.dataset("posts", [(home, month)]).to_batches(
                columns=schema.POST.names, batch_size=batch
            ):
                fresh = change(pa.table(rows).cast(schema.POST)) if rows.num_rows else None
                if fresh is not None and fresh.num_rows:
                    self._update("posts", fresh)
                    changed += fresh.num_rows
        return changed

    def merge_rows(self, name: str, rows: pa.Table) -> None:
        """Bring rows of a small table in, once each by its key."""
        kind = TABLES[name]
        same = " and ".join(f"t.{c} = s.{c}" for c in kind.key)

        def attempt(table: DeltaTable) -> None:
            (
                table.merge(rows, predicate=same, source_alias="s", target_alias="t")
                .when_matched_update_all()
                .when_not_matched_insert_all()
                .execute()
            )

        self._lake.commit(name, attempt)

    def replace_partitions(
        self, name: str, rows: pa.Table, partitions: Sequence[tuple[str, str]]
    ) -> None:
        """Put `rows` in the place of everything in `partitions`, in one commit."""
        where = " or ".join(
            f"(home = {quoted([h])} and month = {quoted([m])})" for h, m in partitions
        )

        def attempt(table: DeltaTable) -> None:
            write_deltalake(table, rows, mode="overwrite", predicate=where)

        if partitions:
            self._lake.commit(name, attempt)


def _last_of_each(posts: pa.Table) -> pa.Array:
    """Marks, of rows with one (id, home), the last."""
    pairs = list(zip(posts["id"].to_pylist(), posts["home"].to_pylist(), strict=True))
    last = {pair: index for index, pair in enumerate(pairs)}
    return pa.array([last[pair] == index for index, pair in enumerate(pairs)], pa.bool_())


def _replaced(posts: pa.Table) -> int:
    """How many texts another of the same (id, home) takes the place of."""
    texts = posts.group_by(["id", "home"]).aggregate([("text", "count_distinct")])
    return int(pc.sum(pc.subtract(texts["text_count_distinct"], 1)).as_py())


def _with_month(rows: pa.Table, months: pa.Array) -> pa.Table:
    index = rows.schema.get_field_index("month")
    return rows.set_column(index, schema.POST.field("month"), months)


def _is_same_origin(vault: pa.Table, found: pa.Table) -> pa.Array:
    """Marks vault rows that already stand there; sealing again would only change the nonce."""
    same_address = pc.equal(pc.fill_null(vault["lookup"], ""), pc.fill_null(found["lookup"], ""))
    same_kind = pc.equal(vault["sealed"].is_null(), found["open"])
    is_there = found["month"].is_valid()
    return pc.and_(is_there, pc.fill_null(pc.and_(same_address, same_kind), False))
