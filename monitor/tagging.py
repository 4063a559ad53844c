"""The tagger of an installation: taxonomy, registry and name lists put together.

The registry's places become what the matcher takes (`monitor/places.py`); the scrubber gets the
cues of the taxonomy, the lists of names and the names that are kept.
"""

from __future__ import annotations

from base.table import rows
from base.text import phrase
from monitor.cities import DATA, Registry
from monitor.places import loose, places, problems
from monitor.settings import Settings
from monitor.terms.effective import effective, tell_left_out
from nlp import tagger
from nlp.exact import Exact
from nlp.language import Language
from nlp.recognisers.name_lists import read_names
from nlp.recognisers.naming import Naming, read_naming
from nlp.recognisers.numbers import read_numbers
from nlp.scrub import Scrub
from nlp.tagger import Tagger
from nlp.telling import Telling
from taxonomy.taxonomy import SHIPPED


def build(settings: Settings, registry: Registry, *, tie_city: bool, retag: bool = False) -> Tagger:
    """The chain. tie_city: a post is relevant only with a city. retag: of scrubbed posts.

    Raises BadInput for a list that names a place the registry does not have.
    """
    cache = settings.nlp_cache
    tree = effective(settings)
    tell_left_out(tree)
    for problem in problems(tree, registry):
        raise problem
    naming = read_naming(SHIPPED)
    return tagger.build(
        tree,
        tuple(places(registry)),
        None if retag else scrubber(settings, naming),
        None
        if retag
        else Language(
            frozenset(tree.languages),
            settings.nlp_language_least,
            tree.latin,
            {code: home.languages for code, home in registry.homes.items()},
        ),
        telling=Telling.read(SHIPPED),
        exact=Exact.read(SHIPPED, naming),
        tie_city=tie_city,
        loose=loose(registry),
        cache=cache,
    )


def present(settings: Settings, registry: Registry) -> str:
    """The digest that a post tagged now would keep, without building the tagger."""
    return tagger.digest(effective(settings), places(registry), loose=loose(registry))


def scrubber(settings: Settings, naming: Naming | None = None) -> Scrub:
    """The scrubber with everything that ships."""
    return Scrub(
        naming=naming or read_naming(SHIPPED),
        names=read_names(DATA / "names", settings.nlp_cache),
        numbers=read_numbers(DATA / "names"),
        public_names=_public_names(),
    )


def public_figures() -> frozenset[str]:
    """The folded names of people that the scrubber keeps, for what they say is public."""
    return _public_names("office", "public figure")


def _public_names(*kinds: str) -> frozenset[str]:
    listed = rows(DATA / "public_names.csv", ("name", "kind", "language", "note"))
    return frozenset(phrase(row["name"]) for row in listed if not kinds or row["kind"] in kinds)
