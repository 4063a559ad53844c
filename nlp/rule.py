"""A rule: one entry of a list as it is tried where the scan found its stem.

Comes in: an entry, the inflection of its language. Goes out: its words in all allowed forms, the
stem to look for, the words that must or may not stand near.

A term of `forms` counts in the forms of its words (`nlp/forms.py`), in a phrase of those with
more than three letters. A term of `prefix` may go on with any letters: compounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from base.text import words
from nlp.forms import Inflection
from nlp.wanted import Fits, Wanted
from taxonomy.taxonomy import Entry

_LEAST_INFLECTED = 4


@dataclass(eq=False)
class Rule:
    """One entry, ready to be tried: its words in all allowed forms, its context.

    anchor: the word by which it is found. stems: what all its forms begin with, one for each
    beginning it may have; is_open: it may go on from there.
    """

    entry: Entry
    words: tuple[str, ...]
    inflection: Inflection
    number: int = 0
    anchor: int = field(init=False)
    stems: tuple[str, ...] = field(init=False)
    is_open: bool = field(init=False)

    def __post_init__(self) -> None:
        stems = [self.inflection.stem_of(w) if self._inflects(w) else w for w in self.words]
        # the longest stem is the rarest word
        self.anchor = max(range(len(stems)), key=lambda n: len(stems[n]))
        self.stems = tuple(sorted(self._starts(self.anchor, stems[self.anchor])))
        self.is_open = self._inflects(self.words[self.anchor]) or self._goes_on(self.anchor)

    @cached_property
    def wanted(self) -> Wanted:
        """What is looked for where its anchor stands."""
        is_plain = self.entry.match != "case" and not (self.entry.with_words or self.entry.without)
        size = len(self.words)
        before = tuple(map(self._fits, range(self.anchor)))
        after = tuple(map(self._fits, range(self.anchor + 1, size)))
        return Wanted(self.number, before, after, None if is_plain else self)

    def _inflects(self, word: str) -> bool:
        return self.entry.match == "forms" and (
            len(self.words) == 1 or len(word) >= _LEAST_INFLECTED
        )

    def _starts(self, place: int, word: str) -> frozenset[str]:
        may_begin = self._inflects(self.words[place]) or self.entry.match == "prefix"
        return self.inflection.starts(word) if may_begin else frozenset((word,))

    def is_anchor(self, word: str) -> bool:
        """Whether a folded word may be the anchor."""
        return self._fits(self.anchor)(word)

    def _fits(self, place: int) -> Fits:
        """Whether a word may stand for the term's word number `place`."""
        if self._goes_on(place):
            prefixes = self._starts(place, self.words[place])
            return partial(_begins_with_one, tuple(prefixes))
        return self.allowed[place].__contains__

    def _goes_on(self, place: int) -> bool:
        return self.entry.match == "prefix" and place == len(self.words) - 1

    @cached_property
    def allowed(self) -> tuple[frozenset[str], ...]:
        return tuple(
            self.inflection.forms(w) if self._inflects(w) else self._starts(n, w)
            for n, w in enumerate(self.words)
        )

    @cached_property
    def with_words(self) -> Context | None:
        return Context.of(self.entry.with_words, self.inflection)

    @cached_property
    def without(self) -> Context | None:
        return Context.of(self.entry.without, self.inflection)


def _begins_with_one(prefixes: tuple[str, ...], word: str) -> bool:
    return word.startswith(prefixes)


@dataclass(frozen=True)
class Context:
    """Words and phrases of which one stands near, or not; their forms count."""

    single: frozenset[str]
    phrases: tuple[str, ...]

    @classmethod
    def of(cls, parts: tuple[str, ...], inflection: Inflection) -> Context | None:
        """The context of some words; thousands of rules share one."""
        known = _contexts.get((parts, id(inflection)))
        if known is None or known[0] is not inflection:
            known = _contexts[parts, id(inflection)] = (inflection, cls._made(parts, inflection))
        return known[1]

    @classmethod
    def _made(cls, parts: Sequence[str], inflection: Inflection) -> Context | None:
        single: set[str] = set()
        phrases = []
        for part in parts:
            of_part = words(part)
            if len(of_part) == 1:
                single |= inflection.forms(of_part[0])
            elif of_part:
                phrases.append(f" {' '.join(of_part)} ")
        return cls(frozenset(single), tuple(phrases)) if single or phrases else None

    def stands_in(self, near: Sequence[str]) -> bool:
        if not self.single.isdisjoint(near):
            return True
        if not self.phrases:
            return False
        text = f" {' '.join(near)} "
        return any(phrase in text for phrase in self.phrases)


_contexts: dict[tuple[tuple[str, ...], int], tuple[Inflection, Context | None]] = {}
