"""What identifies a person leaves the text: each find becomes a typed placeholder.

Reads `text` and `lang`; assigns `text` (NFC, scrubbed) and `redactions` (type, count). The
recognisers of `nlp/recognisers/` find; this module alone replaces.

Overlaps: spans that share a character become one span over all of them, with the type of the
longest, of equally long ones the type that stands first in TYPES. Placeholders that already
stand in a text are left alone, so scrubbing twice is scrubbing once.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from base.text import nfc
from nlp.crowd import LONG, thinned
from nlp.recognisers import BREAK, Lists, Recogniser, Span, recognisers
from nlp.recognisers.names import Names
from nlp.recognisers.naming import Naming
from nlp.recognisers.numbers import Numbers
from nlp.recognisers.person import Person
from nlp.step import assign
from store.schema import REDACTION

TYPES = (
    "email", "profile", "link", "iban", "card", "id", "phone", "birthdate", "coordinates", "ip",
    "plate", "address", "handle", "person",
)  # fmt: skip
_RANK = {name: rank for rank, name in enumerate(TYPES)}
_PLACEHOLDER = re.compile("<(?:" + "|".join(name.upper() for name in TYPES) + ")>")
# A replacement can bring words together that stood apart; a changed text is read again until
# nothing is found. Every round takes letters away, so it ends; this many is never needed. A long
# text is read a few times only: it must not cost the time of twenty.
_MOST_ROUNDS = 20
_MOST_ROUNDS_OF_LONG = 4


def resolve(spans: Iterable[Span], text: str) -> list[Span]:
    """Spans of one text in order, without overlap and clear of placeholders."""
    taken = [m.span() for m in _PLACEHOLDER.finditer(text)] if "<" in text else []
    starts = [start for start, _ in taken]
    groups: list[list[Span]] = []
    end = -1
    for span in sorted(spans, key=lambda s: s.start):
        before = bisect_right(starts, span.end - 1) - 1
        if before >= 0 and taken[before][1] > span.start:
            continue
        if span.start < end:
            groups[-1].append(span)
        else:
            groups.append([span])
        end = max(end, span.end)
    return [_joined(group) for group in groups]


def _joined(group: Sequence[Span]) -> Span:
    if len(group) == 1:
        return group[0]
    first = min(group, key=lambda s: (s.start - s.end, _RANK[s.type]))
    return first._replace(start=group[0].start, end=max(s.end for s in group))


def replace(text: str, spans: Sequence[Span]) -> str:
    """The text with each span as `<TYPE>`; accents that hang on a span's last letter go too."""
    parts: list[str] = []
    at = 0
    for span in spans:
        parts += (text[at : span.start], f"<{span.type.upper()}>")
        at = span.end
        while at < len(text) and unicodedata.combining(text[at]):
            at += 1
    parts.append(text[at:])
    return "".join(parts)


