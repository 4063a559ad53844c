"""The taxonomy's terms and the places as patterns for one scan, and the rules that decide.

Comes in: entries, places, endings. Goes out: `Patterns`: one Aho-Corasick automaton over the
stem of one word of each term, and for each stem the rules to try where it is found.

A term of `forms` counts in the forms of its words (`nlp/forms.py`), in a phrase of those with
more than three letters. A term of `prefix` may go on with any letters: compounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

from base.errors import BadInput
from base.text import words
from nlp.forms import NONE, Inflection
from nlp.line import SPACE
from nlp.places import Place, place_entries
from taxonomy.taxonomy import Entry, Taxonomy

MOST_LETTERS = 250  # different letters in all patterns: one byte stands for each
OTHER = 255  # a letter that no pattern contains
_LEAST_INFLECTED = 4


@dataclass(eq=False)
class Rule:
    """One entry, ready to be tried: its words in all allowed forms, its context.

    stems: the part of the term that the automaton looks for, the words [first, last] of which
    only the last may go on (`is_open`); one for each beginning its longest word may have. rest: the other words, to be compared where it is found.
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


class Patterns:
    """All rules behind one automaton.

    rules: in the order of lists, languages and files. by_stem: for each pattern of the automaton
    the rules to try there. languages: for each pattern the languages of its rules, as bits.
    """

    def __init__(self, taxonomy: Taxonomy, places: Iterable[Place] = ()) -> None:
        listed = sorted(taxonomy.listed("terms") | taxonomy.listed("slang"))
        self.bits = {language: 1 << n for n, language in enumerate(listed)}
        self.every = (1 << 63) - 1
        inflections = {
            language: Inflection(taxonomy.endings[language], taxonomy.beginnings.get(language, {}))
            for language in taxonomy.endings
        }
        self.rules: list[Rule] = []
        for entry in (*taxonomy.entries, *place_entries(places)):
            of_entry = tuple(words(entry.term))
            if of_entry:
                inflection = inflections.get(entry.language, NONE)
                languages = self.bits.get(entry.language, self.every)
                self.rules.append(Rule(entry, of_entry, inflection, languages, len(self.rules)))
        stems: dict[str, list[Rule]] = {}
        for rule in self.rules:
            for stem in rule.stems:
                stems.setdefault(f" {stem}" + ("" if rule.is_open else " "), []).append(rule)
        self.by_stem: tuple[tuple[Rule, ...], ...] = tuple(map(tuple, stems.values()))
        self.languages: npt.NDArray[np.int64] = np.zeros(len(stems), np.int64)
        for number, rules in enumerate(self.by_stem):
            for rule in rules:
                self.languages[number] |= rule.languages
        # how many words of the text a pattern covers, and which is its last
        self.size = np.array([stem.strip().count(" ") + 1 for stem in stems], np.int64)
        letters = sorted({letter for stem in stems for letter in stem} - {" "})
        if len(letters) > MOST_LETTERS:
            raise BadInput(
                f"the terms use {len(letters)} different letters", where="taxonomy",
                expected=f"at most {MOST_LETTERS}", hint="load fewer languages",
            )  # fmt: skip
        self.bytes_of = np.full(0x110000, OTHER, np.uint8)
        for number, letter in enumerate(letters, 1):
            self.bytes_of[ord(letter)] = number
        self.bytes_of[SPACE] = 0
        self._automaton = (
            ahocorasick_rs.BytesAhoCorasick([self._bytes(stem) for stem in stems])
            if stems
            else None
        )

    def __len__(self) -> int:
        return len(self.by_stem)

    def _bytes(self, text: str) -> bytes:
        return self.bytes_of[np.frombuffer(text.encode("utf-32-le"), np.uint32)].tobytes()

    def scan(self, points: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """(pattern, start, end) of everything the automaton finds, one row each."""
        if self._automaton is None:
            return np.empty((0, 3), np.int64)
        found = self._automaton.find_matches_as_indexes(self.bytes_of[points], overlapping=True)
        flat = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found))
        return flat.reshape(-1, 3)
