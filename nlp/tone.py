"""The feeling a text expresses, from words alone: a first head, to be replaced by a trained one.

Reads `lang` and `matches`; assigns `tone` {label, score}. Positive and negative cues are counted;
one with a negation shortly before counts for the other side; strong slang counts as negative.
score is the label's share of the evidence, drawn towards nothing where there is little; it is
no probability and has not been evaluated. No cue: neutral, 1. Null where a language has no cues.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from nlp.evidence import Evidence, measured
from nlp.hostility import strengths
from nlp.step import assign
from store.schema import TONE, TONES
from taxonomy.taxonomy import Taxonomy

NEGATED_WITHIN = 16  # characters between a negation and what it turns round: about two words
DECIDES = 1 / 3  # share by which one side must lead
_STRONG = 2


@dataclass(frozen=True)
class Tone:
    """requires lang, matches; assigns tone."""

    languages: frozenset[str]
    strength: dict[str, int]
    requires = ("lang", "matches")
    assigns = ("tone",)

    @classmethod
    def of(cls, taxonomy: Taxonomy) -> Tone:
        return cls(taxonomy.listed("cues"), {t: s.strength for t, s in strengths(taxonomy).items()})

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        evidence = Evidence.of(posts)
        good = evidence.is_of("cues", ("positive",))
        bad = evidence.is_of("cues", ("negative",))
        negations = evidence.is_of("cues", ("negation",))
        turned = evidence.follows(good | bad, negations, NEGATED_WITHIN)
        strong = np.array([self.strength.get(t, 0) >= _STRONG for t in evidence.terms] or [False])
        bad_slang = evidence.is_of("slang") & strong[evidence.term_of]
        positive = evidence.count(np.where(turned, bad, good))
        negative = evidence.count(np.where(turned, good, bad) | bad_slang)
        total = positive + negative
        lead = (positive - negative) / np.maximum(total, 1)
        label = np.where(lead > DECIDES, 2, np.where(lead < -DECIDES, 0, 1))
        sure = np.abs(lead) * total / (total + 1)
        score = np.where(label == 1, 1 - sure, sure)
        return assign(posts, "tone", pa.StructArray.from_arrays(
            [pa.array(TONES).take(pa.array(label)), pa.array(score, pa.float32())],
            fields=list(TONE),
            mask=pa.array(~measured(posts, self.languages)),
        ))  # fmt: skip


STEP = Tone
