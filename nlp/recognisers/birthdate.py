"""Birth dates: a day, month and year shortly after a `born` cue or a `*`.

A year alone, an age and any other date stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from base.text import words_line
from nlp.recognisers import BREAK, Lists, Span

_DATE = re.compile(
    r"(?<![\w.])(?:"
    r"\d{1,2}[./-] ?\d{1,2}[./-] ?(?:19|20)?\d\d"
    r"|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}"
    r"|\d{1,2}(?:\.|er|st|nd|rd|th|º)? (?:of |de |d')?"
    r"[^\W\d_]{3,12}\.?,? (?:de |del )?(?:19|20)\d\d"
    r"|[^\W\d_]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d"
    r")(?!\w)"
)
_BEFORE = 48
_SENTENCE = re.compile(r"[!?;<>]|\.\s+(?=[^\W\d_a-z])")


class Birthdate:
    hint = r"\d[./-] ?\d{1,2}[./-] ?\d|\d[^\d]{1,22}(?:19|20)\d\d"

    def __init__(self, lists: Lists) -> None:
        self._naming = lists.naming
        self._cues: dict[str, tuple[str, ...]] = {}

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        for found in _DATE.finditer(buffer):
            before = buffer[max(0, found.start() - _BEFORE) : found.start()]
            before = _SENTENCE.split(before.rpartition(BREAK)[2])[-1]
            line = words_line(before)
            if before.rstrip().endswith(("*", "✶")) or any(c in line for c in self._of(lang)):
                yield Span("birthdate", found.start(), found.end(), 0.9)

    def _of(self, lang: str) -> tuple[str, ...]:
        """The born cues of a language, folded, with a space on either side."""
        key = self._naming.key(lang)
        if key not in self._cues:
            cues = self._naming.cues(lang, "born")
            self._cues[key] = tuple(f" {' '.join(c.words)} " for c in cues)
        return self._cues[key]


RECOGNISER = Birthdate
