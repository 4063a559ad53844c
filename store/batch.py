"""A batch of posts as a small table in memory: which of them each Query matches.

The semantics are those of the index (`store.query`'s table), by the same code: the batch is a
segment that no disk sees. Its posts have no story yet; each counts.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import numpy as np
import pyarrow as pa

from store.embedded.reader import Attached, dictionaries
from store.embedded.segments import fill
from store.embedded.text import condition
from store.query import Query
from store.tables import OFFLINE


class Batch:
    """Posts to ask. posts: POST columns. countries: city → country, from the registry."""

    def __init__(
        self, posts: pa.Table, countries: Mapping[str, str], *, memory_limit: str = "500MB"
    ) -> None:
        self._countries = countries
        self._con = duckdb.connect(config={"memory_limit": memory_limit, "threads": "1", **OFFLINE})
        self._con.execute("SET TimeZone = 'UTC'")
        self._con.execute("ATTACH ':memory:' AS seg")
        count = posts.num_rows
        joined = (
            posts.append_column("story", posts["id"])
            .append_column("story_fold", pa.array(np.zeros(count, np.int8)))
            .append_column("counted", pa.array(np.ones(count, bool)))
        )
        fill(self._con, joined.to_reader())
        first, last = self._con.execute(
            "SELECT coalesce(min(_day), 0), coalesce(max(_day), 0) FROM seg.posts"
        ).fetchall()[0]
        codes, sets = dictionaries(self._con, "seg")
        self._segment = Attached("seg", count, first, last, 0, codes, sets)

    def matching(self, query: Query) -> list[str]:
        """The ids of the posts that match, each once, ascending."""
        met = condition(self._con, query, self._segment, self._countries)
        if met is None:
            return []
        found = self._con.execute(f"SELECT DISTINCT id FROM seg.posts WHERE {met} ORDER BY id")
        return [post for (post,) in found.fetchall()]
