"""Large lakes for the indexes, made of a small one: a tagged sample many times over.

Each copy has ids, authors and stories of its own; the words are those of the sample. Nothing is
tagged twice, so that ten million posts are there in minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.posts import SINCE, UNTIL, write
from monitor import importing, pipeline, stories
from monitor.settings import Settings
from monitor.workspace import Workspace
from store.index import Index, Month, Snapshot
from store.query import Query
from store.snapshot import snapshot

_SAMPLE = 10_000
_COPY = """
    SELECT s.* REPLACE (
        md5(id || c) AS id, md5(story || c) AS story,
        CASE WHEN author IS NULL THEN NULL
            ELSE split_part(author, ':', 1) || ':' || md5(author || c)[:8] END AS author,
        (hash(coalesce(author, id), c) % 64)::TINYINT AS fold,
        (hash(story, c) % 64)::TINYINT AS story_fold
    ) FROM sample s, (SELECT unnest(range({first}, {last})) AS c)
"""


class Copies:
    """A home with a tagged sample, and lakes made of it. posts: in the sample."""

    def __init__(self, folder: Path) -> None:
        self.workspace = _sample(folder)
        self.con = duckdb.connect()
        self.con.execute("SET TimeZone = 'UTC'")
        held = snapshot(self.workspace.lake)
        rows = pa.concat_tables([held.read(m).read_all() for m in sorted(held.months)])
        self.con.execute("CREATE TABLE sample AS SELECT * FROM rows")
        self.posts: int = rows.num_rows
        listed = "SELECT month, count(*) FROM sample WHERE counted GROUP BY 1 ORDER BY 2 DESC"
        self._months: dict[str, int] = dict(self.con.execute(listed).fetchall())
        self.largest = next(iter(self._months))

    @property
    def of_largest(self) -> int:
        """Posts of the sample's largest month."""
        return self._months[self.largest]

    def rows(self, count: int) -> pa.Table:
        """So many posts."""
        last = count // self.posts + 1
        return self.con.sql(f"{_COPY.format(first=0, last=last)} LIMIT {count}").to_arrow_table()

    def lake(self, copies: int, more: int = 0) -> Snapshot:
        """`copies` of the sample; `more`: copies that came later, of the largest month alone."""

        def read(month: str) -> pa.RecordBatchReader:
            last = copies + (more if month == self.largest else 0)
            copied = _COPY.format(first=0, last=last)
            asked = f"{copied} WHERE month = '{month}'"
            return self.con.cursor().sql(asked).to_arrow_reader(10_000)

        homes = [h for (h,) in self.con.execute("SELECT DISTINCT home FROM sample").fetchall()]
        files = {
            m: Month(m, {h: (f"{copies} {more if m == self.largest else 0}",) for h in homes})
            for m in self._months
        }
        return Snapshot(
            f"{copies} {more}", files, read, lambda: self.workspace.lake.read("coverage")
        )


def questions(index: Index) -> dict[str, Callable[[], object]]:
    """What pages ask, and the heaviest that anybody may."""
    year = Query(since=SINCE, until=UNTIL)
    return {
        "compare, all areas, a year": lambda: index.counts(year, ("city", "area")),
        "all posts": lambda: index.counts(year),
        "one city by area": lambda: index.counts(year.replace(cities=("wien",)), ("area",)),
        "one word": lambda: index.counts(Query(text="wohnung"), ("city",)),
        "a phrase": lambda: index.counts(Query(text='"zu hoch"'), ("city",)),
        "wor*": lambda: index.counts(Query(text="integration*"), ("city",)),
        "weeks of one area": lambda: index.counts(
            year.replace(areas=("housing",)), ("city", "week")
        ),
        "stories by city": lambda: index.counts(year.replace(fold_stories=True), ("city",)),
        "twenty posts": lambda: index.posts(year, limit=20),
        "coverage by city and week": lambda: index.seen(Query(), ("city", "week")),
    }


def _sample(folder: Path) -> Workspace:
    """A home with a tagged sample."""
    write(folder / "files", _SAMPLE, 0.8)
    workspace = Workspace(Settings(home=folder / "home"))
    for path in sorted((folder / "files").glob("*.ndjson")):
        wanted = importing.Import(city=path.stem, source="bench")
        pipeline.take(workspace, importing.looks(workspace, [path], wanted))
    stories.follow(workspace.lake)
    return workspace
