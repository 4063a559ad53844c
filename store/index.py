"""What an index is: a view of the lake that is rebuilt, and answers Queries.

The embedded one (`duckdb_index`) and Elasticsearch obey the same contract suite with the same
numbers. An index stores, per (home, month), the names of the lake's files that it holds; where
the sets differ from the lake's, that month is brought up to date. It may have been down for
months.

IndexFault
├── IndexMissing      Terminal    nothing has been built yet: `unite index`
├── IndexDamaged      Terminal    a file is cut short or altered: `unite index --rebuild`
├── IndexNewer        Terminal    written by a newer version, which shares it with others
└── IndexNotWritten   Transient   disk full or folder read-only; the old generation answers

`store.elastic.faults` draws what else can go wrong with Elasticsearch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from base.errors import BadInput, Terminal, Transient, UniteError, unknown
from store.query import Query
from store.raw import RawCounts

# Dimensions that cells can be made of. Those of MANY give a post a cell for each of its codes;
# where the Query filters the same field, only the codes asked for make cells (a place asked for
# brings the places in it). A null makes a cell None, an empty list none. `week` is the Monday of
# the ISO week and `month` the calendar month of `day`, written YYYY-MM-DD, YYYY-MM; `hate` is the
# flag, yes/no.
MANY: Mapping[str, str] = {
    "area": "areas", "group": "groups", "right": "rights", "place": "places"
}  # fmt: skip
ONE = (
    "city", "country", "day", "week", "month", "platform", "source", "voice", "lang", "kind",
    "tone", "speech", "hate",
)  # fmt: skip
# What coverage knows, and so where a share of all posts seen exists.
SEEN_FIELDS = frozenset({"cities", "countries", "sources", "platforms", "voices", "languages",
                         "since", "until"})  # fmt: skip
# Of posts seen, `home` is the home of the source and `origin` whether that is the city the
# post is about: `own`; `elsewhere`, another city of the registry; `wide`, no city (a stream, a
# country). None where the post is about no city.
SEEN_BY = ("city", "country", "source", "platform", "voice", "lang", "day", "week", "month",
           "home", "origin")  # fmt: skip


class IndexFault(UniteError):
    """Anything wrong with the index itself."""


class IndexMissing(IndexFault, Terminal):
    """Nothing has been built yet."""


class IndexDamaged(IndexFault, Terminal):
    """A segment or the manifest cannot be read."""


class IndexNewer(IndexFault, Terminal):
    """A shared index was written by a newer version: an older one does not build it anew."""


class IndexNotWritten(IndexFault, Transient):
    """The index could not be brought up to date; what stood before goes on answering."""


@dataclass(frozen=True)
class Month:
    """The state of one month in the lake: its files by home, of posts and of stories."""

    month: str
    files: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Snapshot:
    """One version of the lake as an index reads it.

    months: file names per month and home. read(month) → the month's posts joined with their
    story (POST columns, then story, story_fold, counted). coverage() → the coverage table.
    """

    version: str
    months: Mapping[str, Month]
    read: Callable[[str], pa.RecordBatchReader]
    coverage: Callable[[], pa.Table]


@dataclass(frozen=True)
class Standing:
    """How an index stands, for who keeps the installation.

    place: what keeps it. generation: which state answers. behind: months in which it differs from
    the lake. fault: what is wrong though it may answer, else None.
    """

    place: str
    generation: str
    behind: int
    fault: str | None = None


def behind(lake: Snapshot, held: Mapping[str, Mapping[str, Sequence[str]]]) -> int:
    """In how many months an index differs from the lake. held: its files by month and home."""
    there = {m: {h: sorted(f) for h, f in month.files.items()} for m, month in lake.months.items()}
    here = {m: {h: sorted(f) for h, f in homes.items()} for m, homes in held.items()}
    return sum(there.get(month) != here.get(month) for month in there.keys() | here.keys())


class Index(Protocol):
    """The protocol of both indexes; one contract suite tests it."""

    def catch_up(self, lake: Snapshot, *, rebuild: bool = False, forget: bool = False) -> int:
        """Bring the index to `lake`; the number of months rebuilt.

        forget: no old generation is kept, not even for a moment.
        """
        ...

    def generation(self) -> str:
        """Which state answers now. Changes with every catch-up that changed something."""
        ...

    def standing(self, lake: Snapshot) -> Standing:
        """How it stands against `lake`. Raises IndexMissing."""
        ...

    def taggers(self) -> dict[str, int]:
        """How many posts each tagger tagged, of all posts that count: upkeep, not an answer.

        Posts whose text is not whole any more are left out: nothing tags them again.
        Never of a selection: nothing else leaves an index as a plain number.
        """
        ...

    def counts(self, query: Query, by: Sequence[str] = ()) -> RawCounts:
        """Counts of the posts that match, by cell; cells of zero posts are not there."""
        ...

    def seen(self, query: Query, by: Sequence[str] = ()) -> RawCounts:
        """Counts of all posts seen, from coverage; `query` may use SEEN_FIELDS only."""
        ...

    def posts(
        self, query: Query, *, limit: int, after: tuple[str, str, str] | None = None
    ) -> pa.Table:
        """Single posts, newest first (created desc, id, home), POST columns and story.

        For the posts tier only: the caller holds a purpose. after: (created ISO, id, home) of
        the last row of the page before.
        """
        ...


def check_by(by: Sequence[str], allowed: Sequence[str] = (*ONE, *MANY)) -> tuple[str, ...]:
    """`by` as a tuple. Raises BadInput for an unknown or repeated dimension."""
    for name in by:
        if name not in allowed:
            raise unknown("dimension", name, allowed)
    if len(set(by)) != len(by):
        raise BadInput("a dimension is named twice", expected="each dimension once")
    return tuple(by)


def check_seen(query: Query) -> None:
    """Raises BadInput when coverage cannot answer the Query."""
    plain = Query(relevant=query.relevant, fold_stories=False)
    allowed = {name: getattr(query, name) for name in SEEN_FIELDS}
    if plain.replace(**allowed) != query:
        raise BadInput(
            "a share of all posts seen exists only for filters that coverage knows",
            available=sorted(SEEN_FIELDS),
        )
