"""The tagger of an installation: taxonomy, registry and name lists put together.

The registry's places become what the matcher takes; the scrubber gets the cues of the taxonomy,
the lists of names and the names that are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from base.table import rows
from base.text import words
from monitor.cities import DATA, City, Registry
from monitor.settings import Settings
from nlp import tagger
from nlp.exact import Exact
from nlp.language import Language
from nlp.places import Place
from nlp.recognisers.names import read_names
from nlp.recognisers.naming import Naming, read_naming
from nlp.recognisers.numbers import read_numbers
from nlp.scrub import Scrub
from nlp.tagger import Tagger
from nlp.telling import Telling
from taxonomy import compiled
from taxonomy.taxonomy import SHIPPED


def build(settings: Settings, registry: Registry, *, tie_city: bool, retag: bool = False) -> Tagger:
    """The chain. tie_city: a post is relevant only with a city. retag: of scrubbed posts."""
    cache = settings.nlp_cache
    tree = compiled.load(SHIPPED, cache)
    naming = read_naming(SHIPPED)
    return tagger.build(
        tree,
        tuple(places(registry)),
        None if retag else _scrub(naming, cache),
        None if retag else Language(frozenset(tree.languages), settings.nlp_language_least),
        telling=Telling.read(SHIPPED),
        exact=Exact.read(SHIPPED, naming),
        tie_city=tie_city,
        cache=cache,
    )


def _scrub(naming: Naming, cache: Path) -> Scrub:
    return Scrub(
        naming=naming,
        names=read_names(DATA / "names", cache),
        numbers=read_numbers(DATA / "names"),
        public_names=_public_names(DATA / "public_names.csv"),
    )


def _public_names(path: Path) -> frozenset[str]:
    listed = rows(path, ("name", "kind", "language", "note"))
    return frozenset(" ".join(words(row["name"])) for row in listed)


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
