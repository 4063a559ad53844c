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
    _wanted: dict[int, Wanted] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, vocabulary: pa.Table) -> Hints:
        columns = vocabulary.combine_chunks()
        word, area, language = (_array(columns[name]) for name in ("word", "area", "language"))
        lists = pa.array([VOCABULARY] * len(word), pa.string())
        return cls(
            {"list": lists, "code": area, "term": word, "language": language},
            columns["weight"].to_numpy().astype(np.float64),
        )

    def __len__(self) -> int:
        return len(self.weight)

    def stems(self, inflections: Mapping[str, Inflection]) -> Iterator[Listed]:
        """Each with the word it is found by."""
        words, languages = (self.columns[n].to_pylist() for n in ("term", "language"))
        for number, (word, language) in enumerate(zip(words, languages, strict=True)):
            of_word = parts(word)
            last, is_open = of_word[_anchor(of_word)]
            starts = inflections.get(language, NONE).starts(last)
            yield number, language, tuple(sorted(starts)), is_open

    def wanted(self, number: int, offset: int) -> Wanted:
        """What is looked for about the anchor of the hint that is numbered `number` where hints
        are numbered from `offset` on."""
        found = self._wanted.get(number)
        if found is None:
            of_word = parts(self.columns["term"][number - offset].as_py())
            anchor = _anchor(of_word)
            tests = [_fits(word, is_open=is_open) for word, is_open in of_word]
            found = Wanted(number, tuple(tests[:anchor]), tuple(tests[anchor + 1 :]))
            self._wanted[number] = found
        return found


def _anchor(of_word: list[tuple[str, bool]]) -> int:
    """The longest word, which is the rarest."""
    return max(range(len(of_word)), key=lambda n: len(of_word[n][0]))


def _fits(word: str, *, is_open: bool) -> Fits:
    # methods of the language's own: called for most words of most posts
    begins: Fits = methodcaller("startswith", word)
    return begins if is_open else frozenset((word,)).__contains__


def _array(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)
