"""Which places a post names, and which city it is about.

Reads `matches`, and `home` where the batch has it; assigns `places`, `city`, `matches`.
city: the city that is named most often, by itself or by its districts; when none is or two are
named equally often, the batch's `home`; else null. A district that shares its name with other
things (`needs_city`) counts only where its city is named too or is the home; where it does not
count, its match goes as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from base.text import words
from nlp.evidence import Evidence, codes_array, without_matches
from nlp.step import assign
from store.schema import STREAM
from taxonomy.taxonomy import Entry

TRAP = "trap"  # list of the phrases in which a name means something else


@dataclass(frozen=True)
class Place:
    """A city (`wien`) or a district (`wien/favoriten`) as posts call it; keys of data/README.md.

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


def place_entries(places: Iterable[Place]) -> Iterator[Entry]:
    """The names and traps of places as entries, of every language."""
    for place in places:
        names = {" ".join(words(name)): name for name in (*place.names, *place.forms)}
        for name in names.values():
            yield Entry("places", "", place.code, name, "exact")
        for name in place.exact:
            yield Entry("places", "", place.code, name, "case")
        for trap in place.traps:
            # a trap that is the name itself: in that spelling it is another word (`essen`)
            same = " ".join(words(trap)) in names
            yield Entry(TRAP, "", place.code, trap, "case" if same else "exact")


@dataclass(frozen=True)
class Places:
    """requires matches; assigns places, city, matches."""

    places: tuple[Place, ...] = ()
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
        homes: list[str | None] = [None] * posts.num_rows
        if posts.schema.get_field_index("home") >= 0:
            homes = posts.column("home").to_pylist()
        codes: list[list[str]] = [[] for _ in homes]
        cities: list[str | None] = [None if h in (None, STREAM, "") else h for h in homes]
        unproved: list[int] = []
        for row, hits in evidence.rows("places"):
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


def _city(named: list[str], home: str | None) -> str | None:
    counts = Counter(map(_city_of, named)).most_common(2)
    if not counts or (len(counts) == 2 and counts[0][1] == counts[1][1]):
        return home
    return counts[0][0]


def _city_of(code: str) -> str:
    return code.partition("/")[0]


STEP = Places
