"""The words of the vocabulary: hints at areas, one of which may mean nothing.

Comes in: the vocabulary. Goes out: `Hints`: by which words each is found and what else of it is
wanted there; what they mean together is for `nlp/areas.py` to say. A post in an unknown language
gets none: too many words of 28 languages look alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import methodcaller

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from nlp.forms import NONE, Inflection
from nlp.stems import Listed
from nlp.wanted import Fits, Wanted
from taxonomy.model import VOCABULARY
from taxonomy.vocabulary import parts


@dataclass(frozen=True, eq=False)
class Hints:
    """columns: list, code and term of each hint, as those of an entry, and its language."""

    columns: Mapping[str, pa.Array]
    weight: npt.NDArray[np.float64]
    inflections: Mapping[str, Inflection]
    _wanted: dict[int, Wanted] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, vocabulary: pa.Table, inflections: Mapping[str, Inflection]) -> Hints:
        columns = vocabulary.combine_chunks()
        word, area, language = (_array(columns[name]) for name in ("word", "area", "language"))
        lists = pa.array([VOCABULARY] * len(word), pa.string())
        return cls(
            {"list": lists, "code": area, "term": word, "language": language},
            columns["weight"].to_numpy().astype(np.float64),
            inflections,
        )

    def __len__(self) -> int:
        return len(self.weight)

    def stems(self) -> Iterator[Listed]:
        """Each with the word it is found by."""
        words, languages = (self.columns[n].to_pylist() for n in ("term", "language"))
        for number, (word, language) in enumerate(zip(words, languages, strict=True)):
            of_word = parts(word)
            last, is_open = of_word[_anchor(of_word)]
            starts = self._starts(language, last)
            yield number, language, tuple(sorted(starts)), is_open

    def wanted(self, number: int, offset: int) -> Wanted:
        """What is looked for about the anchor of the hint that is numbered `number` where hints
        are numbered from `offset` on."""
        found = self._wanted.get(number)
        if found is None:
            term, language = (
                self.columns[n][number - offset].as_py() for n in ("term", "language")
            )
            of_word = parts(term)
            anchor = _anchor(of_word)
            # not only the anchor may have a beginning: `ومكتب العمل`
            tests = [_fits(self._starts(language, word), is_open) for word, is_open in of_word]
            found = Wanted(number, tuple(tests[:anchor]), tuple(tests[anchor + 1 :]))
            self._wanted[number] = found
        return found

    def _starts(self, language: str, word: str) -> frozenset[str]:
        return self.inflections.get(language, NONE).starts(word)


def _anchor(of_word: list[tuple[str, bool]]) -> int:
    """The longest word, which is the rarest."""
    return max(range(len(of_word)), key=lambda n: len(of_word[n][0]))


def _fits(starts: frozenset[str], is_open: bool) -> Fits:
    # methods of the language's own: called for most words of most posts
    begins: Fits = methodcaller("startswith", tuple(starts))
    return begins if is_open else starts.__contains__


def _array(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)
