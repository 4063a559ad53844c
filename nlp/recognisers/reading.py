"""A post as words with their bits, and how words stand to each other.

What the rules of `person` are written in: neighbours, gaps, names that go on, beginnings of
sentences, and the way back from words to offsets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate, islice
from typing import NamedTuple

from base.text import fold
from nlp.recognisers.bits import (
    CAPITAL,
    CASELESS,
    CUE,
    NAME,
    PARTICLE,
    TRIGGER,
)  # fmt: skip
from nlp.recognisers.lexicon import Lexicon
from nlp.recognisers.naming import Cue

_MARKS = "\u0300-\u036f\u0483-\u0487\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f"
_PLAIN = re.compile(r"([^\W\d_]+)")
_MARK = re.compile(f"[{_MARKS}]")
_MARKED = re.compile(rf"([^\W\d_]+(?:[{_MARKS}]+[^\W\d_]*)*)")
SPACES = frozenset((" ", "\u00a0", "  "))
HYPHENS = frozenset("-‐\u2011–")
APOSTROPHES = frozenset("'’ʼ")
JOINS = SPACES | HYPHENS | APOSTROPHES
_DOTS = frozenset((".", ". ", ".\u00a0", ".-"))
QUOTES = frozenset("\"„“”»«'’‘")
_QUOTE = "[\"„“»«']?"
SEPARATORS = {
    "honorific": re.compile(r"\.?[ \u00a0]{1,2}|\."),
    "relation": re.compile(rf"[,:]?[ \u00a0]{{1,2}}{_QUOTE}"),
    "greeting": re.compile(rf",?[ \u00a0]{{1,2}}{_QUOTE}"),
    "introduction": re.compile(rf"[,:.!]{{0,2}}\s{{0,3}}[-–—]?\s{{0,3}}{_QUOTE}"),
    "office": re.compile(r"[,:.]?[ \u00a0]{1,2}"),
}
_LONGEST_GAP = 12
_MOST_WORDS = 6
_MOST_TRIGGERS = 10_000


class Found(NamedTuple):
    """A name as its first and last word. is_lone: a last name with nothing that speaks for it."""

    first: int
    last: int
    score: float
    is_kept: bool = False
    is_lone: bool = False


def word_pattern(text: str) -> re.Pattern[str]:
    """How words are found in a text: letters, with the marks of scripts that have them."""
    return _PLAIN if text.isascii() or not _MARK.search(text) else _MARKED


class Reading:
    """The words of one post, in order, with their bits and where they stand."""

    def __init__(self, text: str, pattern: re.Pattern[str], lexicon: Lexicon) -> None:
        pieces = pattern.split(text)  # what is no word, and words, in turn
        self.text = text
        self.lexicon = lexicon
        self.words = pieces[1::2]
        self.gaps = pieces[2::2]  # between each word and the next
        self.starts = list(accumulate(map(len, pieces)))[:-1:2]
        self.bits = list(map(lexicon.__getitem__, self.words))

    def end(self, i: int) -> int:
        return self.starts[i] + len(self.words[i])

    def triggers(self) -> Iterator[int]:
        """Words at which a name may begin or a cue stands, before `crowded`."""
        return (i for i, bits in enumerate(self.bits[: self.crowded]) if bits & TRIGGER)

    @cached_property
    def crowded(self) -> int:
        """The word from which on no rule is asked: more may be a name before it than any post
        names."""
        if len(self.bits) < _MOST_TRIGGERS:
            return len(self.bits)
        places = (i for i, bits in enumerate(self.bits) if bits & TRIGGER)
        return next(islice(places, _MOST_TRIGGERS, None), len(self.bits))

    def folded(self, i: int) -> str:
        return fold(self.words[i])

    def cues_at(self, i: int) -> Iterator[tuple[Cue, int]]:
        """Cues that have word i for their longest, with their last word; the longest cue first."""
        for cue, place in self.lexicon.cues.get(self.folded(i), ()):
            first = self.lexicon.begin(cue, place, self.words, i)
            last = first + len(cue.words) - 1
            is_there = first >= 0 and last < len(self.words) - 1
            if is_there and (first == last or max(map(len, self.gaps[first:last])) <= _LONGEST_GAP):
                yield cue, last

    def grown(self, i: int) -> int:
        """The last word of the name that begins at i: listed names, particles, initials."""
        last = i
        while last + 1 < len(self.bits) and last - i < _MOST_WORDS:
            k = last + 1
            gap, word, bits = self.gaps[last], self.words[k], self.bits[k]
            if gap not in JOINS and not (gap in _DOTS and len(self.words[last]) == 1):
                break
            is_listed = bits & NAME and bits & (CAPITAL | CASELESS)
            if is_listed and (gap in HYPHENS or not bits & CUE):
                last = k
                continue
            if len(word) == 1 and bits & CAPITAL and self.is_dotted(k):
                last = k
                continue
            is_letter = len(word) == 1 and bits & CAPITAL and k + 1 < len(self.bits)
            if is_letter and self.gaps[k] in APOSTROPHES and self.bits[k + 1] & CAPITAL:
                last = k + 1  # O'Brien
                continue
            after = self.past_particles(last)
            if after == k or after >= len(self.bits) or not self.bits[after] & (CAPITAL | CASELESS):
                break
            last = after
        return last

    def past_particles(self, i: int) -> int:
        """The next word after i that is no particle, while spaces and hyphens alone part them."""
        k = i + 1
        while k < len(self.bits) and k - i < 4 and self.gaps[k - 1] in JOINS:
            if not self.bits[k] & PARTICLE:
                return k
            k += 1
        return len(self.bits)

    def hyphened(self, last: int) -> int:
        """The last word that hyphens tie to this one."""
        end = last + _MOST_WORDS
        while last + 1 < len(self.bits) and last < end and self.gaps[last] in HYPHENS:
            if not self.bits[last + 1] & (CAPITAL | CASELESS):
                break
            last += 1
        return last

    def is_one_word(self, first: int, last: int) -> bool:
        """Whether hyphens tie all the words to one: a double name is one name."""
        return HYPHENS.issuperset(self.gaps[first:last])

    def initials_before(self, i: int) -> int:
        """The first of the initials in front of a last name; i itself if there are none."""
        first = i
        while first and len(self.words[first - 1]) == 1 and self.gaps[first - 1] in _DOTS:
            if not self.bits[first - 1] & CAPITAL:
                return i  # z. B. Klein
            first -= 1
        return first

    def is_dotted(self, i: int) -> bool:
        return self.text.startswith(".", self.end(i))

    def is_quoted(self, first: int, last: int) -> bool:
        """Whether the words alone stand between quotation marks: a title, or a word spoken of."""
        start, end = self.starts[first], self.end(last)
        return start > 0 and self.text[start - 1] in QUOTES and self.text[end : end + 1] in QUOTES

    def begins_sentence(self, i: int) -> bool:
        before = self.text[max(0, self.starts[i] - 4) : self.starts[i]]
        bare = before.rstrip(" \"'„“»«(-–#*")
        return not bare or bare[-1] in ".!?\n:…"
