"""Which places a post names, and which city it is about.

Reads `matches`, and `home` and `source` where the batch has them; assigns `places`, `city`,
`matches`.
city: the city that is named most often, by itself or by its districts; when none is or two are
named equally often, the batch's `home`, unless its source speaks of more than that city; else
null. A district that shares its name with other
things (`needs_city`) counts only where its city is named too or is the home; where it does not
count, its match goes as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

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

    named_only: (home, source) whose posts are about the home only where they name it.
    """

    places: tuple[Place, ...] = ()
    named_only: frozenset[tuple[str, str]] = frozenset()
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
        cities = self._homes(posts)
        codes: list[list[str]] = [[] for _ in cities]
        unproved: list[int] = []
        for row, hits in evidence.rows(PLACES):
            home = cities[row]
            near = {home, *(_city_of(code) for _, code, name in hits if (code, name) not in needy)}
            counted = []
            for at, code, name in hits:
                if (code, name) in needy and _city_of(code) not in near:
                    unproved.append(at)
                else:
                    counted.append(code)
            codes[row] = sorted(set(counted))
            cities[row] = _city(counted, home)
        posts = assign(posts, "places", codes_array(codes))
        posts = assign(posts, "city", pa.array(cities, pa.string()))
        if unproved:
            posts = assign(posts, "matches", without_matches(posts, unproved))
        return posts

    def _homes(self, posts: pa.RecordBatch) -> list[str | None]:
        """The city of each post that names none."""
        none = [None] * posts.num_rows
        home, source = (
            posts.column(name).to_pylist() if posts.schema.get_field_index(name) >= 0 else none
            for name in ("home", "source")
        )
        return [
            None if h in (None, STREAM, "") or (h, s) in self.named_only else h
            for h, s in zip(home, source, strict=True)
        ]


def _city(named: list[str], home: str | None) -> str | None:
    counts = Counter(map(_city_of, named)).most_common(2)
    if not counts or (len(counts) == 2 and counts[0][1] == counts[1][1]):
        return home
    return counts[0][0]


def _city_of(code: str) -> str:
    return code.partition("/")[0]


STEP = Places
