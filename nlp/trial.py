"""Rules tried where the scan found their stems.

Comes in: the folded line of some texts, stems found in it. Goes out: the rules that hold, with
the words they cover as offsets into their text. Compared are the words that the stem leaves
out, the case, and the words within ten words with or without which a term counts; all within
one text.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from nlp.line import Line
from nlp.rule import Rule

REACH = 10  # words before and after in which `with` and `without` look

Numbers = npt.NDArray[np.int64]


class Trial:
    """One run of texts of one language at hand, word by word.

    texts: how many. bits: of the language.
    """

    def __init__(
        self,
        folded: Line,
        texts: int,
        bits: int,
        rules: Callable[[int, str], tuple[Rule, ...]],
    ) -> None:
        self.folded = folded
        self.bits = bits
        self.rules = rules
        self.words = folded.words
        starts = np.searchsorted(folded.word_rows, np.arange(texts + 1))
        self.first_words = starts.tolist()
        self.ends = self.first_words[1:]  # of each text's own words: what was put in comes after
        if folded.hosts is not None:
            put_in = folded.word_rows[folded.hosts != np.arange(len(folded.hosts))]
            self.ends = (starts[1:] - np.bincount(put_in, minlength=texts)).tolist()

    def hits(self, patterns: Numbers, at: Numbers, last: Numbers, rows: Numbers) -> Numbers:
        """(row, first word, last word and one, rule) of what holds, four rows.

        at, last: the words that the patterns cover.
        """
        words, rules_of, bits = self.words, self.rules, self.bits
        found: list[tuple[int, int, int, int]] = []
        stems = zip(patterns.tolist(), at.tolist(), last.tolist(), rows.tolist(), strict=True)
        for pattern, word, end, row in stems:
            for rule in rules_of(pattern, words[end]):
                if rule.languages & bits:
                    first = word - rule.first
                    if rule.rest and not self._has_words(rule, first, row):
                        continue
                    if rule.is_plain or self._has_context(rule, first, row):
                        found.append((row, first, first + len(rule.words), rule.number))
        return np.array(found, np.int64).reshape(-1, 4).T

    def _has_words(self, rule: Rule, first: int, row: int) -> bool:
        last = first + len(rule.words)
        if first < self.first_words[row] or last > self.first_words[row + 1]:
            return False
        words = self.words
        return all(rule.allows(n, words[first + n]) for n in rule.rest)

    def _has_context(self, rule: Rule, first: int, row: int) -> bool:
        entry = rule.entry
        if entry.match == "case" and not self._has_case(rule, first):
            return False
        if not (entry.with_words or entry.without):
            return True
        place = first if self.folded.hosts is None else int(self.folded.hosts[first])
        low = max(place - REACH, self.first_words[row])
        high = min(place + len(rule.words) + REACH, self.ends[row])
        near = self.words[low:high]
        if rule.with_words is not None and not rule.with_words.stands_in(near):
            return False
        return rule.without is None or not rule.without.stands_in(near)

    def _has_case(self, rule: Rule, first: int) -> bool:
        start, _ = self.folded.span(first)
        _, end = self.folded.span(first + len(rule.words) - 1)
        return self.folded.joined[start:end] == rule.entry.term
