"""Which places a post names, and which city it is about.

Reads `matches`, and `home` and `source` where the batch has them; assigns `places`, `city`,
`matches`. Nothing else decides: no author, no profile, no other post.

city: the city that is named most often, by itself or by its districts. Of cities named equally
often the home, if it is one of them, else the one named first. Where none is named the home,
unless its source reaches further; a stream has none. A home that is a country or Europe is what
such a post is about: it makes no post one about a city. Else null.
A district that shares its name with other things (`needs_city`) counts only where its city is
named too or is the home; a name that several cities share counts for the one that is named too,
else for the home, else for the one whose own it is without its city. Where a name does not
count, its match goes as well. The city of a source that reaches further (`reach`) is no home,
and the tag that such a source searches for is no name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from base.text import phrase
from nlp.evidence import Evidence, codes_array, without_matches
from nlp.step import assign
from store.schema import STREAM
from taxonomy.entries import Entries
from taxonomy.model import PLACES, TRAP
from taxonomy.taxonomy import Entry


@dataclass(frozen=True)
class Place:
    """A city (`wien`) or a district (`wien/favoriten`) as posts of every language call it.

    Keys as in data/README.md; how one language writes it stands in taxonomy/places.

    names, forms: how it is written, all forms given. traps: phrases that hold a name and do not
    mean the place. needs_city: the names alone do not say which place it is. exact: names that
    count only in this spelling. A place some names of which need the city is given twice.
    """

    code: str
    names: tuple[str, ...]
    forms: tuple[str, ...] = ()
    traps: tuple[str, ...] = ()
    needs_city: bool = False
    exact: tuple[str, ...] = ()

    @property
    def every_name(self) -> tuple[str, ...]:
        return (*self.names, *self.forms, *self.exact)


def with_places(entries: Entries, places: Iterable[Place]) -> Entries:
    """The entries, and after them the names and traps of places, which belong to every language."""
    return entries.and_more(_entries(places))


def by_case(found: Entries) -> list[int]:
    """Traps that are a name themselves, of their language or of all: they count by case, since
    in that spelling the name is another word (`essen`)."""
    lists, languages, codes, terms = (
        found.columns[name] for name in ("list", "language", "code", "term")
    )
    of_place = pc.indices_nonzero(pc.is_in(lists, pa.array([PLACES, TRAP]))).to_pylist()
    taken = pa.array(of_place, pa.int64())
    rows = list(
        zip(
            of_place,
            *(column.take(taken).to_pylist() for column in (lists, languages, codes, terms)),
            strict=True,
        )
    )
    names = {(language, code, phrase(term)) for _, of, language, code, term in rows if of == PLACES}
    return [
        row
        for row, of, language, code, term in rows
        if of == TRAP and not names.isdisjoint({(on, code, phrase(term)) for on in ("", language)})
    ]


def counting_by_case(found: Entries, rows: Sequence[int]) -> Entries:
    """The entries with some of them counting in their very spelling."""
    if not rows:
        return found
    is_by_case = np.zeros(len(found), np.bool_)
    is_by_case[list(rows)] = True
    changed = pc.if_else(pa.array(is_by_case), "case", found.columns["match"])
    return replace(found, columns={**found.columns, "match": changed}, _made={})


def _entries(places: Iterable[Place]) -> Iterator[Entry]:
    for place in places:
        for name in {phrase(name): name for name in (*place.names, *place.forms)}.values():
            yield Entry(PLACES, "", place.code, name, "exact")
        for name in place.exact:
            yield Entry(PLACES, "", place.code, name, "case")
        for trap in place.traps:
            yield Entry(TRAP, "", place.code, trap, "exact")


@dataclass(frozen=True)
class Places:
    """requires matches; assigns places, city, matches.

    loose: (home, source) of the sources that reach beyond their city → the tags they search
    for, as `base.text.phrase` writes them: such a tag brought the post and proves nothing.
    """

    places: tuple[Place, ...] = ()
    loose: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    requires = ("matches",)
    assigns = ("places", "city", "matches")

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        evidence = Evidence.of(posts)
        needy = {
            (place.code, name)
            for place in self.places
            if place.needs_city
            for name in place.every_name
        }
        cities, tags = self._homes(posts)
        codes: list[list[str]] = [[] for _ in cities]
        unproved: list[int] = []
        spans = list(zip(evidence.start.tolist(), evidence.end.tolist(), strict=True))
        for row, hits in evidence.rows(PLACES):
            home = cities[row]
            named = [_Named(at, code, (code, name) in needy, spans[at]) for at, code, name in hits]
            if tags[row]:
                named = _without_tags(named, posts.column("text")[row].as_py(), tags[row])
            counted = list(_proved(named, home))
            kept = {hit.at for hit in counted}
            unproved += [at for at, _, _ in hits if at not in kept]
            codes[row] = sorted({hit.code for hit in counted})
            cities[row] = _city(counted, home)
        posts = assign(posts, "places", codes_array(codes))
        posts = assign(posts, "city", pa.array(cities, pa.string()))
        if unproved:
            posts = assign(posts, "matches", without_matches(posts, unproved))
        return posts

    def _homes(self, posts: pa.RecordBatch) -> tuple[list[str | None], list[frozenset[str]]]:
        """By row: the home that the source ties it to, and the tags that prove nothing."""
        homes, sources = (_column(posts, name) for name in ("home", "source"))
        cities = [None if home in (None, STREAM, "") else home for home in homes]
        tags = [frozenset[str]()] * len(homes)
        for row, pair in enumerate(zip(homes, sources, strict=True) if self.loose else ()):
            if pair in self.loose:
                cities[row], tags[row] = None, self.loose[pair]  # type: ignore[index]
        return cities, tags


class _Named(NamedTuple):
    """A match of a place. at: its place among the batch's. is_needy: needs its city."""

    at: int
    code: str
    is_needy: bool
    span: tuple[int, int]


