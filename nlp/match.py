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
from nlp.verdicts import TRY, Verdicts
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

    _known: dict[int, Verdicts] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        texts = [text or "" for text in posts.column("text").to_pylist()]
        languages = posts.column("lang").cast(pa.string()).fill_null(UNKNOWN_LANGUAGE)
        encoded = languages.dictionary_encode()
        number_of = encoded.indices.to_numpy(zero_copy_only=False)
        found = []
        for number, language in enumerate(encoded.dictionary.to_pylist()):
            rows = np.flatnonzero(number_of == number)
            of_language = [texts[row] for row in rows.tolist()]
            for start, end in chunks(of_language, CHUNK):
                hits_of = self._chunk(of_language[start:end], language)
                hits_of[0] = rows[start:end][hits_of[0]]
                found.append(hits_of)
        hits = Hits(*np.concatenate(found, axis=1)) if found else Hits(*[np.array([], int)] * 5)
        hits = resolve(hits, self.patterns.entries, self._kinds, self._traps, MOST_MATCHES)
        return assign(posts, "matches", self._column(hits, len(texts)))

    def _chunk(self, texts: Sequence[str], language: str) -> Numbers:
        """(row, start, end, rule, put in) of what holds in a run of texts of one language."""
        folded = self.patterns.spelling.respelt(line(texts), language)
        hints = self.patterns.hints.hits(folded.words, folded.word_rows, language)
        hints[3] += len(self.patterns.entries)
        hits = np.concatenate([self._rules(folded, language, len(texts)), hints], axis=1)
        row, words, ends, rule = hits
        put_in = np.zeros_like(words)
        if folded.hosts is not None:
            put_in = (folded.hosts[words] != words).astype(np.int64)
        start, end = folded.offsets(row, words, ends)
        return self._about(np.stack([row, start, end, rule, put_in]), len(texts))

    def _rules(self, folded: Line, language: str, rows_in_all: int) -> Numbers:
        """(row, first word, last word and one, rule) of the rules that hold, four rows."""
        scan = self.patterns.scan(folded.points, language)
        at = np.searchsorted(folded.spaces, scan[:, 1])
        rows = folded.word_rows[at]
        patterns = scan[:, 0]
        # the last word of a pattern belongs to the text of its first
        at_last = at + self.patterns.size[patterns] - 1
        order = np.flatnonzero(folded.word_rows[at_last] == rows)
        order = order[np.argsort(at[order], kind="stable")]
        rank = np.arange(len(order)) - np.searchsorted(rows[order], rows[order])
        order = order[rank < MOST_FOUND]
        words = folded.words
        verdicts = self._verdicts(language)
        verdict = verdicts.of(patterns[order], [words[n] for n in at_last[order].tolist()])
        tried, plain = order[verdict == TRY], order[verdict >= 0]
        trial = Trial(folded, rows_in_all, verdicts.bits, self.rules)
        return np.concatenate(
            [
                trial.hits(patterns[tried], at[tried], at_last[tried], rows[tried]),
                np.stack([rows[plain], at[plain], at_last[plain] + 1, verdict[verdict >= 0]]),
            ],
            axis=1,
        )

    def _verdicts(self, language: str) -> Verdicts:
        """What was learnt of a language's words; languages without lists share theirs."""
        bits = self.patterns.bits_of(language)
        found = self._known.get(bits)
        if found is None:
            found = self._known[bits] = Verdicts(self.rules, bits)
        return found

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
