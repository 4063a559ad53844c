"""What the taxonomy is made of: codes, entries of the lists, endings.

An entry is one row of one list: a term of an area, a slang word, a name of a group, a right, a
cue, a name of a place. Its `code` is the area, group, right, kind of cue or place that it stands
for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from taxonomy.vocabulary import table

if TYPE_CHECKING:
    from taxonomy.entries import Entries

LISTS = ("terms", "slang", "groups", "rights", "cues")
PLACES = "places"  # list of the names of cities and districts
TRAP = "trap"  # list of the phrases in which such a name means something else
VOCABULARY = "vocabulary"  # list of the everyday words that tell an area together
ASIDE = "aside"  # list, in matches, of the terms whose area the post is not about
# kind of a row of places/<language>.csv → how it is matched
PLACE_KINDS = {"name": "forms", "form": "exact", "prefix": "prefix", "case": "case",
               "trap": "exact"}  # fmt: skip
MATCHES = ("forms", "exact", "prefix", "case")
SLANG_KINDS = ("insult", "dehumanisation", "exclusion", "threat", "coded", "slang")
CUE_KINDS = (
    "positive", "negative", "negation", "quote", "counter", "experience", "irregular", "threat",
    "exclusion", "dehumanisation", "insult", "address",
)  # fmt: skip
DATE_KINDS = ("month", "age after", "age before")  # after, before: the number
LATIN_KINDS = ("sound", "word")
LEAST_PREFIX = 5  # letters: a shorter beginning starts too many other words
MOST_STRENGTH = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a list, in one language.

    match: `forms` inflected forms count, `exact` the folded words, `prefix` the last word may go
    on, `case` exact with case. with_words, without: one of the first must, none of the second
    may stand within ten words. example: words of a post in which it is found. where: file:line.
    """

    list: str
    language: str
    code: str
    term: str
    match: str
    with_words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    where: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Slang(Entry):
    """A word against (or of) a group; code is the group.

    kind: one of SLANG_KINDS. strength: 0 (neutral slang) to 3. reclaimed: the group uses it
    itself. literal: it also has a plain meaning. Both need a hostile context to count.
    """

    kind: str = "slang"
    strength: int = 0
    reclaimed: bool = False
    literal: bool = False
    since: str = ""
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """One of the 29 areas of integration."""

    code: str
    dimension: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class Language:
    """A language posts may be written in; `script` as Unicode names it.

    compounds: what may stand between the parts of words written as one (`` nothing); empty where
    that is not done. spellings: how letters are also written, with what they fold to.
    """

    code: str
    name: str
    own_name: str
    script: str
    compounds: tuple[str, ...] = ()
    spellings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Latin:
    """How a language of another script is written in Latin letters.

    sounds: letters of either script → how they sound. words: frequent ones, which tell it.
    """

    sounds: Mapping[str, str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Everything a post is tagged against, and a digest over all of it.

    dimensions, groups, rights: code → label. endings: language → ending of a word → what may
    stand in its place (folded; the longest ending that fits a word is its only rule).
    beginnings: the same for the start of a word.
    dates: language → kind → words of dates and ages. vocabulary: see taxonomy/vocabulary.py.
    latin: by language. left_out: what is wrong with rows that were passed over because the
    caller wanted the rest.
    """

    areas: Mapping[str, Area]
    dimensions: Mapping[str, str]
    groups: Mapping[str, str]
    rights: Mapping[str, str]
    languages: Mapping[str, Language]
    entries: Entries
    endings: Mapping[str, Mapping[str, tuple[str, ...]]]
    dates: Mapping[str, Mapping[str, tuple[str, ...]]]
    digest: str
    beginnings: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    vocabulary: pa.Table = field(default_factory=lambda: table(()), compare=False)
    latin: Mapping[str, Latin] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    _by_list: dict[tuple[str, str], tuple[Entry, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def of(self, list_name: str, language: str | None = None) -> tuple[Entry, ...]:
        """The entries of one list, of one language or of all."""
        key = (list_name, language or "")
        found = self._by_list.get(key)
        if found is None:
            found = self._by_list[key] = tuple(self.entries.select(list_name, language))
        return found

    def listed(self, list_name: str) -> frozenset[str]:
        """The languages that have entries in a list."""
        return self.entries.languages(list_name)
