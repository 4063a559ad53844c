"""Whether a post is hate, quotes it, answers it, or none of these: rules, to be replaced.

Reads `text`, `lang`, `matches`, `hate`; assigns `speech` (plain, hate, counter, quote) and takes
the flag of `hate` back where it is not the author's own. Hostile words inside quotation marks
or shortly after a quoting cue ("they called me") are reported; a counter cue ("no to racism")
makes the post an answer, when it stands with a group, an area or hostile words. What stays
hostile outside of quotations is hate. Not evaluated. Null where a language has no cues.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from nlp.evidence import Evidence, Flags, measured
from nlp.hate import hate_array
from nlp.hostility import THRESHOLD, hostility, strengths
from nlp.step import assign
from store.schema import SPEECHES
from taxonomy.taxonomy import Slang, Taxonomy

QUOTED_WITHIN = 40  # characters from a quoting cue to the words it brings
# pairs of quotation marks as they are used in Europe; an apostrophe inside a word is none
_QUOTED = re.compile(
    r"„[^„“”]{1,600}[“”]|“[^“”]{1,600}”|»[^»«]{1,600}«|«[^«»]{1,600}»|\"[^\"]{1,600}\""
    r"|”[^”]{1,600}”|‚[^‚‘’]{1,600}[‘’]|(?<!\w)['‘][^'‘’]{1,600}['’](?!\w)"
)
_PLAIN, _HATE, _COUNTER, _QUOTE = range(len(SPEECHES))


@dataclass(frozen=True)
class Speech:
    """requires text, lang, matches, hate; assigns speech, hate."""

    languages: frozenset[str]
    slang: Mapping[str, Slang]
    requires = ("text", "lang", "matches", "hate")
    assigns = ("speech", "hate")

    @classmethod
    def of(cls, taxonomy: Taxonomy) -> Speech:
        return cls(taxonomy.listed("cues"), strengths(taxonomy))

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        evidence = Evidence.of(posts)
        hostile = hostility(evidence, self.slang).score >= THRESHOLD
        quoted = hostile & (
            evidence.follows(hostile, evidence.is_of("cues", ("quote",)), QUOTED_WITHIN)
            | self._in_quotation(posts.column("text"), evidence, hostile)
        )
        meant = evidence.speak_of_areas() | evidence.is_of("groups") | evidence.is_of("slang")
        counter = evidence.has(evidence.is_of("cues", ("counter",)))
        counter &= evidence.has(meant | hostile)
        speech = np.full(evidence.size, _PLAIN)
        speech[evidence.has(quoted)] = _QUOTE
        speech[evidence.has(hostile & ~quoted)] = _HATE
        speech[counter] = _COUNTER
        known = measured(posts, self.languages)
        names = pa.array(SPEECHES).take(pa.array(speech, mask=~known))
        hate = posts.column("hate")
        score = hate.field("score").fill_null(0).to_numpy(zero_copy_only=False).astype(np.float64)
        flag = speech == _HATE
        kinds = hate.field("kind").to_pylist()
        kind = [k if f else None for k, f in zip(kinds, flag.tolist(), strict=True)]
        posts = assign(posts, "hate", hate_array(posts, self.languages, score, flag, kind))
        return assign(posts, "speech", names)

    def _in_quotation(self, texts: pa.Array, evidence: Evidence, these: Flags) -> Flags:
        """Which of some matches stand inside quotation marks."""
        found = np.zeros(len(evidence.row), np.bool_)
        spans: dict[int, list[tuple[int, int]]] = {}
        for at in np.flatnonzero(these).tolist():
            row = int(evidence.row[at])
            if row not in spans:
                spans[row] = [m.span() for m in _QUOTED.finditer(texts[row].as_py() or "")]
            start, end = evidence.start[at], evidence.end[at]
            found[at] = any(low < start and end < high for low, high in spans[row])
        return found


STEP = Speech
