"""Birth dates: a day, month and year shortly after a `born` cue or a `*`, or before one.

`geb. 3.4.1980`, `2019 m. gruodžio 3 d.`, `twaalf mei 1994`, `14.03.1979 doğumlu`. A year alone, an
age and any other date stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from base.text import words_line
from nlp.recognisers import BREAK, Lists, Span
from nlp.recognisers.numbers import beginnings

_YEAR = r"(?:19|20|١٩|٢٠)\d\d"
_WORD = r"[^\W\d_]{3,12}"
_OF = r"(?:of |de |del |d['’]|ta['’] ?|ar an )?"
_DATE = re.compile(
    r"(?<![\w.])(?:"
    rf"\d{{1,2}} ?[./-] ?\d{{1,2}} ?[./-] ?(?:{_YEAR}|\d\d)"
    rf"|{_YEAR}[./-] ?\d{{1,2}}[./-] ?\d{{1,2}}"
    # 2015. gada 7. februārī, 2019 m. gruodžio 3 d., 1990. május 12-én
    rf"|{_YEAR}\.?,? (?:gada |m\. ?|metų )?"
    rf"(?:\d{{1,2}}\.? {_WORD}|{_WORD} \d{{1,2}}(?:-[^\W\d_]+)?)"
    rf"|(?P<day>\d{{1,2}})(?:\.|-?[^\W\d_]{{1,3}}|º)? ?{_OF}(?P<month>{_WORD})(?: [^\W\d_]{{4,7}})?"
    rf"\.?,? {_OF}(?:{_YEAR}|(?P<short>['’]?\d\d))"
    rf"|(?P<named>{_WORD}\.?) \d{{1,2}}(?:st|nd|rd|th)?,? {_YEAR}"
    rf"|{_WORD} {_OF}(?P<spoken>{_WORD}) {_OF}{_YEAR}"
    r")(?!\w)"
)
_BEFORE = 56
_AFTER = 24
_SENTENCE = re.compile(r"[!?;<>]|\.\s+(?=[^\W\d_a-z])")


class Birthdate:
    hint = (
        r"(?:19|20)[0-9][0-9]|[0-9] ?[./-] ?[0-9]{1,2} ?[./-] ?[0-9]|(?:del?|'|’) ?[0-9][0-9]"
        r"|[\x{660}-\x{669}]"
    )

    def __init__(self, lists: Lists) -> None:
        self._naming = lists.naming
        listed = lists.numbers.words
        self._everywhere = beginnings(listed.get("born", ()))
        self._after = _any(beginnings(listed.get("born after", ())))
        self._month = _any(beginnings(listed.get("month", ())))
        years = lists.numbers.one_of("year")
        self._year_word = re.compile(rf"\.? {years}\.?(?!\w)")
        self._cues: dict[str, re.Pattern[str]] = {}

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        cue = self._of(lang)
        for found in _DATE.finditer(buffer):
            word = found["spoken"] or (found["month"] if found["short"] else None)
            if word and not self._month.search(words_line(word)):
                continue  # a year and two digits say little without the name of a month
            before = buffer[max(0, found.start() - _BEFORE) : found.start()]
            before = _SENTENCE.split(before.rpartition(BREAK)[2])[-1]
            after = buffer[found.end() : found.end() + _AFTER].partition(BREAK)[0]
            if (
                before.rstrip().endswith(("*", "✶"))
                or cue.search(words_line(before))
                or self._after.match(words_line(self._year_word.sub("", after, count=1)))
            ):
                unit = self._year_word.match(buffer, found.end())
                yield Span("birthdate", found.start(), unit.end() if unit else found.end(), 0.9)

    def _of(self, lang: str) -> re.Pattern[str]:
        """The born cues of a language and those of everywhere, as a folded line has them."""
        key = self._naming.key(lang)
        if key not in self._cues:
            cues = self._naming.cues(lang, "born")
            own = (f" {' '.join(c.words)} " for c in cues if c.words)
            self._cues[key] = _any((*own, *self._everywhere))
        return self._cues[key]


def _any(lines: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, lines)) or r"[^\s\S]")


RECOGNISER = Birthdate
