"""Names that stay: of public people and organisations by list, of streets and houses by what
stands beside them.

A listed name stays in any form of its words that the language may give them (`Václava Havla`),
also where only a part of it was found. A name of one word is listed by itself and stays alone
only. A last name that nothing speaks for stays if a listed name ends with it: `Merz`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from base.text import words
from nlp.recognisers.bits import (
    CAPITAL,
    CASELESS,
    HOUSE,
    NAME,
    PARTICLE,
    STREET,
    TITLE,
)  # fmt: skip
from nlp.recognisers.lexicon import Lexicon
from nlp.recognisers.names import Names
from nlp.recognisers.reading import APOSTROPHES, JOINS, QUOTES, Found, Reading

_STEM = 3  # letters that two forms of a word share at least
_AROUND = 2  # words beside a find that may belong to a listed name


class Kept:
    """public: folded full names that stay."""

    def __init__(self, public: Iterable[str]) -> None:
        self._by_stem: defaultdict[tuple[str, ...], list[list[str]]] = defaultdict(list)
        for name in public:
            listed = words(name)
            self._by_stem[_stems(listed)].append(listed)
        self._lasts: defaultdict[str, set[str]] = defaultdict(set)
        for group in self._by_stem.values():
            for *before, last in group:
                self._lasts[last[:_STEM]].update([last] if before else [])
        self._longest = max(map(len, self._by_stem), default=0)
        self._first_stems = frozenset(stems[0] for stems in self._by_stem if stems)

    def stays(self, reading: Reading, found: Found) -> bool:
        return is_street(reading, found) or is_house(reading, found) or self._is_public(
            reading, found
        )  # fmt: skip

    def _is_public(self, reading: Reading, found: Found) -> bool:
        if not self._longest:
            return False
        if found.is_lone:
            word = reading.folded(found.first)
            lexicon = reading.lexicon
            return any(
                _is_form(word, last, lexicon.names, lexicon.lang)
                for last in self._lasts.get(word[:_STEM], ())
            )
        first = max(0, found.first - _AROUND)
        end = min(len(reading.words), found.last + 1 + _AROUND)
        around = [reading.folded(i) for i in range(first, end)]
        at, to = found.first - first, found.last + 1 - first
        for i in range(to):
            if around[i][:_STEM] not in self._first_stems:
                continue
            for j in range(max(i, at) + 1, min(len(around), i + self._longest) + 1):
                is_whole = j - i > 1 or (at, to) == (i, j)
                if is_whole and self._is_listed(around[i:j], reading.lexicon):
                    return True
        return False

    def _is_listed(self, name: list[str], lexicon: Lexicon) -> bool:
        return any(
            all(_is_form(*two, lexicon.names, lexicon.lang) for two in zip(name, one, strict=True))
            for one in self._by_stem.get(_stems(name), ())
        )


def _stems(name: list[str]) -> tuple[str, ...]:
    return tuple(word[:_STEM] for word in name)


def _is_form(word: str, listed: str, names: Names, lang: str) -> bool:
    """Whether a folded word is the listed one with an ending of the language: havla, havel."""
    if word == listed:
        return True
    if word[-1] == "s" and word[:-1] == listed:
        return True  # Wallenbergs torg, in any language
    bare = listed[:-2] + listed[-1]  # Havel without its e
    return any(base in (listed, bare) for base in names.bases(word, lang))


def is_street(reading: Reading, found: Found) -> bool:
    """Martin-Luther-Straße, Rue Victor Hugo: a street word beside the name."""
    after, before = found.last + 1, found.first - 1
    is_joined = after < len(reading.bits) and reading.gaps[found.last] in JOINS
    if is_joined and reading.bits[after] & STREET and reading.bits[after] & (CAPITAL | CASELESS):
        return True
    last = reading.bits[found.last]
    if last & STREET and last & TITLE and found.last > found.first:
        is_prefixed = found.first > 0 and reading.gaps[found.first - 1] in APOSTROPHES
        is_long = found.last - found.first > 1 or is_prefixed
        return bool(not last & NAME or is_long)  # O'Connell Street, but Anna Street
    while before >= 0 and reading.bits[before] & PARTICLE and reading.gaps[before] in JOINS:
        before -= 1
    is_near = before >= 0 and reading.gaps[before] in JOINS
    return is_near and bool(reading.bits[before] & STREET) and not reading.bits[before] & NAME


def is_house(reading: Reading, found: Found) -> bool:
    """Museum Václava Havla, Vytauto Didžiojo universitetas, San Carlos Borromeo, „Панайот Волов“:
    what is named after somebody, beside the name or in it."""
    bits = reading.bits
    if found.last > found.first and any(b & HOUSE for b in bits[found.first : found.last + 1]):
        return True
    before, after = found.first - 1, found.last + 1
    if before >= 0 and (reading.gaps[before] in JOINS or reading.gaps[before].strip() in QUOTES):
        before -= bool(bits[before] & PARTICLE)
        if before >= 0 and bits[before] & HOUSE:
            return True
    return after < len(bits) and reading.gaps[found.last] in JOINS and bool(bits[after] & HOUSE)
