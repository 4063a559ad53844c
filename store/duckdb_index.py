"""The embedded index: immutable DuckDB segments under a manifest, counted in numpy.

folder/
  manifest.json                 which files answer (`embedded.manifest`); replaced by rename
  seg/<month>-<generation>.duckdb, seg/coverage-<generation>.duckdb     (`segments`)
  lock                          held by the one writer

Who only asks writes nothing. A writer builds new files beside the old ones and replaces the
manifest; files of the generation before are left for a minute, after a forget not at all.

Raises IndexMissing, IndexDamaged, IndexNotWritten (`store.index` draws the tree).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa

from store.embedded import manifest, writer
from store.embedded.counts import counts, taggers
from store.embedded.posts import page
from store.embedded.reader import Reader
from store.embedded.seen import seen
from store.index import SEEN_BY, Snapshot, Standing, behind, check_by, check_seen
from store.query import Query
from store.raw import RawCounts
from store.unseal import seal


class DuckdbIndex:
    """`store.index.Index` in a folder.

    countries: city → country, from the registry. memory_limit: for DuckDB, `500MB`. threads: at
    work on one question.
    """

    def __init__(
        self,
        folder: Path,
        countries: Mapping[str, str],
        *,
        memory_limit: str = "500MB",
        threads: int = 2,
    ) -> None:
        self._folder = folder
        self._countries = dict(countries)
        self._memory_limit = memory_limit
        self._threads = threads
        self._reader = Reader(folder, memory_limit, threads)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="index")

    def catch_up(self, lake: Snapshot, *, rebuild: bool = False, forget: bool = False) -> int:
        """Bring the index to `lake`; the number of months rebuilt. A second writer waits."""
        return writer.catch_up(
            self._folder, lake, rebuild=rebuild, forget=forget,
            memory_limit=self._memory_limit, threads=self._threads,
        )  # fmt: skip

    def tidy(self) -> int:
        """Delete what earlier generations left, when its time is over; the number of files."""
        return writer.tidy(self._folder)

    def generation(self) -> str:
        """Which state answers now."""
        with self._reader.generation() as now:
            return now.name

    def standing(self, lake: Snapshot) -> Standing:
        """How it stands against `lake`. Raises IndexMissing, IndexDamaged."""
        found = manifest.read(self._folder)
        held = {month: segment.files for month, segment in found.months.items()}
        return Standing("embedded", found.generation, behind(lake, held))

    def taggers(self) -> dict[str, int]:
        """How many posts each tagger tagged, of all posts that count."""
        with self._reader.generation() as now:
            return taggers(now)

    def counts(self, query: Query, by: Sequence[str] = ()) -> RawCounts:
        """Counts of the posts that match, by cell; cells of zero posts are not there.

        RawCounts.tagger: the taggers of the posts that match.
        """
        names = check_by(by)
        with self._reader.generation() as now:
            tagger, cells = counts(now, query, names, self._countries, self._pool)
            return seal(names, now.name, tagger, cells)

    def seen(self, query: Query, by: Sequence[str] = ()) -> RawCounts:
        """Counts of all posts seen, from coverage; `query` may use SEEN_FIELDS only."""
        names = check_by(by, SEEN_BY)
        check_seen(query)
        with self._reader.generation() as now:
            return seal(names, now.name, (), seen(now, query, names, self._countries))

    def posts(
        self, query: Query, *, limit: int, after: tuple[str, str, str] | None = None
    ) -> pa.Table:
        """Single posts, newest first (created desc, id, home), POST columns and story."""
        with self._reader.generation() as now:
            return page(now, query, self._countries, limit, after)
