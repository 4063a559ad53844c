"""What of a batch stands in the lake already, where, and whether it stands there as it is.

A source is looked at again and again, and most of what it shows is known and unchanged: such
rows cost a look, not a rewritten file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from store import schema
from store.tables import connect

if TYPE_CHECKING:
    from store.lake import Lake

# Of the first time a post was collected and kept: retention counts from it, and the pseudonym
# belongs to its month.
FIRST = ("collected", "author", "fold")
_PLACE = ("id", "home", "month")
_LOOKED_UP = {"posts": _PLACE, "vault": (*_PLACE, "sealed", "lookup")}
_CONTENT = [name for name in schema.POST.names if name not in (*FIRST, *_PLACE)]


def standing(lake: Lake, rows: pa.Table) -> tuple[pa.Table, pa.Table]:
    """For each row what stands of it in `posts` and in `vault`, nulls for new rows.

    rows: columns id and home. Of posts: month, filename. Of the vault: month, lookup,
    and whether it has no address (open).
    """
    homes = set(pc.unique(rows["home"]).to_pylist())
    counts = {name: _counts(lake, name, homes) for name in ("posts", "vault")}
    posts = _found(lake, "posts", rows, list(counts["posts"]), "h.filename")
    # Each post has a vault row in its month. Where the vault has no more rows than that, there
    # is none that a killed writer left behind, and a new post need not be looked for.
    months = set(zip(rows["home"].to_pylist(), posts["month"].to_pylist(), strict=True))
    where = [
        key
        for key, count in counts["vault"].items()
        if key in months or count != counts["posts"].get(key, 0)
    ]
    return posts, _found(lake, "vault", rows, where, "h.lookup, h.sealed is null as open")


def _counts(lake: Lake, name: str, homes: set[str]) -> dict[tuple[str, str], int]:
    """Rows per (home, month) of some homes, as the log knows them."""
    actions = pa.table(lake.table(name).get_add_actions(flatten=True))
    found: dict[tuple[str, str], int] = {}
    if actions.num_rows:
        columns = ("partition.home", "partition.month", "num_records")
        for home, month, count in zip(*(actions[c].to_pylist() for c in columns), strict=True):
            if home in homes:
                found[home, month] = found.get((home, month), 0) + (count or 0)
    return found


def _found(
    lake: Lake, name: str, rows: pa.Table, where: Sequence[tuple[str, str]], more: str
) -> pa.Table:
    with connect() as con:
        lake.view(con, "here", name, where, columns=_LOOKED_UP[name], named_files=True)
        con.register("asked", _numbered(rows.select(["id", "home"])))
        return con.sql(
            f"select distinct on (a.n) h.month, {more} from asked a "
            "left join here h on h.id = a.id and h.home = a.home order by a.n, h.month"
        ).to_arrow_table()


@dataclass(frozen=True)
class Compared:
    """A batch beside what stands of it.

    posts: with what stands of their first collection. write: which have to be written: the new
    ones, and known ones that do not stand there word for word. stood: `created` of known posts
    as they stand, else null. other_text: how many known posts stand there with another text.
    """

    posts: pa.Table
    write: pa.Array
    stood: pa.Array
    other_text: int


def compared(lake: Lake, posts: pa.Table, found: pa.Table) -> Compared:
    """POST rows beside what `standing` found of them."""
    files = sorted(set(found["filename"].drop_null().to_pylist()))
    if not files:
        count = posts.num_rows
        return Compared(posts, pa.array([True] * count), pa.nulls(count, schema.MOMENT), 0)
    differs = " or ".join(f"h.{c} is distinct from a.{c}" for c in _CONTENT)
    first = ", ".join(f"case when h.id is null then a.{c} else h.{c} end as {c}" for c in FIRST)
    with connect() as con:
        con.register("asked", _numbered(posts))
        lake.offer(con, "here", "posts", files)
        rows = con.sql(
            f"select {first}, h.id is null or {differs} as write, h.created as stood, "
            "h.text <> a.text as other_text from asked a left join "
            "here h on h.id = a.id and h.home = a.home order by a.n"
        ).to_arrow_table()
    for name in FIRST:
        field = schema.POST.field(name)
        posts = posts.set_column(
            schema.POST.get_field_index(name), field, rows[name].cast(field.type)
        )
    return Compared(
        posts,
        rows["write"].combine_chunks(),
        rows["stood"].combine_chunks(),
        pc.sum(rows["other_text"]).as_py() or 0,
    )


def _numbered(rows: pa.Table) -> pa.Table:
    return rows.append_column("n", pa.array(range(rows.num_rows), pa.int64()))
