"""Whether somebody tells an own experience, from first-person cues: a first head, to be replaced.

Reads `lang` and `matches`; assigns `experience`: a cue of own experience ("when I came here")
and a word of any area or group. Not evaluated. Null where a language has no cues.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from nlp.evidence import Evidence, Flags, measured
from nlp.step import assign
from taxonomy.taxonomy import Taxonomy


def experiences(evidence: Evidence) -> Flags:
    """Which rows tell an own experience, in whatever language."""
    own = evidence.has(evidence.is_of("cues", ("experience",)))
    return own & evidence.has(evidence.speak_of_areas() | evidence.is_of("groups"))


@dataclass(frozen=True)
class Experience:
    """requires lang, matches; assigns experience."""

    languages: frozenset[str]
    requires = ("lang", "matches")
    assigns = ("experience",)

    @classmethod
    def of(cls, taxonomy: Taxonomy) -> Experience:
        return cls(taxonomy.listed("cues"))

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        found = experiences(Evidence.of(posts))
        known = measured(posts, self.languages)
        return assign(posts, "experience", pa.array(found, pa.bool_(), mask=~known))


STEP = Experience
