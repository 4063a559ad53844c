"""The words of some texts as they are matched: those that are written, and those read in them.

Comes in: the folded line of the texts, words to put in. Goes out: a `Wording`. What was read in
a word stands behind all texts, after a sign that is no word, so that it tears no phrase apart;
it knows the word whose place it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nlp.line import HIDDEN, Line

Numbers = npt.NDArray[np.int64]


class Added(NamedTuple):
    """A folded word read in word number `host`; it covers [start, end) of the texts as they are
    joined. `instead`: what is written there is not the word."""

    host: int
    start: int
    end: int
    word: str
    instead: bool = False


@dataclass(frozen=True, eq=False)
class Wording:
    """words: folded; the written ones in order, the others behind them. rows: the text of each.
    starts, ends: where each stands in the joined texts. hosts: of the words put in, the word
    whose place each has. firsts: the first written word of each text, one number more than there
    are texts.
    """

    line: Line
    words: list[str]
    rows: Numbers
    starts: Numbers
    ends: Numbers
    firsts: list[int]
    hosts: Sequence[int] = ()

    @classmethod
    def of(cls, line: Line) -> Wording:
        """The words that are written."""
        starts, ends = line.at[line.spaces[:-1] + 1], line.at[line.spaces[1:]]
        firsts = np.searchsorted(starts, line.begins)
        return cls(line, line.words, line.word_rows, starts, ends, firsts.tolist())

    def with_added(self, added: Sequence[Added]) -> Wording:
        """With words put in: those of one word together behind a sign that is no word."""
        words = list(self.words)
        more: list[tuple[str, int, int, int]] = []  # word, start, end, host
        before = -1
        for one in sorted(added, key=lambda one: one.host):
            if one.instead:
                words[one.host] = one.word
                continue
            if one.host != before:
                more.append((chr(HIDDEN), one.start, one.start, one.host))
                before = one.host
            more.append((one.word, one.start, one.end, one.host))
        if not more:
            return replace(self, words=words)
        put_in, starts, ends, hosts = zip(*more, strict=True)
        return replace(
            self,
            words=[*words, *put_in, chr(HIDDEN)],
            rows=np.concatenate([self.rows, self.rows[[*hosts, hosts[-1]]]]),
            starts=np.concatenate([self.starts, [*starts, ends[-1]]]),
            ends=np.concatenate([self.ends, [*ends, ends[-1]]]),
            hosts=hosts,
        )

    def host(self, word: int) -> int:
        """The written word whose place a word has."""
        written = self.firsts[-1]
        return word if word < written else self.hosts[word - written]

    def written(self, first: int, end: int) -> str:
        """The words [first, end) as they are written."""
        return self.line.joined[self.starts[first] : self.ends[end - 1]]

    def offsets(self, rows: Numbers, first: Numbers, end: Numbers) -> tuple[Numbers, Numbers]:
        """Where the words [first, end) stand, each run in the text of its row."""
        begins = self.line.begins[rows]
        return self.starts[first] - begins, self.ends[end - 1] - begins
