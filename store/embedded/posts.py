"""Pages of single posts, newest first: created descending, then id, then home.

A page begins after the last row of the one before (a key, not an offset), so that a post that
comes or goes between two pages neither repeats nor hides another.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from store.embedded.reader import Generation
from store.embedded.tables import quoted
from store.embedded.text import condition
from store.paging import SHOWN, After, check_limit, moment
from store.query import Query


def page(
    now: Generation, query: Query, countries: Mapping[str, str], limit: int, after: After | None
) -> pa.Table:
    """At most `limit` posts after `after`, POST columns and story."""
    check_limit(limit)
    beyond = "" if after is None else f" AND ({_beyond(after)})"
    chosen: list[tuple[int, str, str, int, int]] = []
    order = sorted(range(len(now.segments)), key=lambda i: -now.segments[i].newest)
    for place in order:
        segment = now.segments[place]
        if len(chosen) == limit and segment.newest < -chosen[-1][0]:
            break  # the segments that follow are older still
        with now.con.cursor() as con:
            met = condition(con, query, segment, countries)
            if met is None:
                continue
            found = con.execute(
                f"SELECT -epoch_us(created), id, home, row FROM {segment.alias}.posts"
                f" WHERE {met}{beyond} ORDER BY created DESC, id, home LIMIT {limit}"
            ).fetchall()
        chosen = sorted([*chosen, *((*key, place, row) for *key, row in found)])[:limit]
    return _rows(now, chosen)


def _beyond(after: After) -> str:
    created, post, home = after
    later = f"(id, home) > ({quoted(post)}, {quoted(home)})"
    limit = f"make_timestamptz({moment(created)})"
    return f"created < {limit} OR (created = {limit} AND {later})"


def _rows(now: Generation, chosen: list[tuple[int, str, str, int, int]]) -> pa.Table:
    """The chosen posts whole, in the order of `chosen`."""
    columns = ", ".join(SHOWN.names)
    tables: list[pa.Table] = []
    places: dict[tuple[int, int], int] = {}
    for place in dict.fromkeys(c[3] for c in chosen):
        listed = [row for *_, where_from, row in chosen if where_from == place]
        asked = (
            f"SELECT {columns}, row FROM {now.segments[place].alias}.posts"
            f" WHERE row IN ({', '.join(map(str, listed))})"
        )
        with now.con.cursor() as con:
            table = con.sql(asked).to_arrow_table()
        done = sum(t.num_rows for t in tables)
        places.update({(place, r): done + i for i, r in enumerate(table["row"].to_pylist())})
        tables.append(table.select(SHOWN.names).cast(SHOWN))
    if not tables:
        return SHOWN.empty_table()
    return pa.concat_tables(tables).take([places[place, row] for *_, place, row in chosen])