@dataclass(frozen=True)
class Scrub:
    """requires text, lang; assigns text, redactions.

    naming, names, numbers: cues, name lists and shapes of numbers. public_names: full names
    that are kept. institutions: handles that are kept. hotlines: numbers that are kept.
    """

    naming: Naming
    names: Names = field(default_factory=Names)
    numbers: Numbers = field(default_factory=Numbers, repr=False)
    public_names: frozenset[str] = field(default=frozenset(), repr=False)
    institutions: frozenset[str] = field(default=frozenset(), repr=False)
    hotlines: frozenset[str] = field(default=frozenset(), repr=False)

    requires = ("text", "lang")
    assigns = ("text", "redactions")

    @cached_property
    def recognisers(self) -> tuple[Recogniser, ...]:
        return recognisers(
            Lists(
                self.naming, self.names, self.numbers,
                self.public_names, self.institutions, self.hotlines,
            )
        )  # fmt: skip

    def find(self, text: str, lang: str = "und") -> list[Span]:
        """The spans of one text in NFC, resolved; for tests and for looking at one post."""
        return self._found([text], [lang]).get(0, [])

    def kept(self, text: str, lang: str) -> list[Span]:
        """The names of one text that stay because a list or an office makes them public."""
        return [
            span for r in self.recognisers if isinstance(r, Person) for span in r.kept(text, lang)
        ]

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        given: list[str | None] = posts.column("text").to_pylist()
        langs: list[str] = [lang or "und" for lang in posts.column("lang").to_pylist()]
        texts = [nfc(text) if text else "" for text in given]
        counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
        for row, text in enumerate(texts):
            if len(text) >= LONG:
                texts[row], taken = thinned(text)
                counts[row].update(taken)
        rows = list(range(len(texts)))
        for number in range(_MOST_ROUNDS):
            found = self._found([texts[r] for r in rows], [langs[r] for r in rows])
            for at, spans in found.items():
                row = rows[at]
                texts[row] = replace(texts[row], spans)
                counts[row].update(span.type for span in spans)
            rows = [rows[at] for at in sorted(found)]
            if number + 1 >= _MOST_ROUNDS_OF_LONG:
                rows = [row for row in rows if len(texts[row]) < LONG]
            if not rows:
                break
        if any(text and text != given[row] for row, text in enumerate(texts)):
            kept = (None if was is None else text for text, was in zip(texts, given, strict=True))
            posts = assign(posts, "text", pa.array(kept, pa.string()))
        return assign(posts, "redactions", self._redactions(posts, counts))

    def _found(self, texts: Sequence[str], langs: Sequence[str]) -> dict[int, list[Span]]:
        """Row → its spans; each recogniser reads one buffer of the posts its hint admits."""
        rows_of: defaultdict[str, list[int]] = defaultdict(list)
        for row, lang in enumerate(langs):
            rows_of[lang].append(row)
        column = pa.array(texts, pa.string())
        hints = {r.hint for r in self.recognisers}
        admitted = {h: np.asarray(pc.match_substring_regex(column, h)) for h in hints}
        found: defaultdict[int, list[Span]] = defaultdict(list)
        for lang, rows in rows_of.items():
            buffers: dict[str, tuple[list[int], list[int], str]] = {}
            for recogniser in self.recognisers:
                hint = recogniser.hint
                if hint not in buffers:
                    mask = admitted[hint]
                    buffers[hint] = _buffer([r for r in rows if mask[r]], texts)
                members, starts, buffer = buffers[hint]
                for span in recogniser.find(buffer, lang) if members else ():
                    at = bisect_right(starts, span.start) - 1
                    shift = starts[at]
                    found[members[at]].append(
                        Span(span.type, span.start - shift, span.end - shift, span.score)
                    )
        resolved = {row: resolve(spans, texts[row]) for row, spans in found.items()}
        return {row: spans for row, spans in resolved.items() if spans}

    def _redactions(self, posts: pa.RecordBatch, counts: dict[int, Counter[str]]) -> pa.Array:
        """What was taken out now, added to what the batch says was taken out before."""
        if posts.schema.get_field_index("redactions") >= 0:
            for row, before in enumerate(posts.column("redactions").to_pylist()):
                for entry in before or ():
                    counts[row][entry["type"]] += entry["count"]
        listed: list[list[dict[str, str | int]]] = [[]] * posts.num_rows
        for row, found in counts.items():
            listed[row] = [{"type": t, "count": n} for t, n in sorted(found.items())]
        return pa.array(listed, pa.list_(REDACTION))


def _buffer(rows: list[int], texts: Sequence[str]) -> tuple[list[int], list[int], str]:
    """The rows, where each begins, and their texts in one string with BREAK between them."""
    starts: list[int] = []
    at = 0
    for row in rows:
        starts.append(at)
        at += len(texts[row]) + 1
    return rows, starts, BREAK.join([texts[row] for row in rows])


STEP = Scrub
