"""The registry's places as the matcher takes them, and the place lists of the languages beside.

Comes in: the registry and the taxonomy, neither of which knows the other. Goes out: places; the
sources that reach beyond their city; rows
of taxonomy/places whose code is no place, as problems with file and line; idle rows, as findings
for `unite taxonomy check`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

from base.errors import UniteError, unknown
from base.text import phrase
from monitor.cities import City, Registry
from monitor.terms.findings import Finding
from nlp.places import Place
from taxonomy.model import PLACES, TRAP
from taxonomy.taxonomy import Entry, Taxonomy

_TAG = re.compile(r"(?:[#＃]|/tags/)(\w+)")


def places(registry: Registry) -> Iterator[Place]:
    """Cities and districts as the matcher takes them."""
    for city in registry.cities.values():
        yield Place(
            city.code, city.names, (*city.forms, *city.hashtags), city.traps, exact=city.exact
        )
        yield from _districts(city)


def _districts(city: City) -> Iterator[Place]:
    for district in city.districts:
        code = f"{city.code}/{district.code}"
        if district.names:
            yield Place(code, district.names, traps=district.traps)
        if district.city_names:
            yield Place(code, district.city_names, traps=district.traps, needs_city=True)


def loose(registry: Registry) -> dict[tuple[str, str], frozenset[str]]:
    """(home, source) of the sources that reach beyond their city → the tags they search for."""
    return {
        (source.home, source.code): frozenset(map(phrase, _TAG.findall(unquote(source.address))))
        for city in registry.cities.values()
        for source in city.sources
        if source.reach != "city"
    }


def problems(taxonomy: Taxonomy, registry: Registry) -> list[UniteError]:
    """The rows whose place the registry does not have."""
    columns = taxonomy.entries.columns
    codes = columns["code"].filter(_is_place(taxonomy)).unique().to_pylist()
    missing = set(codes) - set(registry.places)
    if not missing:
        return []
    return [
        unknown("place", entry.code, registry.places, where=entry.where)
        for entry in _rows(taxonomy)
        if entry.code in missing
    ]


def repeats(taxonomy: Taxonomy, registry: Registry) -> Iterator[Finding]:
    """The rows that find nothing that the city's own file does not find in every language."""
    everywhere: dict[tuple[str, str, str], str] = {}
    for place in places(registry):
        where = f"{place.code.partition('/')[0]}.toml"
        for of, names in ((PLACES, (*place.names, *place.forms)), (TRAP, place.traps)):
            if not (of == PLACES and place.needs_city):
                everywhere |= {(of, place.code, phrase(name)): where for name in names}
    for entry in _rows(taxonomy):
        found = everywhere.get((entry.list, entry.code, phrase(entry.term)))
        if found is not None and entry.match in ("exact", "case"):
            yield Finding("repeats", entry.where, entry.term, entry.code, found)


def _rows(taxonomy: Taxonomy) -> Iterator[Entry]:
    return (taxonomy.entries[row] for row in pc.indices_nonzero(_is_place(taxonomy)).to_pylist())


def _is_place(taxonomy: Taxonomy) -> pa.BooleanArray:
    return pc.is_in(taxonomy.entries.columns["list"], pa.array([PLACES, TRAP]))
