"""Forms of a word by the endings of its language.

Comes in: a folded word, the table `taxonomy/<language>/endings.csv`. Goes out: all it may become,
and what all of these begin with.

Tallied from simplemma's dictionaries, but not looked up in them: simplemma needs 0.1–0.9 s and
60 MB a language to load and 3 µs for a word it has not seen (measured); endings need nothing.
spaCy is not used: its blank tokenizers know no inflection, and words here are those of
`base.text`, so that search finds what the matcher found.
"""

from __future__ import annotations

from collections.abc import Mapping

Endings = Mapping[str, tuple[str, ...]]
_LONGEST_ENDING = 5


def forms(word: str, endings: Endings) -> frozenset[str]:
    """The forms of a folded word: itself, and what its longest known ending may become."""
    for length in range(min(_LONGEST_ENDING, len(word) - 2), -1, -1):
        stem = word[: len(word) - length]
        becomes = endings.get(word[len(stem) :])
        if becomes is not None:
            return frozenset((word, *(stem + new for new in becomes)))
    return frozenset((word,))


def stem_of(word: str, endings: Endings) -> str:
    """What all forms of a word begin with."""
    every = forms(word, endings)
    low, high = min(every), max(every)
    size = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    return low[:size]
