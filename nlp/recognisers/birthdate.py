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
_WORD = r"[^\W\d_]{2,12}"
_OF = r"(?:of |de |del |d['’]|ta['’] ?|ar an )?"
_DATE = re.compile(
    r"(?<![\w.])(?:"
    rf"\d{{1,2}} ?[./-] ?\d{{1,2}} ?[./-] ?(?:{_YEAR}|\d\d)"
    rf"|{_YEAR}[./-] ?\d{{1,2}}[./-] ?\d{{1,2}}|\d{{1,2}}[./]\d{{1,2}} {_YEAR}"
    # 2015. gada 7. februārī, 2019 m. gruodžio 3 d., 1990. május 12-én
    rf"|{_YEAR}\.?,? (?:gada |m\. ?|metų )?"
    rf"(?:\d{{1,2}}\.? {_WORD}|{_WORD} \d{{1,2}}(?:-[^\W\d_]+)?)"
    rf"|(?P<day>\d{{1,2}})(?:\.|-?[^\W\d_]{{1,3}}|[º°])? ?{_OF}(?P<month>{_WORD})"
    rf"(?: [^\W\d_]{{4,7}})?\.?,? {_OF}(?:{_YEAR}|(?P<short>['’]?\d\d))"
    rf"|(?P<named>{_WORD}\.?) \d{{1,2}}(?:st|nd|rd|th)?,? {_YEAR}"
    rf"|{_WORD} {_OF}(?P<spoken>{_WORD}) {_OF}{_YEAR}"
    r")(?!\w)"
)
# 19610521, 650709: a date where a word right before it says so
_FIGURES = re.compile(
    r"\d(?<![\w.,/-]\d)(?:(?<=[12])[09]\d\d|\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"(?!\w|[.,/-]\d)"
)
_BEFORE = 56
_AFTER = 36
_RIGHT_BEFORE = 16
_MOST_BETWEEN = 3  # words between a date and the word that tells of a birth after it
_CAPITALS = "".join(c for c in map(chr, range(0x41, 0x530)) if c.isupper())
_SENTENCE = re.compile(rf"[!?;<>]|\.\s+(?=[{_CAPITALS}])|\n\n")
_CLAUSE = re.compile(r"[!?;<>,،\n]|\.\s+")


class Birthdate:
    hint = (
        r"(?:19|20)[0-9][0-9]|[0-9] ?[./-] ?[0-9]{1,2} ?[./-] ?[0-9]|(?:del?|'|’) ?[0-9][0-9]"
        r"|[\x{660}-\x{669}]|\b[0-9]{6}(?:[0-9]{2})?\b"
    )

    def __init__(self, lists: Lists) -> None:
        self._naming = lists.naming
        listed = lists.numbers.words
        self._everywhere = beginnings(listed.get("born", ()))
        after = beginnings((*listed.get("born after", ()), *listed.get("born", ())))
        self._after = re.compile(rf"(?: \w+){{0,{_MOST_BETWEEN}}}(?:{_any(after).pattern})")
        short = beginnings(listed.get("born short", ()))
        self._short = re.compile(rf"(?:{_any(short).pattern})$")
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
                or self._short.search(words_line(before))
                or self._is_after(after)
            ):
                unit = self._year_word.match(buffer, found.end())
                yield Span("birthdate", found.start(), unit.end() if unit else found.end(), 0.9)

        for found in _FIGURES.finditer(buffer):
            before = buffer[max(0, found.start() - _RIGHT_BEFORE) : found.start()]
            line = words_line(_SENTENCE.split(before.rpartition(BREAK)[2])[-1])
            if self._short.search(line) or cue.search(line):
                yield Span("birthdate", *found.span(), 0.8)

    def _is_after(self, after: str) -> bool:
        """Whether a word behind the date tells of a birth, the year's own word left aside."""
        whole = words_line(_CLAUSE.split(after)[0])
        bare = self._year_word.sub("", after, count=1)
        if self._after.match(whole) or self._after.match(words_line(_CLAUSE.split(bare)[0])):
            return True
        return self._after.match(words_line(after[:6])) is not None  # г.р., р. н.

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
