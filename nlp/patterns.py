"""The taxonomy's entries, the places and the vocabulary, ready to be found in texts.

Comes in: entries, places, vocabulary, endings. Goes out: `Patterns`: for each language a glossary
(`nlp/glossary.py`) in which words are looked up, and what is wanted where one stands. Stems are
worked out once and kept; rules are made when their stem is first met.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from base.text import words
from nlp.forms import NONE, inflections
from nlp.glossary import Glossary
from nlp.hints import Hints
from nlp.latin import Reader
from nlp.places import Place, by_case, counting_by_case, with_places
from nlp.rule import Rule
from nlp.spelling import Spelling
from nlp.stems import Found, Listed, found_by, table
from nlp.wanted import Wanted
from store.schema import UNKNOWN_LANGUAGE
from taxonomy.compiled import once
from taxonomy.model import PLACES, Latin
from taxonomy.taxonomy import Entry, Taxonomy

VERSION = 5  # of the kept stems: goes up when something is found by another stem
EVERY = ""  # the language of what belongs to every language: places
_WORDS = ("terms", "slang", "groups")  # lists whose words parts of a word may be
_LEAST_STEM = 5  # letters of a hint's beginning that is a word by itself


class Patterns:
    """All rules and hints.

    entries: in the order of lists, languages and files, then the places. A rule has the number
    of its entry; hints are numbered after all entries.
    """

    def __init__(
        self, taxonomy: Taxonomy, places: Iterable[Place] = (), cache: Path | None = None
    ) -> None:
        """cache: a folder for the stems of these lists, so that they are worked out once."""
        places = tuple(places)
        self.entries = with_places(taxonomy.entries, places)
        self._inflections = inflections(taxonomy)
        self.hints = Hints.of(taxonomy.vocabulary, self._inflections)
        self._listed = taxonomy.listed("terms") | taxonomy.listed("slang")
        self._hinted = frozenset(self.hints.columns["language"].unique().to_pylist())
        self.spelling = Spelling(
            self.known,
            {c: of.compounds for c, of in taxonomy.languages.items() if of.compounds},
            {c: of.spellings for c, of in taxonomy.languages.items() if of.spellings},
            {c: partial(self._reader, c, of) for c, of in taxonomy.latin.items()},
        )
        self._rules: dict[int, Rule] = {}
        self._glossaries: dict[str, Glossary] = {}
        digest = hashlib.sha256(f"{taxonomy.digest}{places}".encode()).hexdigest()[:16]
        self._of_entries, self._of_hints, counted = (
            self._made()
            if cache is None
            else once(cache / f"stems-{digest}-{VERSION}.arrow", self._made, list, list)
        )
        self.entries = counting_by_case(self.entries, counted["by_case"].to_pylist())

    def __len__(self) -> int:
        """How many stems the entries are found by."""
        return self._of_entries.num_rows

    def glossary(self, language: str) -> Glossary:
        """The words of a language: its entries and hints, and what belongs to every language; of
        a language without lists the entries of all."""
        if language not in self._listed | self._hinted:
            language = UNKNOWN_LANGUAGE
        found = self._glossaries.get(language)
        if found is None:
            mine = (language,) if language in self._listed else self._listed
            stems = (
                found_by(self._of_entries, mine),
                self._of_every_language,
                found_by(self._of_hints, (language,), len(self.entries)),
            )
            found = self._glossaries[language] = Glossary(stems, self._wanted)
        return found

    @cached_property
    def _of_every_language(self) -> Found:
        return found_by(self._of_entries, (EVERY,))

    def _wanted(self, number: int, word: str) -> Wanted | None:
        if number >= len(self.entries):
            return self.hints.wanted(number, len(self.entries))
        rule = self.rule(number)
        return rule.wanted if rule.is_anchor(word) else None

    def rule(self, number: int) -> Rule:
        """The rule of the entry with this number."""
        found = self._rules.get(number)
        if found is None:
            found = self._rules[number] = self._rule(number, self.entries[number])
        return found

    def _rule(self, number: int, entry: Entry) -> Rule:
        inflection = self._inflections.get(entry.language, NONE)
        return Rule(entry, tuple(words(entry.term)), inflection, number)

    def known(self, pieces: Sequence[str], language: str, *, places: bool = True) -> frozenset[str]:
        """Which of some folded words are a term, slang, group or (`places`) place of a language
        by themselves, or hint at an area without being only the beginning of a stem."""
        glossary = self.glossary(language)
        *of_entries, of_hints = glossary.found_by
        lists = (*_WORDS, PLACES) if places else _WORDS

        def is_entry(piece: str) -> bool:
            return any(
                len(rule.words) == 1
                and rule.entry.list in lists
                and rule.entry.match != "case"
                and rule.is_anchor(piece)
                for found in of_entries
                for rule in map(self.rule, found.numbers(piece))
            )

        return frozenset(
            piece for piece in pieces if of_hints.numbers(piece, _LEAST_STEM) or is_entry(piece)
        )

    def places_of(self, word: str) -> Iterator[tuple[str, str]]:
        """(code, term) of each name of a place, in any language, of which a folded word may be a
        part; a name is found by one of its words."""
        *of_entries, _ = self.glossary(UNKNOWN_LANGUAGE).found_by
        for found in of_entries:
            for rule in map(self.rule, found.numbers(word)):
                if rule.entry.list == PLACES and rule.is_anchor(word):
                    yield rule.entry.code, rule.entry.term

    def _reader(self, language: str, latin: Latin) -> Reader:
        """What reads a language in Latin letters as the words of its rules and hints."""
        of_hints = self.glossary(language).found_by[-1]
        whole, stems = set(of_hints.closed), set(of_hints.open)
        of_language = pc.equal(self.entries.columns["language"], language)
        for number in pc.indices_nonzero(of_language).to_pylist():
            rule = self.rule(number)
            whole.update(*rule.allowed)
            if rule.entry.match == "prefix":
                stems.add(rule.words[-1])
        return Reader.of(latin, whole, stems)

    def _made(self) -> list[pa.Table]:
        """What is kept: stems of entries and of hints; the traps that count by case."""
        rows = by_case(self.entries)
        self.entries = counting_by_case(self.entries, rows)
        return [
            table(self._stems()),
            table(self.hints.stems()),
            pa.table({"by_case": pa.array(rows, pa.int64())}),
        ]

    def _stems(self) -> Iterator[Listed]:
        for number, entry in enumerate(self.entries):
            if words(entry.term):
                rule = self._rule(number, entry)
                language = entry.language if entry.language in self._listed else EVERY
                yield number, language, rule.stems, rule.is_open
