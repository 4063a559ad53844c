"""The taxonomy's terms and the places as patterns for one scan, and the rules that decide.

Comes in: entries, places, endings. Goes out: `Patterns`: one Aho-Corasick automaton over the
stem of one word of each term, and for each stem the rules (`nlp/rule.py`) to try where it is
found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import partial
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
from nlp.hints import Hints
from nlp.latin import Reader
from nlp.line import SPACE
from nlp.places import Place, by_case, counting_by_case, with_places
from nlp.rule import Rule
from nlp.spelling import Spelling
from taxonomy.compiled import once
from taxonomy.model import PLACES, Latin
from taxonomy.taxonomy import Taxonomy

MOST_LETTERS = 250  # different letters in all patterns: one byte stands for each
OTHER = 255  # a letter that no pattern contains
VERSION = 4  # of the kept patterns: goes up when a rule is found by another stem
_WORDS = ("terms", "slang", "groups")  # lists whose words parts of a word may be

Numbers = npt.NDArray[np.int64]


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
        self.spelling = Spelling(
            self.known,
            {c: of.compounds for c, of in taxonomy.languages.items() if of.compounds},
            {c: of.spellings for c, of in taxonomy.languages.items() if of.spellings},
            {c: partial(self._reader, c, of) for c, of in taxonomy.latin.items()},
        )
        self.hints = Hints.of(taxonomy.vocabulary, self._inflections)
        self._rules: dict[int, Rule] = {}
        self._by_stem: dict[int, tuple[Rule, ...]] = {}
        digest = hashlib.sha256(f"{taxonomy.digest}{places}".encode()).hexdigest()[:16]
        found = (
            self._made()
            if cache is None
            else once(cache / f"patterns-{digest}-{VERSION}.arrow", self._made, list, list)
        )
        self.entries = counting_by_case(self.entries, found[1]["by_case"].to_pylist())
        stems, rules = (found[0][name].combine_chunks() for name in ("stem", "rules"))
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
        self._stem_bytes = self.bytes_of[line].tobytes()
        self._ends = np.cumsum(pc.utf8_length(stems).to_numpy().astype(np.int64) + 1)
        self._automata: dict[int, tuple[Numbers, ahocorasick_rs.BytesAhoCorasick]] = {}

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

    def known(self, pieces: Sequence[str], language: str, *, places: bool = True) -> frozenset[str]:
        """Which of some folded words are a term, slang, group or (`places`) place of a language
        by themselves, or hint at an area without being only the beginning of a stem."""
        bits = self.bits_of(language)
        points = np.frombuffer(f" {' '.join(pieces)} ".encode("utf-32-le"), np.uint32)
        spaces = np.flatnonzero(points == SPACE)
        hints = self.hints.lookup(language)
        found = {p for p in pieces if hints is not None and p in hints}
        for pattern, start, _ in self.scan(points, language).tolist():
            if self.size[pattern] == 1 and self.languages[pattern] & bits:
                piece = pieces[int(np.searchsorted(spaces, start))]
                if piece not in found and any(
                    len(rule.words) == 1
                    and rule.languages & bits
                    and (rule.entry.list in _WORDS or (places and rule.entry.list == PLACES))
                    and rule.entry.match != "case"
                    and rule.allows(0, piece)
                    for rule in self.rules_of(pattern)
                ):
                    found.add(piece)
        return frozenset(found)

    def _reader(self, language: str, latin: Latin) -> Reader:
        """What reads a language in Latin letters as the words of its rules and hints."""
        whole: set[str] = set()
        stems: set[str] = set()
        of_language = pc.equal(self.entries.columns["language"], language)
        for number in pc.indices_nonzero(of_language).to_pylist():
            rule = self.rule(number)
            whole = whole.union(*rule.allowed)
            if rule.entry.match == "prefix":
                stems.add(rule.words[-1])
        hints = self.hints.lookup(language)
        if hints is not None:
            whole |= hints.whole
            stems |= hints.stems
        return Reader.of(latin, whole, stems)

    def _made(self) -> list[pa.Table]:
        """What is kept: stem, and the numbers of its rules; the traps that count by case."""
        rows = by_case(self.entries)
        self.entries = counting_by_case(self.entries, rows)
        return [self._stems(), pa.table({"by_case": pa.array(rows, pa.int64())})]

    def _stems(self) -> pa.Table:
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

    def bits_of(self, language: str) -> int:
        """The bit of a language that has lists; of another one the bits of all."""
        return self.bits.get(language, self.every)

    def scan(self, points: npt.NDArray[np.uint32], language: str) -> npt.NDArray[np.int64]:
        """(pattern, start, end) of every pattern of a language that stands there, one row each.

        Each language has its own automaton, made when it is first asked for: it finds a third
        of what one of all would, and fits into the processor's cache.
        """
        bits = self.bits_of(language)
        if bits not in self._automata:
            self._automata[bits] = self._automaton(bits)
        patterns, automaton = self._automata[bits]
        found = automaton.find_matches_as_indexes(self.bytes_of[points], overlapping=True)
        flat = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3)
        flat[:, 0] = patterns[flat[:, 0]]
        return flat

    def _automaton(self, bits: int) -> tuple[Numbers, ahocorasick_rs.BytesAhoCorasick]:
        """The patterns of some languages, and what finds them."""
        patterns = np.flatnonzero(self.languages & bits)
        ends = self._ends[patterns].tolist()
        begins = np.concatenate([[0], self._ends])[patterns].tolist()
        stems = [self._stem_bytes[a : b - 1] for a, b in zip(begins, ends, strict=True)]
        return patterns, ahocorasick_rs.BytesAhoCorasick(stems)


def _flat(lists: pa.ListArray) -> tuple[Numbers, Numbers]:
    return lists.flatten().to_numpy().astype(np.int64), lists.offsets.to_numpy().astype(np.int64)
