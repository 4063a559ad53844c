"""What a term would do with the posts of the lake, before anybody saves it.

Comes in: a Draft, a Query (cities, period). Goes out: `Tried`: where it is found, what it adds
beyond the other terms, what it overlaps with, how often it stands in posts of its language.

The index names the posts that hold the term's stem, and the matcher itself decides which are
hits, so what is found here is what tagging would find; irrelevant posts are still there for
their recheck window, and are looked at too.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from monitor import reading
from monitor.terms.drafting import Draft
from monitor.workspace import Workspace
from nlp.match import Match
from store.query import Query
from store.schema import UNKNOWN_LANGUAGE
from taxonomy.model import VOCABULARY

MOST_LOOKED = 50_000  # posts with the stem, the newest first
MOST_OVERLAPS = 8
_TIMED = 5_000
_COLUMNS = ("id", "city", "day", "source", "voice", "author", "protected", "lang", "text")


@dataclass(frozen=True)
class Hit:
    """One post in which the term is found. start, end: of the first place, code points."""

    id: str
    city: str | None
    day: str
    text: str
    start: int
    end: int
    is_protected: bool


@dataclass(frozen=True)
class Tried:
    """Exact figures in posts: for the posts tier, or to be told in words only.

    looked: posts that hold the stem. adds: hits that have the code only through the term.
    people: as `store.unseal.Cells.persons` counts them. overlaps: (other term, its code, hits in
    which both stand at one place). of_language: posts seen in the language. microseconds: of the
    matcher for a post that holds the stem.
    """

    hits: tuple[Hit, ...]
    looked: int
    adds: int
    people: int
    overlaps: tuple[tuple[str, str, int], ...]
    of_language: int
    microseconds: float

    @property
    def cities(self) -> int:
        """How many cities the hits are about."""
        return len({h.city for h in self.hits if h.city})

    @property
    def days(self) -> int:
        """On how many days."""
        return len({h.day for h in self.hits})


def tried(workspace: Workspace, draft: Draft, query: Query) -> Tried:
    """The term on the posts of a Query. Raises IndexMissing where there are none."""
    rows = candidates(workspace, draft, query)
    alone, others = Match(draft.alone()), Match(draft.others())
    found = alone(_batch(rows)).column("matches").to_pylist()
    timed = rows.slice(0, _TIMED)  # again: the first time its forms are worked out
    began = time.perf_counter()
    alone(_batch(timed))
    spent = time.perf_counter() - began
    places = [[(m["start"], m["end"]) for m in of_post] for of_post in found]
    held = rows.filter(pa.array([bool(p) for p in places], pa.bool_()))
    places = [p for p in places if p]
    rest = others(_batch(held)).column("matches").to_pylist()
    entry = draft.entry
    lists = ("terms", VOCABULARY) if entry.list == "terms" else (entry.list,)
    has_code = [
        any(m["list"] in lists and m["code"] == entry.code for m in of_post) for of_post in rest
    ]
    hits = tuple(
        Hit(r["id"], r["city"], r["day"].isoformat(), r["text"], *spans[0], r["protected"])
        for r, spans in zip(held.to_pylist(), places, strict=True)
    )
    return Tried(
        hits,
        rows.num_rows,
        has_code.count(False),
        people(held.select(["author", "source", "voice"]).to_pylist()),
        _overlaps(places, rest),
        _seen(workspace, entry.language, query.cities),
        spent / max(timed.num_rows, 1) * 1e6,
    )


def candidates(workspace: Workspace, draft: Draft, query: Query) -> pa.Table:
    """The newest posts of the language that hold a stem of the term, hits or not."""
    rule = draft.rule()
    asked = query.replace(
        languages=(draft.entry.language, UNKNOWN_LANGUAGE),
        terms=tuple(f"{stem}*" if rule.is_open else stem for stem in rule.stems),
        relevant=None,
    )
    pages = [p.select(_COLUMNS) for p in reading.pages(workspace, asked, limit=MOST_LOOKED)]
    if pages:
        return pa.concat_tables(pages)
    workspace.index.generation()  # raises where nothing was ever indexed
    return pa.table({name: pa.array([], pa.string()) for name in _COLUMNS})


def people(rows: Iterable[dict[str, Any]]) -> int:
    """The most authors under one month's key, one more for each source of personal posts without
    author, and every post of another voice, which is nobody to protect."""
    by_month: dict[str, set[str]] = defaultdict(set)
    nameless, others = set(), 0
    for row in rows:
        if row["voice"] != "personal":
            others += 1
        elif row["author"]:
            by_month[row["author"].partition(":")[0]].add(row["author"])
        else:
            nameless.add(row["source"])
    return max(map(len, by_month.values()), default=0) + len(nameless) + others


def _batch(rows: pa.Table) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(
        {name: rows[name].combine_chunks().cast(pa.string()) for name in ("text", "lang")}
    )


def _overlaps(
    places: Sequence[Sequence[tuple[int, int]]], rest: Sequence[Sequence[dict[str, Any]]]
) -> tuple[tuple[str, str, int], ...]:
    found: Counter[tuple[str, str]] = Counter()
    for spans, others in zip(places, rest, strict=True):
        found.update({
            (m["term"], m["code"])
            for m in others
            if any(m["start"] < end and start < m["end"] for start, end in spans)
        })  # fmt: skip
    return tuple((*key, n) for key, n in found.most_common(MOST_OVERLAPS))


def _seen(workspace: Workspace, language: str, cities: Sequence[str]) -> int:
    """Posts of the language that were seen: a denominator, which names nobody."""
    rows = workspace.lake.read("coverage", ["lang", "city", "seen"], pc.field("lang") == language)
    if cities:
        rows = rows.filter(pc.is_in(rows["city"], pa.array(list(cities))))
    return pc.sum(rows["seen"]).as_py() or 0