def _without_tags(named: list[_Named], text: str, tags: frozenset[str]) -> list[_Named]:
    return [
        hit
        for hit in named
        if text[max(hit.span[0] - 1, 0)] not in "#＃" or phrase(text[slice(*hit.span)]) not in tags
    ]


def _proved(named: list[_Named], home: str | None) -> Iterator[_Named]:
    """The matches that count: of a word that several cities share, those of one city."""
    if len({hit.span for hit in named}) == len(named) and not any(hit.is_needy for hit in named):
        yield from named  # as nearly always
        return
    rivals: dict[tuple[int, int], set[str]] = {}
    for hit in named:
        rivals.setdefault(hit.span, set()).add(_city_of(hit.code))
    shared = {span for span, cities in rivals.items() if len(cities) > 1}
    sure = {_city_of(hit.code) for hit in named if not hit.is_needy and hit.span not in shared}
    for hit in named:
        city = _city_of(hit.code)
        if hit.span not in shared:
            if not hit.is_needy or city == home or city in sure:
                yield hit
            continue
        others = rivals[hit.span]
        fitting = (others & sure) or (others & {home}) or {
            _city_of(h.code) for h in named if h.span == hit.span and not h.is_needy
        }  # fmt: skip
        if fitting == {city}:
            yield hit


def _city(named: list[_Named], home: str | None) -> str | None:
    """The city named most often; of equally often named ones home, else the first in the text."""
    if len(named) == 1:
        return _city_of(named[0].code)
    words = {(hit.span, _city_of(hit.code)) for hit in named}
    counts = Counter(city for _, city in sorted(words))  # equal ones stay in the text's order
    if not counts:
        return home
    most = max(counts.values())
    first, *rest = (city for city, count in counts.items() if count == most)
    return home if home in rest else first


def _city_of(code: str) -> str:
    return code.partition("/")[0]


def _column(posts: pa.RecordBatch, name: str) -> list[str | None]:
    there = posts.schema.get_field_index(name) >= 0
    values: list[str | None] = posts.column(name).to_pylist() if there else [None] * posts.num_rows
    return values


STEP = Places
