"""The index on Elasticsearch: monthly indices behind an alias, counted by the server.

`<name>` begins the name of all that it keeps there:
  <name>-posts-<month>-<build>   a month's counted posts; <name>-posts is the alias that answers
  <name>-coverage-<build>        coverage; behind <name>-coverage
  <name>-state                   what is held, which generation answers, who may write

Who only asks writes nothing. A second writer, on whatever machine, waits for the first.

Raises IndexMissing, IndexDamaged, IndexNewer, IndexNotWritten (`store.index` draws the tree), and
what can go wrong with a server (`store.elastic.faults`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pyarrow as pa
from elasticsearch import Elasticsearch

from store.elastic import cells, coverage, reading, writer
from store.elastic.asking import asking
from store.elastic.feeding import RefusedRow
from store.elastic.names import Names
from store.elastic.posts import page
from store.elastic.reading import View
from store.elastic.standing import standing
from store.elastic.translate import translated
from store.index import SEEN_BY, Snapshot, Standing, check_by, check_seen
from store.query import Query
from store.raw import RawCounts
from store.unseal import Cells, seal

T = TypeVar("T")
_AT_ONCE = 8  # aggregations that questions have under way together


class ElasticIndex:
    """`store.index.Index` on a cluster.

    client: signed in and ready. countries: city → country, from the registry. name: what all
    names on the server begin with. shards: of a month's index; posts lie in them by home.
    replicas: as auto_expand_replicas takes it. refused: told of each row that cannot be held.
    """

    def __init__(
        self,
        client: Elasticsearch,
        countries: Mapping[str, str],
        *,
        name: str = "unite",
        shards: int = 1,
        replicas: str = "0-1",
        refused: Callable[[RefusedRow], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._countries = dict(countries)
        self._names = Names(name)
        self._server = writer.Server(client, self._names, shards, replicas, refused=refused)
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="index")

    @translated()
    def catch_up(self, lake: Snapshot, *, rebuild: bool = False, forget: bool = False) -> int:
        """Bring the index to `lake`; the number of months rebuilt. A second writer waits."""
        return writer.catch_up(self._server, lake, rebuild=rebuild, forget=forget)

    @translated()
    def generation(self) -> str:
        """Which state answers now."""
        return reading.generation(self._client, self._names)

    @translated()
    def standing(self, lake: Snapshot) -> Standing:
        """How it stands against `lake`. Raises IndexMissing."""
        return standing(self._client, self._names, lake)

    @translated()
    def taggers(self) -> dict[str, int]:
        """How many posts each tagger tagged, of all posts whose text is still whole."""

        def ask(view: View) -> dict[str, int]:
            return dict(cells.taggers(asking(view, Query(relevant=None), (), {}), is_whole=True))

        return self._settled(self._names.posts, ask)[1]

    @translated()
    def counts(self, query: Query, by: Sequence[str] = ()) -> RawCounts:
        """Counts of the posts that match, by cell; cells of zero posts are not there.

        RawCounts.tagger: the taggers of the posts that match.
        """
        names = check_by(by)

        def ask(view: View) -> tuple[tuple[str, ...], Cells]:
            asked = asking(view, query, names, self._countries)
            of_all = asking(view, query, (), self._countries)
            taggers = self._pool.submit(cells.taggers, of_all)
            found = cells.cells(asked, self._pool, fold_stories=query.fold_stories)
            return tuple(sorted(taggers.result())), found

        generation, (taggers, found) = self._settled(self._names.posts, ask)
        return seal(names, generation, taggers, found)

    @translated()
    def seen(self, query: Query, by: Sequence[str] = ()) -> RawCounts:
        """Counts of all posts seen, from coverage; `query` may use SEEN_FIELDS only."""
        names = check_by(by, SEEN_BY)
        check_seen(query)

        def ask(view: View) -> Cells:
            asked = asking(view, query.replace(relevant=None), names, self._countries)
            return coverage.seen(asked)

        generation, found = self._settled(self._names.coverage, ask)
        return seal(names, generation, (), found)

    @translated()
    def posts(
        self, query: Query, *, limit: int, after: tuple[str, str, str] | None = None
    ) -> pa.Table:
        """Single posts, newest first (created desc, id, home), POST columns and story."""

        def ask(view: View) -> pa.Table:
            return page(view, query, self._countries, limit, after)

        return self._settled(self._names.posts, ask)[1]

    def _settled(self, alias: str, ask: Callable[[View], T]) -> tuple[str, T]:
        return reading.settled(self._client, self._names, alias, ask)
