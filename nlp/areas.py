"""Which areas a post is about, from all that speaks of them.

Comes in: where terms of areas and words of the vocabulary stand in posts. Goes out: which of
them belong to an area that the post is about. A term weighs 3, of one area at most two count; a
word of the vocabulary weighs what its list says, each once. What words of other matters weigh
(`none`) is taken off. An area needs ENOUGH, and two thirds of what the strongest area has: a
post about a flat that names a school is about housing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from taxonomy.vocabulary import NONE

ENOUGH = 3.0
OF_STRONGEST = 0.65
TERM = 3.0
_MOST_TERMS = 2

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Areas:
    """area: of each entry and hint, its number in names; -1 for what speaks of no area.
    weight: of each. is_term: terms count differently from hints."""

    area: Numbers
    weight: npt.NDArray[np.float64]
    is_term: Flags
    names: tuple[str, ...]

    @classmethod
    def of(
        cls, lists: pa.Array, codes: pa.Array, hints: pa.Array, weights: npt.NDArray[np.float64]
    ) -> Areas:
        """lists, codes: of all entries. hints, weights: areas and weights of the hints."""
        is_term = pc.equal(lists, "terms").to_numpy(zero_copy_only=False).astype(np.bool_)
        areas = pc.if_else(pa.array(is_term, pa.bool_()), codes, pa.scalar(None, pa.string()))
        every = pa.concat_arrays([areas, hints]).dictionary_encode()
        return cls(
            every.indices.fill_null(-1).to_numpy().astype(np.int64),
            np.concatenate([np.full(len(lists), TERM), weights]),
            np.concatenate([is_term, np.zeros(len(hints), np.bool_)]),
            tuple(every.dictionary.to_pylist()),
        )

    def stand(self, row: Numbers, rule: Numbers, rows: int) -> Flags:
        """Of some hits, which speak of an area that their post is about; those that speak of
        none are not."""
        width = len(self.names)
        area = self.area[rule]
        speaks = np.flatnonzero(area >= 0)
        # what stands in a post twice counts once
        _, first = np.unique(row[speaks] * len(self.area) + rule[speaks], return_index=True)
        once = speaks[first]
        cell = row[once] * width + area[once]
        of_term = self.is_term[rule[once]]
        size = rows * width
        terms = np.bincount(cell[of_term], minlength=size)
        hints = np.bincount(cell[~of_term], self.weight[rule[once[~of_term]]], minlength=size)
        scores = (TERM * np.minimum(terms, _MOST_TERMS) + hints).reshape(rows, width)
        against = np.zeros(rows)
        if NONE in self.names:
            number = self.names.index(NONE)
            against = scores[:, number].copy()
            scores[:, number] = 0
        strongest = scores.max(axis=1, initial=0)
        about = scores - against[:, None] >= ENOUGH
        about &= scores >= OF_STRONGEST * strongest[:, None]
        found = np.zeros(len(row), np.bool_)
        found[speaks] = about.ravel()[row[speaks] * width + area[speaks]]
        return found
