"""First and last names, which of them are everyday words, and how names are formed.

What `data/names/` lists; `name_lists` reads it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

EVERYWHERE = "*"
UNSEEN = "-"
_LONGEST_ENDING = 5
_LONGEST_FAMILY = 7
_SHORTEST_SOUND = 4
_FEW_WORDS = 300  # countries and languages alone
_OTHER_SCRIPTS = "\u0370"  # Greek, Cyrillic and what comes after them
_TWICE = re.compile(r"(.)\1+")


@dataclass(frozen=True)
class Names:
    """Folded first and last names.

    spellings: the same in small letters with their accents. common: first names of many
    countries. ordinary: name → languages in which it is also an everyday word, `*` for all.
    never: name → languages in which it is a word like `the`, and no name. particles: parts of a
    name that are none alone (van, el). opening: little words at the end of a cue after which
    anything may follow (`on behalf of`). families: `sk ova`, what family names of a language end
    with. speech: `sk povedal`, what people do with words. houses: beginnings of words for what is
    named after people (muse, universit, saint). auxiliaries: `hr je`, what stands between a verb
    of speech and who speaks. prefixes: `ar و`, a little word that is written together with a name.
    points: language → sign of a name → points, `*` for all languages, `-` for those without own.
    """

    first: frozenset[str] = field(default=frozenset(), repr=False)
    last: frozenset[str] = field(default=frozenset(), repr=False)
    spellings: frozenset[str] = field(default=frozenset(), repr=False)
    common: frozenset[str] = field(default=frozenset(), repr=False)
    ordinary: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    never: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    particles: frozenset[str] = field(default=frozenset(), repr=False)
    opening: frozenset[str] = field(default=frozenset(), repr=False)
    endings: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    letters: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    sounds: frozenset[str] = field(default=frozenset(), repr=False)
    before_places: frozenset[str] = field(default=frozenset(), repr=False)
    families: frozenset[str] = field(default=frozenset(), repr=False)
    speech: frozenset[str] = field(default=frozenset(), repr=False)
    houses: frozenset[str] = field(default=frozenset(), repr=False)
    auxiliaries: frozenset[str] = field(default=frozenset(), repr=False)
    prefixes: frozenset[str] = field(default=frozenset(), repr=False)
    points: Mapping[str, Mapping[str, int]] = field(default_factory=dict, repr=False)

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages whose everyday words the lists know, not some of them only."""
        known = Counter(chain.from_iterable(self.ordinary.values()))
        return frozenset(lang for lang, number in known.items() if number > _FEW_WORDS) | {"und"}

    def points_of(self, lang: str) -> dict[str, int]:
        """Sign → points in one language; empty where no signs are given."""
        total = Counter(self.points.get(EVERYWHERE, {}))
        for sign, points in self.points.get(lang, self.points.get(UNSEEN, {})).items():
            total[sign] += points
        return dict(total)

    def is_spelt(self, word: str, folded: str, lang: str) -> bool:
        """Whether the word may be a listed name as written: accents may be left out, not added
        (`sarà` is not Sara), and little words of the language are none."""
        small = word.lower()
        if lang in self.never.get(folded, ()):
            return False
        return small == folded or small in self.spellings

    def bases(self, word: str, lang: str) -> Iterator[str]:
        """What a folded word may be a form of, by the endings of the language: zuzanu, zuzana."""
        for size in range(1, min(_LONGEST_ENDING, len(word) - 3) + 1):
            for end in self.endings.get(f"{lang} {word[-size:]}", ()):
                yield word[:-size] + end.strip("-")

    def is_family(self, word: str, lang: str) -> bool:
        """Whether a folded word ends as family names of the language do: kovacevic, βασιλακης."""
        ends = (word[-size:] for size in range(2, min(_LONGEST_FAMILY, len(word) - 3) + 1))
        return any(f"{lang} {end}" in self.families for end in ends)

    def is_heard(self, word: str) -> bool:
        """Whether a folded word sounds like a first name: `ясир` and yasser are written by ear."""
        if len(word) < _SHORTEST_SOUND or not self._spelling or word[0] < _OTHER_SCRIPTS:
            return False
        return not self.sounds.isdisjoint(self.sound(word))

    def sound(self, word: str) -> set[str]:
        """A folded word in plain letters; two answers where one sign is read in two ways."""
        heard = {""}
        for piece in self._spelling.findall(word) if self._spelling else ():
            heard = {h + p for h in heard for p in self.letters.get(piece, (piece,))}
            if len(heard) > 4:
                break
        return {_TWICE.sub(r"\1", h.replace("-", "")) for h in heard}

    @cached_property
    def _spelling(self) -> re.Pattern[str] | None:
        longest = sorted(map(re.escape, self.letters), key=len, reverse=True)
        return re.compile("|".join((*longest, "."))) if longest else None

    def is_place(self, name: str) -> bool:
        """Whether the folded name is a place, a month or a day in every language."""
        return EVERYWHERE in self.ordinary.get(name, ())

    def is_ordinary(self, name: str, lang: str) -> bool:
        """Whether the folded name is a word of the language; of any, if that is unknown."""
        languages = self.ordinary.get(name)
        if languages is None:
            return len(name) < 3
        return lang == "und" or lang in languages or EVERYWHERE in languages
