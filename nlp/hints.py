"""The words of the vocabulary in posts: hints at areas, one of which may mean nothing.

Comes in: the words of posts, the vocabulary of their language. Goes out: where a hint stands;
what they mean together is for `nlp/areas.py` to say. A post in an unknown language gets none:
too many words of 28 languages look alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from nlp.forms import NONE as UNCHANGED
from nlp.forms import Inflection
from nlp.lookup import Lookup

LIST = "vocabulary"

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Hints:
    """columns: list, code and term of each hint, as those of an entry. of_language: its hints."""

    columns: Mapping[str, pa.Array]
    weight: npt.NDArray[np.float64]
    inflections: Mapping[str, Inflection]
    of_language: Mapping[str, Numbers]
    _lookups: dict[str, Lookup] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, vocabulary: pa.Table, inflections: Mapping[str, Inflection]) -> Hints:
        columns = vocabulary.combine_chunks()
        word, area, language = (_array(columns[name]) for name in ("word", "area", "language"))
        languages = language.dictionary_encode()
        numbers = languages.indices.to_numpy()
        return cls(
            {"list": pa.array([LIST] * len(word), pa.string()), "code": area, "term": word},
            columns["weight"].to_numpy().astype(np.float64),
            inflections,
            {
                name: np.flatnonzero(numbers == n)
                for n, name in enumerate(languages.dictionary.to_pylist())
            },
        )

    def lookup(self, language: str) -> Lookup | None:
        """The hints of one language, ready to be looked up; None where it has none."""
        found = self._lookups.get(language)
        if found is None and language in self.of_language:
            numbers = self.of_language[language]
            listed = self.columns["term"].take(pa.array(numbers)).to_pylist()
            inflection = self.inflections.get(language, UNCHANGED)
            found = Lookup(dict(zip(numbers.tolist(), listed, strict=True)), inflection)
            self._lookups[language] = found
        return found

    def hits(self, line: Sequence[str], rows: Numbers, language: str) -> Numbers:
        """(row, first word, last word and one, hint) of each hint that stands, four rows.

        line: the words of all posts. rows: the post of each.
        """
        lookup = self.lookup(language)
        if lookup is None:
            return np.empty((4, 0), np.int64)
        return lookup.hits(line, rows)


def _array(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)
