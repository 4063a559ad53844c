"""What the shipped word lists promise, language by language."""

from __future__ import annotations

from collections import Counter

import pytest

from monitor.cities import DATA
from monitor.cli.taxonomy import sources
from monitor.terms.findings import findings
from monitor.terms.stats import REVIEW, stats
from nlp.recognisers.name_lists import read_names
from taxonomy.taxonomy import SHIPPED, load

pytestmark = pytest.mark.unit
LISTS = load()
STATS = {s.language: s for s in stats(LISTS, SHIPPED, sources())}


def test_all_28_languages_have_lists() -> None:
    assert set(STATS) == set(LISTS.languages)
    assert sum(s.terms for s in STATS.values()) >= 12_000


@pytest.mark.parametrize("language", sorted(LISTS.languages))
def test_a_language_is_deep_enough(language: str) -> None:
    of = STATS[language]
    assert of.least[1] >= 12, of.least
    assert of.examples == of.terms
    assert of.slang >= 60
    assert of.groups >= 60
    assert of.rights >= 40
    assert of.official <= 0.4
    assert of.nearest[1] <= 0.15, of.nearest
    assert set(LISTS.groups) <= {e.code for e in LISTS.of("groups", language)}
    assert (SHIPPED / language / REVIEW).read_text(encoding="utf-8").strip()


def test_each_term_is_found_in_its_example() -> None:
    found = [f for f in findings(LISTS, read_names(DATA / "names")) if f.kind == "example"]
    assert [(f.where, f.term) for f in found] == []


def test_every_term_says_where_it_comes_from() -> None:
    empty = Counter({language: given.count("") for language, given in sources().items()})
    assert +empty == Counter()
