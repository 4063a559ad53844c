"""Which terms, slang, groups, rights, places and cues stand in each post, and where.

Reads `text` and `lang`; assigns `matches` (list, code, term, start, end; code points, half-open,
into `text`; whole words). A post is matched against the lists of its language, against all
languages when its language is unknown or has no lists; the places of the registry belong to
every language, those of taxonomy/places to theirs.

The batch is folded into one line (`nlp/line.py`) and scanned once (`nlp/patterns.py`); only
where a stem was found its rules are tried (`nlp/trial.py`).

Overlaps (`nlp/overlap.py`): within one list and code the longest match wins, of equally long
ones the first; of places the longest wins whatever its code, and equally long ones stand side by
side. Matches of different codes may overlap. They stand in the order of their beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from nlp.areas import Areas
from nlp.line import CHUNK, Line, chunks, line
from nlp.overlap import Hits, kinds, resolve
from nlp.patterns import Patterns
from nlp.rule import Rule
from nlp.step import assign
from nlp.trial import Trial
from store.schema import MATCH, UNKNOWN_LANGUAGE
from taxonomy.model import TRAP

ASIDE = "aside"  # list of terms whose area the post is not about
MOST_FOUND = 4_000  # stems looked at in one post: a bound for one word over and over
MOST_MATCHES = 500  # kept of one post
_MOST_REMEMBERED = 100_000

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Match:
    """requires text, lang; assigns matches."""

    patterns: Patterns
    requires = ("text", "lang")
    assigns = ("matches",)
    _remembered: dict[tuple[int, str], tuple[Rule, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        texts = [text or "" for text in posts.column("text").to_pylist()]
        languages = posts.column("lang").cast(pa.string()).fill_null(UNKNOWN_LANGUAGE)
        bits, names = self._bits(languages), languages.to_pylist()
        found = [self._chunk(texts[a:b], bits[a:b], names[a:b], a) for a, b in chunks(texts, CHUNK)]
        hits = Hits(*np.concatenate(found, axis=1)) if found else Hits(*[np.array([], int)] * 5)
        hits = resolve(hits, self.patterns.entries, self._kinds, self._traps, MOST_MATCHES)
        return assign(posts, "matches", self._column(hits, len(texts)))

    def _bits(self, column: pa.Array) -> Numbers:
        """The languages each post is matched against, a bit for each."""
        known = self.patterns.bits
        encoded = column.dictionary_encode()
        of_name = [known.get(name, self.patterns.every) for name in encoded.dictionary.to_pylist()]
        numbers: Numbers = encoded.indices.to_numpy(zero_copy_only=False)
        return np.array(of_name or [0], np.int64)[numbers]

    def _chunk(
        self, texts: Sequence[str], bits: Numbers, languages: Sequence[str], first: int
    ) -> Numbers:
        """(row, start, end, rule, put in) of what holds in a run of texts, five rows."""
        folded = self.patterns.spelling.respelt(line(texts), languages)
        hints = self.patterns.hints.hits(folded.words, folded.word_rows, languages)
        hints[3] += len(self.patterns.entries)
        hits = np.concatenate([self._rules(folded, bits), hints], axis=1)
        row, words, ends, rule = hits
        put_in = np.zeros_like(words)
        if folded.hosts is not None:
            put_in = (folded.hosts[words] != words).astype(np.int64)
        start, end = folded.offsets(row, words, ends)
        hits = self._about(np.stack([row, start, end, rule, put_in]), len(bits))
        hits[0] += first
        return hits

    def _rules(self, folded: Line, bits: Numbers) -> Numbers:
        """(row, first word, last word and one, rule) of the rules that hold, four rows."""
        scan = self.patterns.scan(folded.points)
        at = np.searchsorted(folded.spaces, scan[:, 1])
        rows = folded.word_rows[at]
        patterns = scan[:, 0]
        # the last word of a pattern belongs to the text of its first
        at_last = at + self.patterns.size[patterns] - 1
        fits = ((self.patterns.languages[patterns] & bits[rows]) != 0) & (
            folded.word_rows[at_last] == rows
        )
        order = np.flatnonzero(fits)
        order = order[np.argsort(at[order], kind="stable")]
        rank = np.arange(len(order)) - np.searchsorted(rows[order], rows[order])
        order = order[rank < MOST_FOUND]
        simple = self.patterns.simple[patterns[order]]
        tried, plain = order[simple < 0], order[simple >= 0]
        trial = Trial(folded, bits.tolist(), self.rules)
        return np.concatenate(
            [
                trial.hits(patterns[tried], at[tried], at_last[tried], rows[tried]),
                np.stack([rows[plain], at[plain], at_last[plain] + 1, simple[simple >= 0]]),
            ],
            axis=1,
        )

    def _about(self, hits: Numbers, rows: int) -> Numbers:
        """The hits, without hints at areas that the posts are not about; terms of such areas
        are put aside: numbered as the third part of `_names`."""
        about = self._areas.stand(hits[0], hits[3], rows)
        is_hint = hits[3] >= len(self.patterns.entries)
        aside = self._areas.is_term[hits[3]] & ~about
        hits[3][aside] += len(self._areas.is_term)
        return hits[:, about | ~is_hint]

    def rules(self, pattern: int, word: str) -> tuple[Rule, ...]:
        """The rules of a pattern whose last word may be written `word`."""
        found = self._remembered.get((pattern, word))
        if found is None:
            rules = self.patterns.rules_of(pattern)
            found = tuple(rule for rule in rules if rule.allows(rule.last, word))
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[pattern, word] = found
        return found

    def _column(self, hits: Hits, size: int) -> pa.ListArray:
        taken = pa.array(hits.rule)
        values = pa.StructArray.from_arrays(
            [
                *(column.take(taken) for column in self._names),
                pa.array(hits.start, pa.int32()),
                pa.array(hits.end, pa.int32()),
            ],
            fields=list(MATCH),
        )
        offsets = np.searchsorted(hits.row, np.arange(size + 1))
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)

    @cached_property
    def _kinds(self) -> Numbers:
        return kinds(self._names[0], self._names[1])

    @cached_property
    def _traps(self) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_]
        found = pc.equal(self._names[0], TRAP).to_numpy(zero_copy_only=False)
        return found if len(found) else np.array([False])

    @cached_property
    def _names(self) -> tuple[pa.Array, ...]:
        """list, code and term of each rule, of each hint, and of each rule put aside."""
        columns, hints = self.patterns.entries.columns, self.patterns.hints.columns
        aside = {**columns, "list": pa.array([ASIDE] * len(columns["list"]), pa.string())}
        return tuple(
            pa.concat_arrays([columns[name], hints[name], aside[name]])
            for name in ("list", "code", "term")
        )

    @cached_property
    def _areas(self) -> Areas:
        columns, hints = self.patterns.entries.columns, self.patterns.hints
        return Areas.of(columns["list"], columns["code"], hints.columns["code"], hints.weight)


STEP = Match
