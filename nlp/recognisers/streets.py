"""What a word may be in the name of a street of one language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from enum import IntFlag

from base.text import fold
from nlp.recognisers.naming import Naming
from nlp.recognisers.street_words import StreetWord

# Languages that write the street word onto the name.
_GLUING = frozenset(("de", "nl", "sv", "da", "fi", "et", "hu"))
# Languages that write the number in front of a street word: 12 rue Hugo, 14 Triq il-Kbira.
_NUMBERS_FIRST = frozenset(("ar", "en", "fr", "ga", "mt"))
# Languages whose streets' names need no street word after `na` and its like.
_WITH_CASES = frozenset(("bg", "cs", "hr", "pl", "ru", "sk", "sl", "uk"))
_SHORTEST_GLUED = 3
_SHORTEST_ABROAD = 3
_SHORTEST_IN_SAME_SCRIPT = 4
_SHORTEST_GLUED_ABROAD = 5
_LEAST_NAME = 3  # letters in front of a glued street word; fewer where it has a capital: Åvej
_LEAST_ENDED = 4
_MOST_REMEMBERED = 50_000
_LATIN = re.compile("[a-z]")
_OTHER_SCRIPTS = frozenset(("ar", "bg", "el", "ru", "uk"))
ALL = "*"


class Part(IntFlag):
    """What one word may be; SURE: a name in small letters beside it is enough."""

    BEFORE = 1  # a street word in front of the name: Via
    AFTER = 2  # behind it: Road
    GLUED = 4  # the word ends with a street word: Lindenstraße
    ENDED = 8  # it ends as names do that need no street word: Dlouhá
    AT = 16  # stands before such a name: na
    OPENING = 32  # begins a name: Am, Unter
    SURE_BEFORE = 64
    SURE_AFTER = 128
    SURE_GLUED = 256
    ABROAD = 512  # a street word of another language
    SURE_ENDED = 1024  # AT before it says enough: στην Φυλής


(
    BEFORE,
    AFTER,
    GLUED,
    ENDED,
    AT,
    OPENING,
    SURE_BEFORE,
    SURE_AFTER,
    SURE_GLUED,
    ABROAD,
    SURE_ENDED,
) = map(int, Part)
STREET = BEFORE | AFTER | GLUED | ENDED | OPENING


def has_capital(word: str) -> bool:
    """Whether it begins as a name does; figures and scripts without capitals always do."""
    return word[:1].isupper() or not word[:1].islower()


class Streets(dict[str, int]):
    """The street words of a language; word as written → what it may be, bits of Part."""

    def __init__(self, listed: Sequence[StreetWord], naming: Naming, lang: str) -> None:
        super().__init__()
        self._alone: defaultdict[str, int] = defaultdict(int)
        self._abroad: defaultdict[str, int] = defaultdict(int)
        self._is_latin = lang not in _OTHER_SCRIPTS
        glued: dict[str, int] = {}
        foreign: dict[str, int] = {}
        endings: dict[str, int] = {}
        plain: defaultdict[str, int] = defaultdict(int)
        self.openings: set[tuple[str, ...]] = set()
        for row in listed:
            is_own = lang in row.languages
            word = row.word
            bit = ENDED if row.place == "ending" else Part[row.place.upper()].value
            if row.is_sure and row.place != "ending":
                bit |= Part[f"SURE_{row.place.upper()}"].value
            if is_own and row.place == "ending":
                endings[word] = ENDED | (SURE_ENDED if row.is_sure else 0)
            elif is_own and row.place == "opening":
                self.openings.add(tuple(word.split()))
                self._alone[word.split()[0]] |= OPENING
            elif is_own and row.place == "glued":
                glued[word] = bit
            elif is_own:
                self._alone[word] |= bit
            elif row.is_sure and row.place == "glued":
                if row.is_plain or len(word) >= _SHORTEST_GLUED_ABROAD:
                    foreign[word] = GLUED
            elif row.is_plain:
                # in front of a name small letters are told by the name's capital alone
                plain[word] |= ABROAD | (BEFORE if row.place == "before" else bit)
            elif row.is_sure and row.place != "glued" and len(word) >= _SHORTEST_ABROAD:
                self._abroad[word] |= bit | ABROAD
        self._add_cues(naming, lang, glued, foreign)
        for word, bits in plain.items():
            self._alone[word] |= bits
        self._glued = _longest_first(glued)
        self._foreign = _longest_first(foreign)
        self._endings = _longest_first(endings)
        self.has_nouns = lang == "de"
        self.numbers_first = lang in _NUMBERS_FIRST
        self.has_cases = lang in _WITH_CASES
        self.names_with_at = any(row.place == "at" and lang in row.languages for row in listed)

    def _add_cues(
        self, naming: Naming, lang: str, glued: dict[str, int], foreign: dict[str, int]
    ) -> None:
        """The street words of the language's cues: on either side where no row says which."""
        is_gluing = lang in _GLUING
        for cue in naming.cues(lang, "street", "street abroad"):
            word = cue.words[0]
            if len(cue.words) > 1 or word in self.first_of_openings:
                continue
            if len(word) < _SHORTEST_GLUED and naming.key(lang) == ALL:
                continue
            if word not in self._alone and len(word) >= _SHORTEST_GLUED:
                self._alone[word] = AFTER if is_gluing and cue.kind == "street" else BEFORE | AFTER
            if is_gluing and len(word) >= _SHORTEST_GLUED:
                glued.setdefault(word, GLUED)
        self._cued = frozenset(naming.abroad())
        for word, needs in naming.abroad().items():
            if len(word) < _SHORTEST_GLUED or word in self._alone:
                continue
            if word not in self._abroad:
                self._abroad[word] = BEFORE | AFTER | ABROAD
            if not needs and len(word) >= _SHORTEST_GLUED_ABROAD:
                foreign.setdefault(word, GLUED)

    @property
    def first_of_openings(self) -> set[str]:
        return {words[0] for words in self.openings}

    def is_ended(self, word: str) -> bool:
        """Whether it ends as names do that need no street word, in small letters too."""
        return len(word) >= _LEAST_ENDED and word.endswith(tuple(end for end, _ in self._endings))

    def __missing__(self, word: str) -> int:
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        self[word] = bits = self._bits(word)
        return bits

    def _bits(self, word: str) -> int:
        folded = fold(word)
        bits = self._alone.get(folded, 0)
        is_capital = word[:1].isupper()
        if bits & ~(AT | OPENING):
            # Plaza Mayor 5 in English, which knows a Plaza behind the name alone
            abroad = self._abroad.get(folded, 0) if is_capital and not bits & BEFORE else 0
            return bits | (abroad & (BEFORE | ABROAD) if abroad & BEFORE else 0)
        is_foreign = not self._is_latin and _LATIN.match(folded) is not None
        is_told = len(folded) >= _SHORTEST_IN_SAME_SCRIPT or folded in self._cued
        if is_foreign or (is_capital and is_told):
            bits |= self._abroad.get(folded, 0)
        if bits & (BEFORE | AFTER):
            return bits
        least = 1 if is_capital else _LEAST_NAME
        for end, bit in self._glued:
            if folded.endswith(end) and len(folded) >= len(end) + least:
                return bits | bit
        if is_capital or is_foreign:
            for end, bit in self._foreign:
                if folded.endswith(end) and len(folded) >= len(end) + _LEAST_NAME:
                    return bits | bit | (SURE_GLUED if is_foreign else 0)
        if is_capital and len(folded) >= _LEAST_ENDED:
            small = word.lower()  # accents tell cases apart: Dlouhá
            for end, bit in self._endings:
                if small.endswith(end):
                    return bits | bit
        return bits


def _longest_first(ends: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(ends.items(), key=lambda item: -len(item[0])))
