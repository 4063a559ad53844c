"""The taxonomy's terms and the places as patterns for one scan, and the rules that decide.

Comes in: entries, places, endings. Goes out: `Patterns`: one Aho-Corasick automaton over the
stem of one word of each term, and for each stem the rules to try where it is found.

A term of `forms` counts in the forms of its words (`nlp/forms.py`), in a phrase of those with
more than three letters. A term of `prefix` may go on with any letters: compounds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

import ahocorasick_rs
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from base.errors import BadInput
from base.text import words
from nlp.forms import NONE, Inflection
from nlp.line import SPACE
from nlp.places import Place, with_places
from taxonomy.compiled import once
from taxonomy.taxonomy import Entry, Taxonomy

MOST_LETTERS = 250  # different letters in all patterns: one byte stands for each
OTHER = 255  # a letter that no pattern contains
VERSION = 2  # of the kept patterns: goes up when a rule is found by another stem
_LEAST_INFLECTED = 4

Numbers = npt.NDArray[np.int64]


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


class Patterns:
    """All rules behind one automaton.

    entries: in the order of lists, languages and files, then the places; a rule has the number of
    its entry. languages: for each pattern of the automaton the languages of its rules, as bits.
    size: how many words of the text a pattern covers.
    """

    def __init__(
        self, taxonomy: Taxonomy, places: Iterable[Place] = (), cache: Path | None = None
    ) -> None:
        """cache: a folder for the patterns of these lists, so that they are made once."""
        places = tuple(places)
        self.entries = with_places(taxonomy.entries, places)
        listed = sorted(taxonomy.listed("terms") | taxonomy.listed("slang"))
        self.bits = {language: 1 << n for n, language in enumerate(listed)}
        self.every = (1 << 63) - 1
        self._inflections = {
            language: Inflection(taxonomy.endings[language], taxonomy.beginnings.get(language, {}))
            for language in taxonomy.endings
        }
        self._rules: dict[int, Rule] = {}
        self._by_stem: dict[int, tuple[Rule, ...]] = {}
        digest = hashlib.sha256(f"{taxonomy.digest}{places}".encode()).hexdigest()[:16]
        found = (
            self._stems()
            if cache is None
            else once(
                cache / f"patterns-{digest}-{VERSION}.arrow", self._stems, lambda t: [t], _only
            )
        )
        stems, rules = (found[name].combine_chunks() for name in ("stem", "rules"))
        self._numbers = flat, offsets = _flat(rules)
        self.languages: npt.NDArray[np.int64] = np.zeros(len(stems), np.int64)
        if len(stems):
            self.languages = np.bitwise_or.reduceat(self._bits_of_entries()[flat], offsets[:-1])
        # the words of a pattern are those between its spaces, one of which begins it
        spaces = pc.count_substring(pc.utf8_trim_whitespace(stems), " ")
        self.size = spaces.to_numpy().astype(np.int64) + 1
        line = np.frombuffer("\n".join(stems.to_pylist()).encode("utf-32-le"), np.uint32)
        letters = sorted(set(map(chr, np.unique(line).tolist())) - {" ", "\n"})
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
            ahocorasick_rs.BytesAhoCorasick(self._in_bytes(line, stems)) if len(stems) else None
        )

    def __len__(self) -> int:
        return len(self.languages)

    def rules_of(self, pattern: int) -> tuple[Rule, ...]:
        """The rules to try where a pattern is found."""
        found = self._by_stem.get(pattern)
        if found is None:
            flat, offsets = self._numbers
            numbers = flat[offsets[pattern] : offsets[pattern + 1]].tolist()
            found = self._by_stem[pattern] = tuple(map(self.rule, numbers))
        return found

    def rule(self, number: int) -> Rule:
        """The rule of the entry with this number."""
        found = self._rules.get(number)
        if found is None:
            entry = self.entries[number]
            languages = self.bits.get(entry.language, self.every)
            inflection = self._inflections.get(entry.language, NONE)
            found = Rule(entry, tuple(words(entry.term)), inflection, languages, number)
            self._rules[number] = found
        return found

    def _stems(self) -> pa.Table:
        """stem, and the numbers of its rules."""
        stems: dict[str, list[int]] = {}
        for number, term in enumerate(self.entries.columns["term"].to_pylist()):
            if not words(term):
                continue
            rule = self.rule(number)
            for stem in rule.stems:
                stems.setdefault(f" {stem}" + ("" if rule.is_open else " "), []).append(number)
        rules = pa.array(list(stems.values()), pa.list_(pa.int32()))
        return pa.table({"stem": pa.array(list(stems), pa.string()), "rules": rules})

    def _bits_of_entries(self) -> Numbers:
        encoded = self.entries.columns["language"].dictionary_encode()
        bits = [self.bits.get(code, self.every) for code in encoded.dictionary.to_pylist()]
        found: Numbers = np.array(bits, np.int64)[encoded.indices.to_numpy()]
        return found

    def _in_bytes(self, line: npt.NDArray[np.uint32], stems: pa.StringArray) -> list[bytes]:
        """The stems in one byte a letter. line: the stems with one sign between."""
        data = self.bytes_of[line].tobytes()
        ends = np.cumsum(pc.utf8_length(stems).to_numpy().astype(np.int64) + 1).tolist()
        return [data[start : end - 1] for start, end in zip([0, *ends[:-1]], ends, strict=True)]

    def scan(self, points: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """(pattern, start, end) of everything the automaton finds, one row each."""
        if self._automaton is None:
            return np.empty((0, 3), np.int64)
        found = self._automaton.find_matches_as_indexes(self.bytes_of[points], overlapping=True)
        flat = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found))
        return flat.reshape(-1, 3)


def _only(tables: list[pa.Table]) -> pa.Table:
    (found,) = tables
    return found


def _flat(lists: pa.ListArray) -> tuple[Numbers, Numbers]:
    return lists.flatten().to_numpy().astype(np.int64), lists.offsets.to_numpy().astype(np.int64)
