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

from nlp.line import CHUNK, chunks, line
from nlp.overlap import Hits, kinds, resolve
from nlp.patterns import Patterns, Rule
from nlp.step import assign
from nlp.trial import Trial
from store.schema import MATCH, UNKNOWN_LANGUAGE
from taxonomy.model import TRAP

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
        bits = self._bits(posts.column("lang"))
        found = [self._chunk(texts[a:b], bits[a:b], a) for a, b in chunks(texts, CHUNK)]
        hits = Hits(*np.concatenate(found, axis=1)) if found else Hits(*[np.array([], int)] * 4)
        hits = resolve(hits, self.patterns.entries, self._kinds, self._traps, MOST_MATCHES)
        return assign(posts, "matches", self._column(hits, len(texts)))

    def _bits(self, column: pa.Array) -> Numbers:
        """The languages each post is matched against, a bit for each."""
        known = self.patterns.bits
        encoded = column.cast(pa.string()).fill_null(UNKNOWN_LANGUAGE).dictionary_encode()
        of_name = [known.get(name, self.patterns.every) for name in encoded.dictionary.to_pylist()]
        numbers: Numbers = encoded.indices.to_numpy(zero_copy_only=False)
        return np.array(of_name or [0], np.int64)[numbers]

    def _chunk(self, texts: Sequence[str], bits: Numbers, first: int) -> Numbers:
        """(row, start, end, rule) of the rules that hold in a run of texts, four rows."""
        folded = line(texts)
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
        trial = Trial(folded, texts, bits.tolist(), self.rules)
        hits = trial.hits(patterns[order], at[order], at_last[order], rows[order])
        hits[0] += first
        return hits

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
        columns = self.patterns.entries.columns
        return kinds(columns["list"], columns["code"])

    @cached_property
    def _traps(self) -> npt.NDArray[np.bool_]:
        lists = self.patterns.entries.columns["list"]
        found: npt.NDArray[np.bool_] = pc.equal(lists, TRAP).to_numpy(zero_copy_only=False)
        return found if len(found) else np.array([False])

    @cached_property
    def _names(self) -> tuple[pa.Array, ...]:
        """list, code and term of each rule."""
        columns = self.patterns.entries.columns
        return tuple(columns[name] for name in ("list", "code", "term"))


STEP = Match
