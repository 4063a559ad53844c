"""Forms of a word by the endings and beginnings of its language.

Comes in: a folded word, the tables `taxonomy/<language>/endings.csv` and `beginnings.csv`
(what stands before a word without a space, as in Arabic, or changes its first letter, as in
Irish). Goes out: all it may become, and what all of these begin with.

Tallied from simplemma's dictionaries, but not looked up in them: simplemma needs 0.1–0.9 s and
60 MB a language to load and 3 µs for a word it has not seen (measured); endings need nothing.
spaCy is not used: its blank tokenizers know no inflection, and words here are those of
`base.text`, so that search finds what the matcher found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taxonomy.model import Taxonomy

Changes = Mapping[str, tuple[str, ...]]
_LONGEST_ENDING = 5
_LONGEST_BEGINNING = 3


@dataclass(frozen=True, eq=False)
class Inflection:
    """How the words of one language change; what fits a word longest is its only rule.

    endings, beginnings: folded end (start) of a word → what may stand in its place.
    """

    endings: Changes = field(default_factory=dict)
    beginnings: Changes = field(default_factory=dict)

    def forms(self, word: str) -> frozenset[str]:
        """The forms of a folded word, itself among them."""
        found = self._ends(word)
        if not self.beginnings:
            return found
        return frozenset(start for form in found for start in self.starts(form))

    def stem_of(self, word: str) -> str:
        """What all forms of a word go on from, but for their beginnings."""
        every = self._ends(word)
        low, high = min(every), max(every)
        size = next(
            (i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low)
        )
        return low[:size]

    def starts(self, word: str) -> frozenset[str]:
        """A word, or its stem, with each beginning it may have."""
        for length in range(min(_LONGEST_BEGINNING, len(word) - 2), -1, -1):
            becomes = self.beginnings.get(word[:length])
            if becomes is not None:
                return frozenset((word, *(new + word[length:] for new in becomes)))
        return frozenset((word,))

    def _ends(self, word: str) -> frozenset[str]:
        for length in range(min(_LONGEST_ENDING, len(word) - 2), -1, -1):
            stem = word[: len(word) - length]
            becomes = self.endings.get(word[len(stem) :])
            if becomes is not None:
                return frozenset((word, *(stem + new for new in becomes)))
        return frozenset((word,))


NONE = Inflection()


def inflections(taxonomy: Taxonomy) -> Mapping[str, Inflection]:
    """How the words of each language change."""
    return {
        language: Inflection(endings, taxonomy.beginnings.get(language, {}))
        for language, endings in taxonomy.endings.items()
    }
