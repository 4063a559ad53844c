"""Whether the writer of a text tells of themselves: the first person, without views.

Comes in: text and language, the words of `taxonomy/<language>/telling.csv`. Goes out: a flag.
Columns word, kind, note. Kinds: own (I, my, with us at home; a word or phrase), ending (what a
verb of the first person ends with, in languages that leave the pronoun out; with its accents),
other (what is no telling though it holds such a word: `I think`, `my country`). Wide on purpose:
asked only of posts that have a delicate word, where one post too many covered is better than one
too few. A text of an unknown language is read in all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from base.table import by_kind
from base.text import nfc, phrase, spans

KINDS = ("own", "ending", "other")
_LEAST_STEM = 3  # letters before an ending: a shorter word is another one
_LEAST_UNKNOWN = 3  # letters of a word that tells in a text of an unknown language


@dataclass(frozen=True)
class _Person:
    """The first person of one language."""

    own: frozenset[str]
    other: frozenset[str]
    endings: tuple[str, ...]

    @classmethod
    def of(cls, listed: Mapping[str, list[str]]) -> _Person:
        own, other = (frozenset(map(phrase, listed[kind])) for kind in ("own", "other"))
        return cls(own, other, tuple(map(nfc, listed["ending"])))

    @cached_property
    def _is_own(self) -> re.Pattern[str]:
        return _any(self.own)

    @cached_property
    def _is_other(self) -> re.Pattern[str]:
        return _any(self.other)

    def stands_in(self, folded: str, written: list[tuple[str, str]], least: int) -> bool:
        """folded: the text's words between spaces. written: (folded, as written) of each.
        least: letters of a word that counts."""
        told = self._is_own.finditer(self._is_other.sub(" | ", folded))
        if any(len(found.group()) >= least for found in told):
            return True
        return bool(self.endings) and any(
            word.endswith(self.endings)
            and len(word) >= _LEAST_STEM + min(len(e) for e in self.endings if word.endswith(e))
            and key not in self.other
            for key, word in written
        )


@dataclass(frozen=True)
class Telling:
    """The first person of every language that has a list."""

    persons: Mapping[str, _Person]

    @classmethod
    def read(cls, taxonomy: Path) -> Telling:
        """The lists of every language folder. Raises BadInput with file:line for another header
        or an unknown kind."""
        paths = sorted(taxonomy.glob("*/telling.csv"))
        return cls({path.parent.name: _Person.of(by_kind(path, KINDS)) for path in paths})

    def is_own(self, text: str, lang: str | None) -> bool:
        """Whether the writer stands in the text, other than with a view."""
        written = [(key, text[start:end].lower()) for key, start, end in spans(text)]
        folded = f" {' '.join(key for key, _ in written)} "
        known = self.persons.get(lang or "")
        if known:
            return known.stands_in(folded, written, 1)
        every = self.persons.values()
        return any(person.stands_in(folded, written, _LEAST_UNKNOWN) for person in every)


def _any(phrases: frozenset[str]) -> re.Pattern[str]:
    """A pattern for any of some folded phrases between spaces, the longest first."""
    longest = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    # the spaces are looked at, not taken: two phrases may share one
    return re.compile(rf"(?<= )(?:{'|'.join(longest)})(?= )" if longest else r"(?!)")
