"""What the lists say of the words of some texts: looked up word by word, tried where words are
not enough.

Comes in: the words of texts in one language (`nlp/wording.py`), the glossary of the language.
Goes out: which rules and hints hold, with the words they cover. Tried are the words beside an
anchor, the case, and the words within ten words with or without which a term counts; all within
one text.
"""

from __future__ import annotations

from operator import getitem

import numpy as np
import numpy.typing as npt

from nlp.glossary import Glossary
from nlp.rule import Rule
from nlp.wanted import Wanted
from nlp.wording import Wording

REACH = 10  # words before and after in which `with` and `without` look

_AWAY = 0, -1, 1  # where the word stands that each part of the Tries asks for

Numbers = npt.NDArray[np.int64]


def hits(wording: Wording, glossary: Glossary, most: int) -> Numbers:
    """(row, first word, last word and one, number) of what holds, four rows.

    most: how many words of one text are looked at of which the lists say something.
    """
    classes = glossary.classes(wording.words)
    places = np.flatnonzero(classes)
    places = places[_first(wording.rows[places], most)]
    classes = classes[places]
    at, sure = glossary.sure(classes)
    at = places[at]
    found = _Trial(wording).found(glossary, classes, places)
    return np.concatenate([np.stack([wording.rows[at], at, at + 1, sure]), found], axis=1)


def _first(rows: Numbers, most: int) -> Numbers:
    """Which of some words are among the first of their text."""
    if not len(rows) or np.bincount(rows).max() <= most:
        return np.arange(len(rows))
    order = np.argsort(rows, kind="stable")
    rank = np.arange(len(rows)) - np.searchsorted(rows[order], rows[order])
    return np.sort(order[rank < most])


class _Trial:
    """The words of texts at hand, one by one."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.words = [*wording.words, ""]  # behind the last word stands none
        self.rows = wording.rows.tolist()

    def found(self, glossary: Glossary, classes: Numbers, places: Numbers) -> Numbers:
        """(row, first word, last word and one, number) of what holds of what is tried at places,
        whose words have these classes."""
        found: list[tuple[int, int, int, int]] = []
        for part, away in enumerate(_AWAY):
            some = glossary.has[part][classes]
            at = places[some].tolist()
            tries = [glossary.tries[n][part] for n in classes[some].tolist()]
            if away:
                beside = [self.words[place + away] for place in at]
                tries = list(map(getitem, tries, beside))
            for wanted, place in zip(tries, at, strict=True):
                for one in wanted:
                    first, end = place - len(one.before), place + 1 + len(one.after)
                    if away and not self._are_there(one, first, place, end):
                        continue
                    if one.condition is None or self._has_context(one.condition, first, end):
                        found.append((self.rows[place], first, end, one.number))
        return np.array(found, np.int64).reshape(-1, 4).T

    def _are_there(self, one: Wanted, first: int, place: int, end: int) -> bool:
        """Whether all words of a phrase stand there, in one text."""
        words, rows = self.words, self.rows
        if first < 0 or end > len(rows) or rows[first] != rows[end - 1]:
            return False
        if end - first == 2:  # the other one is there already
            return True
        return all(fits(words[first + n]) for n, fits in enumerate(one.before)) and all(
            fits(words[place + n]) for n, fits in enumerate(one.after, 1)
        )

    def _has_context(self, rule: Rule, first: int, end: int) -> bool:
        entry, wording = rule.entry, self.wording
        if entry.match == "case" and wording.written(first, end) != entry.term:
            return False
        if not (entry.with_words or entry.without):
            return True
        row, place = self.rows[first], wording.host(first)
        begin, stop = wording.firsts[row], wording.firsts[row + 1]
        near = self.words[max(place - REACH, begin) : min(place + end - first + REACH, stop)]
        if rule.with_words is not None and not rule.with_words.stands_in(near):
            return False
        return rule.without is None or not rule.without.stands_in(near)
