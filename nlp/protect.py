"""Own experiences whose telling can harm: exact places, dates and ages leave the text.

Reads `text`, `lang`, `matches`, `places`; assigns `protected`, and on protected rows
changes `text` (`<PLACE>`, `<DATE>`, `<AGE>`), `redactions`, `matches`, `places` (the city alone),
`areas`, `groups`, `rights`, matched again on the new text.

protected: a cue of irregular stay, shelter, route, raid at work or police, or a term of one of the
areas of AREAS, in a text that tells of its writer: with a cue of own experience, or in the first
person (`nlp/telling.py`). It is found also where the language has no experience head: a text of
an unknown language is matched against the cues of all.

The registry's districts, dates and ages (`nlp/dates.py`) and what looks like an exact place or an
age (`nlp/exact.py`) are replaced; the city stays.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from nlp.codes import Codes
from nlp.dates import Dates
from nlp.evidence import Evidence, Flags, without_matches
from nlp.exact import Exact, Range
from nlp.match import Match
from nlp.step import assign
from nlp.telling import Telling
from store.schema import REDACTION
from taxonomy.model import ASIDE, PLACES, VOCABULARY

AREAS = ("asylum", "irregular-migration", "violence-against-women")
_WORDS = ("terms", ASIDE, VOCABULARY, "slang")  # which places may be called as well
_CHANGED = ("text", "redactions", "matches", "places", "areas", "groups", "rights")


@dataclass(frozen=True)
class Protect:
    """requires text, lang, redactions, matches, places; assigns protected and what it changes."""

    match: Match
    codes: Codes
    dates: Dates
    telling: Telling | None = None
    exact: Exact | None = None
    requires = ("text", "lang", "redactions", "matches", "places")
    assigns = ("protected", *_CHANGED)

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        protected = self._protected(posts)
        posts = assign(posts, "protected", pa.array(protected, pa.bool_()))
        rows = np.flatnonzero(protected)
        if not len(rows):
            return posts
        changed = self._changed(posts.take(pa.array(rows)))
        order = np.arange(posts.num_rows)
        order[rows] = posts.num_rows + np.arange(len(rows))
        for name in _CHANGED:
            both = pa.concat_arrays([posts.column(name), changed.column(name)])
            posts = assign(posts, name, both.take(pa.array(order)))
        return posts

    def _protected(self, posts: pa.RecordBatch) -> Flags:
        """Which rows tell something delicate of their writer."""
        evidence = Evidence.of(posts)
        irregular = evidence.is_of("cues", ("irregular",))
        delicate = evidence.has(irregular | evidence.speak_of_areas(AREAS))
        own = delicate & evidence.has(evidence.is_of("cues", ("experience",)))
        if self.telling is None:
            return own
        asked = np.flatnonzero(delicate & ~own)
        texts = posts.column("text").take(pa.array(asked)).to_pylist()
        langs = posts.column("lang").take(pa.array(asked)).to_pylist()
        own[asked] = [self.telling.is_own(*post) for post in zip(texts, langs, strict=True)]
        return own

    def _changed(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        """Protected rows, with what tells too much taken out of them."""
        texts: list[str] = []
        redactions: list[list[dict[str, object]]] = []
        names = ("text", "lang", "matches", "redactions")
        columns = (posts.column(name).to_pylist() for name in names)
        for text, lang, matches, before in zip(*columns, strict=True):
            found = list(self.dates.spans(text, lang))
            kept: list[Range] = []
            terms: list[Range] = []
            for match in matches:
                if match["list"] == PLACES and "/" in match["code"]:
                    found.append(("PLACE", match["start"], match["end"]))
                else:
                    stay = terms if match["list"] in _WORDS else kept
                    stay.append((match["start"], match["end"]))
            if self.exact is not None:
                found += self.exact.spans(text, lang, kept, terms)
            new, counts = _replaced(text, found)
            counts.update({r["type"]: r["count"] for r in before or ()})
            texts.append(new)
            redactions.append([{"type": t, "count": counts[t]} for t in sorted(counts)])
        cities = [
            sorted({code.partition("/")[0] for code in places})
            for places in posts.column("places").to_pylist()
        ]
        posts = assign(posts, "text", pa.array(texts, pa.string()))
        posts = assign(posts, "redactions", pa.array(redactions, pa.list_(REDACTION)))
        posts = self.match(posts)
        evidence = Evidence.of(posts)
        is_district = np.array(["/" in code for code in evidence.codes] or [False], np.bool_)
        districts = evidence.is_of("places") & is_district[evidence.code_of]
        posts = assign(posts, "matches", without_matches(posts, np.flatnonzero(districts).tolist()))
        posts = assign(posts, "places", pa.array(cities, posts.column("places").type))
        return self.codes(posts)


def _replaced(text: str, spans: list[tuple[str, int, int]]) -> tuple[str, Counter[str]]:
    """The text with placeholders, and how many of each; of overlapping spans the first."""
    parts: list[str] = []
    counts: Counter[str] = Counter()
    end = 0
    for name, start, stop in sorted(spans, key=lambda span: (span[1], -span[2])):
        if start >= end:
            parts += (text[end:start], f"<{name}>")
            counts[name.lower()] += 1
            end = stop
        elif stop > end:
            end = stop  # the rest of a span that the one before begins to cover
    return "".join((*parts, text[end:])), counts


STEP = Protect
