"""How hostile a post is to a group, from words and rules: a first head, to be replaced.

Reads `lang` and `matches`; assigns `hate` {score, flag, kind}. score: the strongest evidence
(`nlp/hostility.py`), no probability and not evaluated; flag: score at the threshold; kind: of
the strongest evidence, null without flag. `speech` takes the flag back where hate is quoted or
answered. Null where a language has no cues.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from nlp.evidence import Evidence, measured
from nlp.hostility import THRESHOLD, hostility, strengths
from nlp.step import assign
from store.schema import HATE
from taxonomy.taxonomy import Slang, Taxonomy


@dataclass(frozen=True)
class Hate:
    """requires lang, matches; assigns hate."""

    languages: frozenset[str]
    slang: Mapping[str, Slang]
    requires = ("lang", "matches")
    assigns = ("hate",)

    @classmethod
    def of(cls, taxonomy: Taxonomy) -> Hate:
        return cls(taxonomy.listed("cues"), strengths(taxonomy))

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        evidence = Evidence.of(posts)
        found = hostility(evidence, self.slang)
        score = evidence.most(found.score > 0, found.score)
        flag = score >= THRESHOLD
        kind: list[str | None] = [None] * evidence.size
        # the first of the strongest in each flagged row
        for at in np.flatnonzero(found.score >= THRESHOLD).tolist():
            row = evidence.row[at]
            if kind[row] is None and found.score[at] == score[row]:
                kind[row] = found.kind[at]
        return assign(posts, "hate", hate_array(posts, self.languages, score, flag, kind))


def hate_array(
    posts: pa.RecordBatch,
    languages: frozenset[str],
    score: np.ndarray[tuple[int], np.dtype[np.float64]],
    flag: np.ndarray[tuple[int], np.dtype[np.bool_]],
    kind: list[str | None],
) -> pa.StructArray:
    """The column `hate`, null in languages that are not listed."""
    return pa.StructArray.from_arrays(
        [pa.array(score, pa.float32()), pa.array(flag), pa.array(kind, pa.string())],
        fields=list(HATE),
        mask=pa.array(~measured(posts, languages)),
    )


STEP = Hate
