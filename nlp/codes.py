"""Areas, groups and rights of each post, from the words that were matched.

Reads `matches`; assigns `areas`, `groups`, `rights` (codes, sorted, each once). A group is named
by its own words and by slang for it, unless the slang also has a plain meaning (`literal`).
These are the areas that words give; a classifier may add to them, never take away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from nlp.evidence import Evidence, distinct
from nlp.step import assign
from taxonomy.taxonomy import Slang, Taxonomy


@dataclass(frozen=True)
class Codes:
    """requires matches; assigns areas, groups, rights."""

    literal: frozenset[str] = frozenset()
    requires = ("matches",)
    assigns = ("areas", "groups", "rights")

    @classmethod
    def of(cls, taxonomy: Taxonomy) -> Codes:
        slang = taxonomy.of("slang")
        return cls(frozenset(e.term for e in slang if isinstance(e, Slang) and e.literal))

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        evidence = Evidence.of(posts)
        is_literal = np.array([t in self.literal for t in evidence.terms] or [False], np.bool_)
        has_group = np.array([bool(c) for c in evidence.codes] or [False], np.bool_)
        slang = evidence.is_of("slang")
        slang &= ~is_literal[evidence.term_of] & has_group[evidence.code_of]
        posts = assign(posts, "areas", distinct(evidence, evidence.areas))
        posts = assign(posts, "groups", distinct(evidence, evidence.is_of("groups") | slang))
        return assign(posts, "rights", distinct(evidence, evidence.is_of("rights")))


STEP = Codes
