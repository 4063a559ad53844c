"""Words put into a folded line: what its words also say.

Comes in: a line, words to put in. Goes out: the line with them at the end of their text, so that
no phrase is torn apart; each knows the word whose place it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nlp.line import HIDDEN, SPACE, Line, Places


class Added(NamedTuple):
    """A folded word to stand behind word number `behind`; it covers [start, end) of the texts
    as they are joined. `instead`: that word goes."""

    behind: int
    start: int
    end: int
    word: str
    instead: bool = False


def with_words(line: Line, added: Sequence[Added]) -> Line:
    """The line with words put in: at the end of their text, so that no phrase is torn apart,
    those of one word together behind a sign that is no word."""
    more = sorted((one for one in added if not one.instead), key=lambda one: one.behind)
    rows = line.word_rows
    row_of = rows[[one.behind for one in more]] if more else rows[:0]
    ends = np.searchsorted(rows, row_of, side="right")  # the word after the text's last
    where: list[int] = []
    points: list[int] = []
    at: list[int] = []
    hosts: list[int] = []
    in_row: list[int] = []
    before = -1
    for one, row, end in zip(more, row_of.tolist(), ends.tolist(), strict=True):
        letters = [*map(ord, one.word), SPACE]
        from_where = [one.start] * len(one.word) + [one.end]
        if one.behind != before:
            letters, from_where = [HIDDEN, SPACE, *letters], [one.start, one.start, *from_where]
        count = 1 + (one.behind != before)
        before = one.behind
        where += [int(line.spaces[end]) + 1] * len(letters)
        points += letters
        at += from_where
        hosts += [one.behind] * count
        in_row += [row] * count
    kept = np.ones(len(line.points), np.bool_)
    for one in (one for one in added if one.instead):
        place = int(line.spaces[one.behind + 1]) + 1
        where += [place] * (len(one.word) + 1)
        points += [*map(ord, one.word), SPACE]
        at += [one.start] * len(one.word) + [one.end]
        kept[line.spaces[one.behind] + 1 : place] = False
    # what goes is cut out after what comes was put in
    kept = np.insert(kept, where, True)
    new = Line(
        np.insert(line.points, where, points)[kept],
        np.insert(line.at, where, at)[kept],
        line.begins,
        line.joined,
        line.source,
        _hosts(line, np.array(hosts, np.int64), np.array(in_row, np.int64)),
    )
    new.__dict__["words"] = _words(line, added, more, ends.tolist())
    return new


def _words(
    line: Line, added: Sequence[Added], more: Sequence[Added], ends: Sequence[int]
) -> list[str]:
    """The words of the new line: made of those of the old one they cost a third. more: what is
    put in behind the words before `ends`."""
    old = list(line.words)
    for one in added:
        if one.instead:
            old[one.behind] = one.word
    found: list[str] = []
    start, before = 0, -1
    for one, end in zip(more, ends, strict=True):
        found += old[start:end]
        start = end
        if one.behind != before:
            found.append(chr(HIDDEN))
            before = one.behind
        found.append(one.word)
    return found + old[start:]


def _hosts(line: Line, hosts: Places, rows: Places) -> Places:
    """For each word of a line with words put in, the word whose place it has. hosts, rows:
    of the words put in."""
    counts = np.bincount(rows, minlength=len(line.begins))
    shift = np.cumsum(counts) - counts
    every = np.arange(len(line.word_rows) + len(hosts))
    new = np.ones(len(every), np.bool_)
    new[np.arange(len(line.word_rows)) + shift[line.word_rows]] = False
    every[new] = hosts + shift[rows]
    return every
