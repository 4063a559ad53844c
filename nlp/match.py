"""Which terms, slang, groups, rights, places and cues stand in each post, and where.

Reads `text` and `lang`; assigns `matches` (list, code, term, start, end; code points, half-open,
into `text`; whole words). A post is matched against the lists of its language, against all
languages when its language is unknown or has no lists; the places of the registry belong to
every language, those of taxonomy/places to theirs.

The texts of each language are folded into lines (`nlp/line.py`), what their words say as well is
put in (`nlp/spelling.py`), each word is looked up (`nlp/glossary.py`), and only where a word is
not enough its rules are tried (`nlp/trial.py`).

Overlaps (`nlp/overlap.py`): within one list and code the longest match wins, of equally long
ones the first; of places the longest wins whatever its code, and equally long ones stand side by
side. Matches of different codes may overlap. They stand in the order of their beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from nlp.areas import Areas
from nlp.line import CHUNK, chunks, line
from nlp.overlap import Hits, Kinds, resolve
from nlp.patterns import Patterns
from nlp.step import assign
from nlp.trial import hits
from store.schema import MATCH, UNKNOWN_LANGUAGE
from taxonomy.model import ASIDE

MOST_FOUND = 4_000  # listed words looked at in one post: a bound for one word over and over
MOST_MATCHES = 500  # kept of one post

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Match:
    """requires text, lang; assigns matches."""

    patterns: Patterns
    requires = ("text", "lang")
    assigns = ("matches",)

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
        held = Hits(*np.concatenate(found, axis=1)) if found else Hits(*[np.array([], int)] * 5)
        held = resolve(held, self._kinds, MOST_MATCHES)
        return assign(posts, "matches", self._column(held, len(texts)))

    def _chunk(self, texts: Sequence[str], language: str) -> Numbers:
        """(row, start, end, rule, put in) of what holds in a run of texts of one language."""
        wording = self.patterns.spelling.respelt(line(texts), language)
        row, first, end, rule = hits(wording, self.patterns.glossary(language), MOST_FOUND)
        put_in = (first >= wording.firsts[-1]).astype(np.int64)
        start, end = wording.offsets(row, first, end)
        return self._about(np.stack([row, start, end, rule, put_in]), len(texts))

    def _about(self, held: Numbers, rows: int) -> Numbers:
        """The hits, without hints at areas that the posts are not about; terms of such areas
        are put aside: numbered as the third part of `_names`."""
        about = self._areas.stand(held[0], held[3], rows)
        is_hint = held[3] >= len(self.patterns.entries)
        aside = self._areas.is_term[held[3]] & ~about
        held[3][aside] += len(self._areas.is_term)
        return held[:, about | ~is_hint]

    def _column(self, held: Hits, size: int) -> pa.ListArray:
        taken = pa.array(held.rule)
        values = pa.StructArray.from_arrays(
            [
                *(column.take(taken) for column in self._names),
                pa.array(held.start, pa.int32()),
                pa.array(held.end, pa.int32()),
            ],
            fields=list(MATCH),
        )
        offsets = np.searchsorted(held.row, np.arange(size + 1))
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)

    @cached_property
    def _kinds(self) -> Kinds:
        return Kinds.of(self._names[0], self._names[1])

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
