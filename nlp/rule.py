"""A rule: one entry of a list as it is tried where the scan found its stem.

Comes in: an entry, the inflection of its language. Goes out: its words in all allowed forms, the
stem to look for, the words that must or may not stand near.

A term of `forms` counts in the forms of its words (`nlp/forms.py`), in a phrase of those with
more than three letters. A term of `prefix` may go on with any letters: compounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from base.text import words
from nlp.forms import Inflection
from taxonomy.taxonomy import Entry

_LEAST_INFLECTED = 4


@dataclass(eq=False)
class Rule:
    """One entry, ready to be tried: its words in all allowed forms, its context.

    stems: the part of the term that the automaton looks for, the words [first, last] of which
    only the last may go on (`is_open`); one for each beginning its longest word may have.
    rest: the other words, to be compared where it is found.
    """

    entry: Entry
    words: tuple[str, ...]
    inflection: Inflection
    languages: int  # a bit for each language
    number: int = 0
    first: int = field(init=False)
    last: int = field(init=False)
    stems: tuple[str, ...] = field(init=False)
    is_open: bool = field(init=False)
    rest: tuple[int, ...] = field(init=False)
    is_plain: bool = field(init=False)  # found is enough: no context, no case

    def __post_init__(self) -> None:
        size = len(self.words)
        fixed = [not self._inflects(w) for w in self.words]
        stems = [
            w if f else self.inflection.stem_of(w) for w, f in zip(self.words, fixed, strict=True)
        ]
        # the longest stem is the rarest word; words that stand as they are extend it
        anchor = max(range(size), key=lambda i: len(stems[i]))
        self.first = self.last = anchor
        while self.first > 0 and fixed[self.first - 1]:
            self.first -= 1
        while self.last < size - 1 and fixed[self.last]:
            self.last += 1
        before, after = stems[self.first : anchor], stems[anchor + 1 : self.last + 1]
        self.stems = tuple(
            " ".join([*before, start, *after])
            for start in sorted(self._starts(anchor, stems[anchor]))
        )
        self.is_open = not fixed[self.last] or (
            self.entry.match == "prefix" and self.last == size - 1
        )
        self.rest = (*range(self.first), *range(self.last + 1, size))
        self.is_plain = self.entry.match != "case" and not (
            self.entry.with_words or self.entry.without
        )

    def _inflects(self, word: str) -> bool:
        return self.entry.match == "forms" and (
            len(self.words) == 1 or len(word) >= _LEAST_INFLECTED
        )

    def _starts(self, place: int, word: str) -> frozenset[str]:
        may_begin = self._inflects(self.words[place]) or self.entry.match == "prefix"
        return self.inflection.starts(word) if may_begin else frozenset((word,))

    def allows(self, place: int, word: str) -> bool:
        """Whether `word` may stand for the term's word number `place`."""
        if self.entry.match == "prefix" and place == len(self.words) - 1:
            return word.startswith(self._prefixes)
        return word in self.allowed[place]

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        return tuple(self._starts(len(self.words) - 1, self.words[-1]))

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
