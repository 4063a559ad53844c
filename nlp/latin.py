"""Languages of another script in Latin letters: which texts are, and which word a word is.

Comes in: `taxonomy/<language>/latin.csv`: how letters sound, and frequent words. Goes out: words
in the language's own letters. People write by look or by sound (Greek `adeia diamonhs`, `adia
diamonis`), so words are compared by sound alone: one is read as a word of the lists that sounds
the same, or begins with a stem that does. What the lists do not have stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from taxonomy.model import Latin

_LEAST_WORDS, _LEAST_SHARE = 2, 0.12
_LEAST = 4  # sounds of a word, or of a stem
_TWICE = re.compile(r"(.)\1+")
_WORD = re.compile(r"[a-z]+")


def language_of(line: str, latin: Mapping[str, Latin]) -> str | None:
    """The language that a lower-case line in Latin letters is in, if one of these; the one with
    most of its frequent words."""
    found = _WORD.findall(line)
    told = {name: len(table.words.intersection(found)) for name, table in latin.items()}
    best = max(told, key=lambda name: told[name], default=None)
    if best is None or told[best] < max(_LEAST_WORDS, _LEAST_SHARE * len(found)):
        return None
    return best


@dataclass(frozen=True)
class Reader:
    """whole, stems: sound → the word or stem of the lists."""

    latin: Latin
    whole: Mapping[str, str]
    stems: Mapping[str, str]

    @classmethod
    def of(cls, latin: Latin, words: Iterable[str], stems: Iterable[str]) -> Reader:
        """words, stems: folded, in the language's own letters."""
        sounds = cls(latin, {}, {})

        def by_sound(listed: Iterable[str]) -> dict[str, str]:
            pairs = ((sounds.sound(word), word) for word in sorted(listed))
            return {sound: word for sound, word in pairs if len(sound) >= _LEAST}

        return cls(latin, by_sound(words), by_sound(stems))

    def sound(self, word: str) -> str:
        """How a folded word of either script sounds, written in neither."""
        spelt = self._letters.sub(lambda found: self.latin.sounds[found.group()], word)
        return _TWICE.sub(r"\1", spelt)

    @cached_property
    def _letters(self) -> re.Pattern[str]:
        longest_first = sorted(self.latin.sounds, key=lambda letters: (-len(letters), letters))
        return re.compile("|".join(map(re.escape, longest_first)))

    def read(self, word: str) -> str | None:
        """The listed word that a folded word in Latin letters is; None where it is none."""
        sound = self.sound(word)
        if sound in self.whole:
            return self.whole[sound]
        sizes = range(len(sound), _LEAST - 1, -1)
        return next((self.stems[sound[:n]] for n in sizes if sound[:n] in self.stems), None)
