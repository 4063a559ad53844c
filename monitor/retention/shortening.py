"""Articles become excerpts once nobody looks at them again.

A press article is kept whole for the recheck window of its source, so that a new term can find
it; after that a relevant one is cut to what may be shown of it anyway (`monitor/excerpts.py`).
Articles that are open or the importer's own stay whole. The old text leaves the files with the
vacuum that follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from monitor import excerpts, permits
from monitor.kept_texts import as_excerpts
from monitor.workspace import Workspace
from store import schema
from store.tables import connect

Ends = Mapping[tuple[str, str], datetime]


def shorten(workspace: Workspace, before: datetime, of_source: Ends) -> int:
    """Cut articles collected before `before`, or the moment of their (home, source); their number.

    Safe to repeat and to kill: what was cut is passed over.
    """
    due = _due(workspace, before, of_source)
    count = 0
    for home, month in sorted(set(zip(due["home"].to_pylist(), due["month"].to_pylist(),
                                      strict=True))):  # fmt: skip
        ids = due.filter(pc.and_(pc.equal(due["home"], home), pc.equal(due["month"], month)))["id"]

        with workspace.lake.writing() as writer:
            count += writer.change_posts(
                home, month, partial(_cut, ids.combine_chunks()), workspace.settings.nlp_batch
            )
    return count


def _cut(ids: pa.Array, rows: pa.Table) -> pa.Table:
    old = rows.filter(pc.is_in(rows["id"], value_set=ids))
    return as_excerpts(old) if old.num_rows else old


def due(workspace: Workspace, before: datetime, of_source: Ends) -> int:
    """How many articles `shorten` would cut."""
    return _due(workspace, before, of_source).num_rows


def _due(workspace: Workspace, before: datetime, of_source: Ends) -> pa.Table:
    ends = {"home": [h for h, _ in of_source], "source": [s for _, s in of_source],
            "before": list(of_source.values())}  # fmt: skip
    fields = [("home", pa.string()), ("source", pa.string()), ("before", schema.MOMENT)]
    lake = workspace.lake
    with lake.lock.shared(), connect() as con:  # no vacuum while the files are read
        lake.view(con, "posts", "posts", columns=_COLUMNS)
        con.register("ends", pa.table(ends, schema=pa.schema(fields)))
        given = {
            "before": before, "rest": schema.REST, "article": excerpts.ARTICLE,
            "whole": list(permits.WHOLE_CLASSES), "most": excerpts.MOST,
            "title": excerpts.LONGEST_TITLE + 1,
        }  # fmt: skip
        return con.sql(_DUE, params=given).to_arrow_table()


_COLUMNS = ("id", "home", "month", "source", "kind", "relevant", "collected", "terms_class",
            "redactions", "text")  # fmt: skip
_DUE = """
    select p.id, p.home, p.month from posts p
    left join ends e on e.home = p.home and e.source = p.source
    where p.kind = $article and p.relevant
        and p.collected < coalesce(e.before, $before::timestamptz)
        and not list_contains($whole::varchar[], p.terms_class)
        and len(list_filter(p.redactions, lambda r: r.type = $rest)) = 0
        and length(p.text) > $most
            + case when instr(p.text, chr(10)) <= $title then instr(p.text, chr(10)) else 0 end
"""
