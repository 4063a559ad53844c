"""Whether a text may be about a city: a cheap look at its words, in memory.

Comes in: what the tagger finds places by, and the cities that are wanted. Goes out: a predicate for
`collectors.bluesky.stream` and the like. It knows no language, no context and no trap: whatever
the tagger could take for one of the cities or a district of it passes, and the tagger decides.
Not seen: names inside other words. Measured: docs/benchmarks.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

from base.text import phrase, words
from monitor.cities import Registry
from nlp.patterns import Patterns

_MOST_REMEMBERED = 300_000
_BESIDE = "?"  # of a word that is part of longer names alone
_ALIKE = 3  # letters by which another word of such a name is known, whatever its ending
_PIECE = re.compile(r"[^\W_]+")
# signs inside words, at which the pattern above would part them
_ODD = re.compile("[\u00ad\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670"
                  "\u200b-\u200f\u2060-\u2064\ufeff]")  # fmt: skip


class Ties(dict[str, str]):
    """Word as it is written → the city it may stand for, empty for none; learnt when first met."""

    def __init__(
        self, patterns: Patterns, registry: Registry, cities: Collection[str] | None = None
    ) -> None:
        """cities: those that are wanted; None for all."""
        super().__init__()
        self._patterns = patterns
        self._cities = frozenset(registry.cities if cities is None else cities)
        self._parts: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {}
        # these count beside their city's name alone, which is a tie itself
        self._needy = frozenset(
            (f"{city.code}/{district.code}", phrase(name))
            for city in registry.cities.values()
            for district in city.districts
            for name in district.city_names
        )

    def __call__(self, text: str) -> str | None:
        """A city that the text may be about, None where it names none."""
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
            pieces = words(text) if _ODD.search(text) else _PIECE.findall(text)
        else:
            pieces = _PIECE.findall(text)
        for piece in filter(self.__getitem__, pieces):
            city = self[piece]
            if city != _BESIDE:
                return city
            if found := self._beside(piece, words(text)):
                return found
        return None

    def __missing__(self, piece: str) -> str:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
            self._parts.clear()
        whole: list[str] = []
        parts: list[tuple[str, tuple[str, ...]]] = []
        for word in words(piece):
            for city, term in self._names(word):
                of_name = words(term)
                if len(of_name) == 1:
                    whole.append(city)
                else:
                    parts.append(
                        (city, tuple(w[:_ALIKE] for w in of_name if w[:_ALIKE] != word[:_ALIKE]))
                    )
        if parts and not whole:
            self._parts[piece] = tuple(parts)
        found = self[piece] = whole[0] if whole else _BESIDE if parts else ""
        return found

    def _beside(self, piece: str, found: Sequence[str]) -> str | None:
        """The city of a longer name whose other words stand in the text too."""
        starts = {word[:_ALIKE] for word in found}
        return next(
            (city for city, others in self._parts[piece] if starts.issuperset(others)), None
        )

    def _names(self, word: str) -> Iterator[tuple[str, str]]:
        for code, term in self._patterns.places_of(word):
            city = code.partition("/")[0]
            if city in self._cities and (code, phrase(term)) not in self._needy:
                yield city, term
