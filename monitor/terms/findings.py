"""What is wrong with the lists beyond their form: clashes, shadows, dangers, missing examples.

Comes in: a taxonomy. Goes out: findings, each with the file and line of the row. Kinds:
  clash      one string in two areas of a language, without a context that tells them apart
  repeated   one string twice in an area, with another match or context
  shadowed   found only where a shorter term of the same area is found anyway
  dangerous  a short word, or a first name, that counts everywhere and with any case
  example    the row's own example is not hit by its term
  dead       no text at hand holds it (`monitor.terms.dead`; only where texts are given)
  itself     one of the words it wants near is its own: the context holds always
  repeats    a name of a place that its city's own file has for every language (monitor/places.py)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from base.text import phrase, words
from nlp.match import Match
from nlp.patterns import Patterns
from nlp.recognisers.names import Names
from nlp.rule import Rule
from taxonomy.model import ASIDE
from taxonomy.taxonomy import Entry, Taxonomy

KINDS = (
    "clash", "repeated", "shadowed", "dangerous", "example", "dead", "itself", "repeats"
)  # fmt: skip
_SHORT = 3  # letters


@dataclass(frozen=True)
class Finding:
    """One row that somebody should look at. other: the row it has to do with."""

    kind: str
    where: str
    term: str
    code: str
    other: str = ""

    def __str__(self) -> str:
        return f"{self.kind} with {self.other}" if self.other else self.kind


def findings(taxonomy: Taxonomy, names: Names) -> Iterator[Finding]:
    """Everything found, in the order of language and file."""
    patterns = Patterns(taxonomy)
    for language in sorted(taxonomy.listed("terms")):
        terms = taxonomy.of("terms", language)
        yield from _clashes(terms)
        yield from _shadowed(terms)
        yield from _dangerous(terms, names, language)
        yield from _examples(terms, patterns, language)
    yield from _itself(patterns)


def _folded(entry: Entry) -> str:
    return phrase(entry.term)


def _clashes(terms: tuple[Entry, ...]) -> Iterator[Finding]:
    by_text: dict[str, list[Entry]] = defaultdict(list)
    for entry in terms:
        by_text[_folded(entry)].append(entry)
    for same in by_text.values():
        first = same[0]
        for entry in same[1:]:
            if entry.code != first.code and entry.with_words == first.with_words:
                yield Finding("clash", entry.where, entry.term, entry.code, first.where)
        of_code: dict[str, Entry] = {}
        for entry in same:
            before = of_code.setdefault(entry.code, entry)
            if before is not entry and "case" not in (entry.match, before.match):
                yield Finding("repeated", entry.where, entry.term, entry.code, before.where)


def _shadowed(terms: tuple[Entry, ...]) -> Iterator[Finding]:
    """A longer term adds nothing where a shorter of its area counts everywhere."""
    everywhere: dict[tuple[str, str], Entry] = {}
    for entry in terms:
        if entry.match != "case" and not entry.with_words and not entry.without:
            everywhere.setdefault((entry.code, _folded(entry)), entry)
    for entry in terms:
        parts = words(entry.term)
        for first in range(len(parts)):
            for last in range(first + 1, len(parts) + 1):
                if last - first == len(parts):
                    continue
                other = everywhere.get((entry.code, " ".join(parts[first:last])))
                if other is not None:
                    yield Finding("shadowed", entry.where, entry.term, entry.code, other.where)


def _dangerous(terms: tuple[Entry, ...], names: Names, language: str) -> Iterator[Finding]:
    for entry in terms:
        text = _folded(entry)
        is_bare = entry.match != "case" and not entry.with_words and " " not in text
        if is_bare and (
            len(text) <= _SHORT or (text in names.common and not names.is_ordinary(text, language))
        ):
            yield Finding("dangerous", entry.where, entry.term, entry.code)


def _examples(terms: tuple[Entry, ...], patterns: Patterns, language: str) -> Iterator[Finding]:
    given = [entry for entry in terms if entry.example]
    batch = pa.RecordBatch.from_pydict(
        {"text": [e.example for e in given], "lang": [language] * len(given)}
    )
    found = Match(patterns)(batch).column("matches").to_pylist() if given else []
    for entry, matches in zip(given, found, strict=True):
        if not any(
            m["list"] in ("terms", ASIDE) and m["code"] == entry.code and m["term"] == entry.term
            for m in matches
        ):
            yield Finding("example", entry.where, entry.term, entry.code)


def _itself(patterns: Patterns) -> Iterator[Finding]:
    for number, entry in enumerate(patterns.entries):
        if not entry.with_words or entry.list == "trap":
            continue
        rule: Rule = patterns.rule(number)
        near = rule.with_words
        if near is not None and any(not near.single.isdisjoint(forms) for forms in rule.allowed):
            yield Finding("itself", entry.where, entry.term, entry.code)
