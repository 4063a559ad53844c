"""Words, stems and phrases of one language looked up word by word.

Comes in: numbered words as the vocabulary writes them (`miet*`, `no blacks`). Goes out: where
they stand in a line of words. Each word is looked up once and remembered: 50 ns from then on,
where a scan for 3,000 stems more would cost all languages their place in the cache.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nlp.forms import Inflection
from taxonomy.vocabulary import parts

_LEAST_STEM = 5  # letters of a stem that is a word by itself
_MOST_REMEMBERED = 300_000

Numbers = npt.NDArray[np.int64]
Part = tuple[tuple[str, ...], bool]  # a folded word with each beginning, whether it may go on


class _Phrase(NamedTuple):
    """One found by its longest word: its number, and what stands before and behind that."""

    number: int
    before: tuple[Part, ...]
    after: tuple[Part, ...]

    @property
    def nearest(self) -> tuple[int, Part]:
        """How far away its next word stands, and what it is: most phrases fail there."""
        return (-1, self.before[-1]) if self.before else (1, self.after[0])


class _Found(dict[str, int]):
    """Word → the number of what it may be, 0 for nothing; looked up when first asked for."""

    def __init__(self, listed: Mapping[int, str], inflection: Inflection) -> None:
        super().__init__()
        self.whole: dict[str, list[int]] = {}
        self.stems: dict[str, list[int]] = {}
        self.phrases: dict[int, _Phrase] = {}
        self.nearest: dict[int, tuple[int, Part]] = {}
        for number, word in listed.items():
            of_word = parts(word)
            anchor = max(range(len(of_word)), key=lambda n: len(of_word[n][0]))
            last, is_stem = of_word[anchor]
            into = self.stems if is_stem else self.whole
            for form in inflection.starts(last):
                into.setdefault(form, []).append(number)
            if len(of_word) > 1:
                # not only its longest word: `ومكتب العمل`
                spelt = [(tuple(inflection.starts(one)), goes_on) for one, goes_on in of_word]
                phrase = _Phrase(number, tuple(spelt[:anchor]), tuple(spelt[anchor + 1 :]))
                self.phrases[number] = phrase
                self.nearest[number] = phrase.nearest
        self.longest = max(map(len, self.stems), default=0)
        self.start()

    def start(self) -> None:
        """Forget every word."""
        self.clear()
        self.single: list[list[int]] = [[]]
        self.of_phrases: list[list[int]] = [[]]
        self._known: dict[tuple[int, ...], int] = {(): 0}

    def __missing__(self, word: str) -> int:
        found = list(self.whole.get(word, ()))
        for size in range(1, min(len(word), self.longest) + 1):
            found += self.stems.get(word[:size], ())
        key = tuple(found)
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = len(self.single)
            self.single.append([n for n in found if n not in self.phrases])
            self.of_phrases.append([n for n in found if n in self.phrases])
        self[word] = number
        return number


class Lookup:
    """listed: number → word, stem or phrase."""

    def __init__(self, listed: Mapping[int, str], inflection: Inflection) -> None:
        self._found = _Found(listed, inflection)
        self._flat = self._begins = self._has_phrases = np.zeros(1, np.int64)
        self._size = 0

    @property
    def whole(self) -> frozenset[str]:
        """All words that are no stems."""
        return frozenset(self._found.whole)

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(self._found.stems)

    def __contains__(self, word: str) -> bool:
        """Whether a folded word is listed, or goes on from a stem that is long enough."""
        found = self._found
        return word in found.whole or any(
            word[:size] in found.stems for size in range(_LEAST_STEM, len(word) + 1)
        )

    def hits(self, line: Sequence[str], rows: Numbers) -> Numbers:
        """(row, first word, last word and one, number) of what stands in a line, four rows.

        rows: the post of each word of the line.
        """
        if len(self._found) > _MOST_REMEMBERED:
            self._found.start()
            self._size = 0
        of = np.fromiter(map(self._found.__getitem__, line), np.int64, len(line))
        self._lay_out()
        some = np.flatnonzero(of)
        of, at = of[some], some
        sizes = self._begins[of + 1] - self._begins[of]
        begins = np.repeat(self._begins[of] - np.cumsum(sizes) + sizes, sizes)
        numbers = self._flat[begins + np.arange(len(begins))]
        first = np.repeat(at, sizes)
        found = np.stack([rows[first], first, first + 1, numbers])
        of_phrases = self._has_phrases[of] > 0
        phrases = []
        nearest, last = self._found.nearest, len(line) - 1
        for one, place in zip(of[of_phrases].tolist(), at[of_phrases].tolist(), strict=True):
            for number in self._found.of_phrases[one]:
                away, (part, is_stem) = nearest[number]
                other = line[min(place + away, last)]
                if other.startswith(part) if is_stem else other in part:
                    hit = self._phrase(self._found.phrases[number], place, line, rows)
                    if hit is not None:
                        phrases.append(hit)
        return np.concatenate([found, np.array(phrases, np.int64).T], axis=1) if phrases else found

    def _lay_out(self) -> None:
        """The singles of all known words in one array; again when there are new ones."""
        single = self._found.single
        if len(single) != self._size:
            self._size = len(single)
            sizes = np.fromiter(map(len, single), np.int64, len(single))
            self._flat = np.fromiter(chain.from_iterable(single), np.int64, int(sizes.sum()))
            self._begins = np.concatenate([[0], np.cumsum(sizes)])
            self._has_phrases = np.fromiter(map(len, self._found.of_phrases), np.int64, len(single))

    def _phrase(
        self, of: _Phrase, place: int, line: Sequence[str], rows: Numbers
    ) -> tuple[int, int, int, int] | None:
        first, end = place - len(of.before), place + 1 + len(of.after)
        if first < 0 or end > len(line) or rows[first] != rows[end - 1]:
            return None
        if not (_stand(of.before, line[first:place]) and _stand(of.after, line[place + 1 : end])):
            return None
        return int(rows[place]), first, end, of.number


def _stand(of: Sequence[Part], line: Sequence[str]) -> bool:
    """Whether words stand there as parts of a phrase."""
    return all(
        word.startswith(part) if is_stem else word in part
        for (part, is_stem), word in zip(of, line, strict=True)
    )
