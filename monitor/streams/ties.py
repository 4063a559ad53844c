"""Whether a text may be about a city: a cheap look at its words, in memory.

Comes in: what the tagger finds places by, and the cities that are wanted. Goes out: a predicate for
`collectors.bluesky.stream` and the like. It knows no language, no context and no trap: whatever
the tagger could take for one of the cities or a district of it passes, and the tagger decides.
Not seen: names inside other words. Measured: docs/benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from base.text import phrase, words
from monitor.cities import Registry
from nlp.patterns import Patterns

_MOST_REMEMBERED = 300_000


class Ties(dict[str, str]):
    """Folded word → the city it may stand for, empty for none; learnt when a word is first met."""

    def __init__(
        self, patterns: Patterns, registry: Registry, cities: Collection[str] | None = None
    ) -> None:
        """cities: those that are wanted; None for all."""
        super().__init__()
        self._patterns = patterns
        self._cities = frozenset(registry.cities if cities is None else cities)
        # these count beside their city's name alone, which is a tie itself
        self._needy = frozenset(
            (f"{city.code}/{district.code}", phrase(name))
            for city in registry.cities.values()
            for district in city.districts
            for name in district.city_names
        )

    def __call__(self, text: str) -> str | None:
        """A city that the text may be about, None where it names none."""
        return next(filter(None, map(self.__getitem__, words(text))), None)

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        found = self[word] = next(self._of(word), "")
        return found

    def _of(self, word: str) -> Iterator[str]:
        for code, term in self._patterns.places_of(word):
            city = code.partition("/")[0]
            if city in self._cities and (code, phrase(term)) not in self._needy:
                yield city
