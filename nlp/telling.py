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
from pathlib import Path

from base.errors import unknown
from base.table import rows
from base.text import nfc, spans, words

KINDS = ("own", "ending", "other")
_LEAST_STEM = 3  # letters before an ending: a shorter word is another one
_LEAST_UNKNOWN = 3  # letters of a word that tells in a text of an unknown language


@dataclass(frozen=True)
class _Person:
    """The first person of one language."""

    own: re.Pattern[str]
    other: re.Pattern[str]
    never: frozenset[str]
    endings: tuple[str, ...]

    @classmethod
    def of(cls, listed: Mapping[str, list[str]]) -> _Person:
        other = {" ".join(words(word)) for word in listed["other"]}
        own = {" ".join(words(word)) for word in listed["own"]}
        return cls(_any(own), _any(other), frozenset(other), tuple(map(nfc, listed["ending"])))

    def stands_in(self, folded: str, written: list[tuple[str, str]], least: int) -> bool:
        """folded: the text's words between spaces. written: (folded, as written) of each.
        least: letters of a word that counts."""
        told = self.own.finditer(self.other.sub(" | ", folded))
        if any(len(found.group()) >= least for found in told):
            return True
        return bool(self.endings) and any(
            word.endswith(self.endings)
            and len(word) >= _LEAST_STEM + min(len(e) for e in self.endings if word.endswith(e))
            and key not in self.never
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
        found = {}
        for path in sorted(taxonomy.glob("*/telling.csv")):
            listed: dict[str, list[str]] = {kind: [] for kind in KINDS}
            for row in rows(path, ("word", "kind", "note")):
                if row["kind"] not in KINDS:
                    raise unknown("kind", row["kind"], KINDS, where=row.where)
                listed[row["kind"]].append(row["word"])
            found[path.parent.name] = _Person.of(listed)
        return cls(found)

    def is_own(self, text: str, lang: str | None) -> bool:
        """Whether the writer stands in the text, other than with a view."""
        written = [(key, text[start:end].lower()) for key, start, end in spans(text)]
        folded = f" {' '.join(key for key, _ in written)} "
        known = self.persons.get(lang or "")
        if known:
            return known.stands_in(folded, written, 1)
        every = self.persons.values()
        return any(person.stands_in(folded, written, _LEAST_UNKNOWN) for person in every)


def _any(phrases: set[str]) -> re.Pattern[str]:
    """A pattern for any of some folded phrases between spaces, the longest first."""
    longest = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    # the spaces are looked at, not taken: two phrases may share one
    return re.compile(rf"(?<= )(?:{'|'.join(longest)})(?= )" if longest else r"(?!)")
