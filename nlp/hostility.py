"""How hostile each match is to a group: the evidence that `hate` and `speech` weigh.

Comes in: the evidence of a batch, the slang of the taxonomy. Goes out: for each match a score
(0–1) and a kind of hate. A first set of rules, not evaluated:

- slang scores by its strength; a word with a plain meaning (`literal`) needs a group near it, a
  word the group uses itself (`reclaimed`) a hostile cue or another slur;
- a cue of threat, exclusion, dehumanisation or insult scores only near a group and not behind
  a negation ("are not animals");
- a coded word with a plain meaning stands for a group where a dehumanising and an excluding cue
  stand near it ("Remigration! These parasites must get out");
- everything else scores nothing: to reject a policy is not hate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlp.evidence import Evidence, Flags
from taxonomy.taxonomy import Slang, Taxonomy

THRESHOLD = 0.5
_OF_STRENGTH = (0.0, 0.35, 0.6, 0.85)
_WITHOUT_CONTEXT = 0.4  # what is left of a literal or reclaimed word that stands alone
_OF_CUE = {"insult": 0.6, "exclusion": 0.65, "dehumanisation": 0.7, "threat": 0.9}
# characters between a cue and the group it is said of: about six to twenty words
_REACH = {"threat": 120, "exclusion": 100, "dehumanisation": 60, "insult": 80}
_CODED_WITHIN = 120
_CONTEXT = 60
_NEGATED_WITHIN = 16
# what a kind of slang is called when it is hate
_KIND = {"coded": "exclusion", "slang": "insult"}
_CODED = frozenset(("coded", "exclusion"))
# cues that turn a group's own word against it; insults stand beside it among friends too
_LIFTING = ("threat", "exclusion", "dehumanisation", "address")
NO_KIND = ""


@dataclass(frozen=True)
class Hostility:
    """score, kind: of each match; kind is NO_KIND where the score is 0."""

    score: npt.NDArray[np.float64]
    kind: npt.NDArray[np.object_]


def strengths(taxonomy: Taxonomy) -> dict[str, Slang]:
    """Slang by its term; of one term in several languages or groups the strongest."""
    found: dict[str, Slang] = {}
    for entry in taxonomy.of("slang"):
        if isinstance(entry, Slang):
            before = found.get(entry.term)
            if before is None or before.strength < entry.strength:
                found[entry.term] = entry
    return found


def hostility(evidence: Evidence, slang: Mapping[str, Slang]) -> Hostility:
    """The score and kind of every match."""
    score = np.zeros(len(evidence.row))
    kind = np.full(len(evidence.row), NO_KIND, object)
    is_slang = evidence.is_of("slang")
    groups = evidence.is_of("groups")
    own_words = np.zeros(len(evidence.row), np.bool_)
    if is_slang.any():
        entries = [slang.get(term) for term in evidence.terms]

        def each(of: list[float]) -> npt.NDArray[np.float64]:
            return np.array(of)[evidence.term_of]

        own = each([_OF_STRENGTH[e.strength] if e else 0.0 for e in entries])
        literal = is_slang & each([e.literal if e else 0 for e in entries]).astype(np.bool_)
        reclaimed = is_slang & each([e.reclaimed if e else 0 for e in entries]).astype(np.bool_)
        plain = is_slang & ~literal & ~reclaimed & (own > 0)
        cues = evidence.is_of("cues", _LIFTING)
        weak = literal & ~evidence.near(literal, groups | plain | reclaimed, _CONTEXT)
        weak |= reclaimed & ~evidence.near(reclaimed, cues | plain, _CONTEXT)
        coded = _meant(
            evidence,
            literal & each([e.kind in _CODED if e else 0 for e in entries]).astype(np.bool_),
        )
        weak &= ~coded
        own = np.where(weak, own * _WITHOUT_CONTEXT, own)
        score[is_slang] = own[is_slang]
        named = [_KIND.get(e.kind, e.kind) if e else NO_KIND for e in entries]
        kind[is_slang] = np.array(named, object)[evidence.term_of[is_slang]]
        meant = is_slang & ~literal
        own_words = meant & reclaimed
        groups = groups | meant | coded
    if groups.any():
        negations = evidence.is_of("cues", ("negation",))
        for name, value in _OF_CUE.items():
            of = groups & ~own_words if name == "insult" else groups
            _score_cues(evidence, name, value, of, negations, score, kind)
    return Hostility(score, kind)


def _meant(evidence: Evidence, coded: Flags) -> Flags:
    """The coded words with a dehumanising and an excluding cue near, neither the word itself."""
    free = ~evidence.near(evidence.is_of("cues"), coded, 0)
    for kind in ("dehumanisation", "exclusion"):
        cues = evidence.is_of("cues", (kind,)) & free
        coded = coded & evidence.near(coded, cues, _CODED_WITHIN)
    return coded


def _score_cues(
    evidence: Evidence, name: str, value: float, groups: Flags, negations: Flags,
    score: npt.NDArray[np.float64], kind: npt.NDArray[np.object_],
) -> None:  # fmt: skip
    cues = evidence.is_of("cues", (name,))
    told = evidence.near(cues, groups, _REACH[name])
    told &= ~evidence.follows(cues, negations, _NEGATED_WITHIN)
    score[told], kind[told] = value, name
