"""Counts of one Query over one generation: a look at each segment, then one merge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Executor, wait

import numpy as np

from store.embedded.axes import Axis, axis
from store.embedded.cells import COLUMNS, Part, merge, part
from store.embedded.reader import Generation
from store.embedded.tables import quoted
from store.embedded.text import condition
from store.query import Query
from store.schema import REST
from store.unseal import Cells


def counts(
    now: Generation, query: Query, by: tuple[str, ...], countries: Mapping[str, str],
    pool: Executor,
) -> tuple[tuple[str, ...], Cells]:  # fmt: skip
    """(taggers of the posts that match, the cells)."""
    axes = [axis(name, query, now, countries) for name in by]
    akeys, taggers = (_plain(name, query, now) for name in ("akey", "tagger"))
    columns = ", ".join(dict.fromkeys((*COLUMNS, *(a.column for a in axes))))

    def look(place: int) -> tuple[set[int], Part | None]:
        segment = now.segments[place]
        with now.con.cursor() as con:
            met = condition(con, query, segment, countries)
            if met is None:
                return set(), None
            asked = f"SELECT {columns} FROM {segment.alias}.posts WHERE {met}"
            rows = con.execute(asked).fetchnumpy()
        used = np.flatnonzero(np.bincount(rows["_tagger"]))
        found = set(taggers.number(place, used).tolist())
        return found, part(place, rows, axes, akeys)

    looks = [pool.submit(look, place) for place in range(len(now.segments))]
    wait(looks)  # also when one fails: none may read on when the generation is given back
    seen = [look.result() for look in looks]
    numbers = sorted(set().union(*(found for found, _ in seen)))
    parts = [p for _, p in seen if p is not None]
    cells = merge(parts, axes, akeys.size, fold_stories=query.fold_stories)
    return tuple(t for t in map(taggers.label, numbers) if t is not None), cells


_IS_WHOLE = f"len(list_filter(redactions, lambda r: r.type = {quoted(REST)})) = 0"


def taggers(now: Generation) -> dict[str, int]:
    """How many posts each tagger tagged, of all posts whose text is still whole."""
    if "taggers" not in now.memo:
        found: Counter[str] = Counter()
        for segment in now.segments:
            with now.con.cursor() as con:
                rows = con.execute(
                    f"SELECT _tagger, count(*) FROM {segment.alias}.posts WHERE {_IS_WHOLE}"
                    " GROUP BY 1"
                ).fetchall()
            found.update({str(segment.codes["tagger"][number]): n for number, n in rows})
        now.memo["taggers"] = dict(found)
    kept = now.memo["taggers"]
    assert isinstance(kept, dict)
    return dict(kept)


def _plain(name: str, query: Query, now: Generation) -> Axis:
    if name not in now.memo:
        now.memo[name] = axis(name, query, now, {})
    found = now.memo[name]
    assert isinstance(found, Axis)
    return found
