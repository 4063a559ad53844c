"""Telephone numbers: international (`+43 664 …`, `0043 …`), national, and told as one.

A candidate counts when the plan of a country says that it is one (phonenumbers): with a 0 in
front any plan we know, without only that of the post's language, the American shape, and any plan
whose country groups its digits just so (`532 123 45 67`). Where a word announces it (`call`,
`Tel`, `ruf an`), or brackets stand around its code, it need stand in no plan. Freephone and premium
numbers belong to firms and offices; other hotlines are kept by list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.recognisers import BREAK, Lists, Span
from nlp.recognisers.numbers import Plan
from nlp.recognisers.phone_plans import digits, is_grouped, is_private
from nlp.recognisers.phrases import Phrases

_CANDIDATE = (
    r"(?=[+(\d])(?:(?<![\w+§/.,:-])(?<!§ )|(?<=[^\W\d_][.:/])|(?<![\w+])(?=\+))"
    r"(?P<number>(?:\+|00)?(?:\(\+?\d{1,5}\)|\d)(?:[ \u00a0/.\-–()]{0,3}\d){5,24})"
)
_NOT_BEFORE = r"(?![\w%€$£])(?![.,:]\d)"
_AMERICAN = re.compile(r"(?:1[-. ])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])\d{3}[-. ]\d{4}")
# Dates, years from–to, amounts with points at the thousands, clock times in a row.
_OTHER = re.compile(
    r"\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}|(?:19|20)\d\d([./-])\d\d\1\d\d|\d{1,3}(?:\.\d{3})+"
    r"|(?:1\d|20)\d\d\s?[-–/ ]\s?(?:(?:1\d|20)\d\d|\d\d)|(?:(?:19|20)\d\d(?: |$))+"
    r"|0\d\.\d\d(?!(?:\.\d\d){3}$).+|\d{1,3}(?:\.\d{1,3}){3}"
)
_BRACKETS = re.compile(r"\((?!(?:19|20)\d\d\))\d{2,4}\) ?\d{2,4}[-. ]\d{2,4}(?:[-. ]\d{2,4})?")
_GAP = re.compile(r"[ \u00a0/.\-–()]+")
_BEFORE = 32  # characters in which a word announces a number
_TOLD_DIGITS = range(7, 14)
# So many candidates of one post are looked up; what comes after and begins like a number is one.
_LOOKED_UP = 60


class Phone:
    hint = r"[\d\x{660}-\x{669}](?:[ \x{a0}/.\-–()]{0,3}[\d\x{660}-\x{669}]){5}"

    def __init__(self, lists: Lists) -> None:
        self._kept = frozenset(digits(number) for number in lists.hotlines)
        self._plans = lists.numbers.plans
        self._everywhere = self._plans.get("*", Plan()).regions
        self._grouping = self._plans.get("grouped", Plan()).regions
        self._cues = Phrases(lists.numbers.words.get("phone", ()))
        self._amount = lists.numbers.amount
        extension = lists.numbers.one_of("extension")
        self._candidate = re.compile(
            _CANDIDATE + rf"(?:[ ,]{{0,2}}(?i:{extension})[.:]? ?\d{{1,5}})?" + _NOT_BEFORE
        )

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        home = self._plans.get(lang, Plan())
        looked_up, post_end = 0, -1
        end = 0
        while found := self._candidate.search(buffer, end):
            end = found.end()
            shown = found["number"]
            if shown.count("(") > shown.count(")"):  # 0664 1234567 (2024)
                shown = shown[: shown.rindex("(")]
                end = found.start() + len(shown.rstrip())
            if _OTHER.fullmatch(shown):
                continue
            number = digits(shown)
            begins = number[0] in "+0"
            if number in self._kept or len(number) < 6:
                continue
            is_told = self._is_told(buffer, found.start()) or bool(_BRACKETS.fullmatch(shown))
            is_shaped = not begins and self._is_shaped(shown, home)
            if not (begins or home.is_bare or is_shaped or is_told):
                continue
            if found.start() > post_end:
                looked_up, post_end = 0, buffer.find(BREAK, found.end())
                post_end = len(buffer) if post_end < 0 else post_end
            looked_up += 1
            if looked_up > _LOOKED_UP:
                private: bool | None = begins or is_shaped
            else:
                private = is_shaped or self._is_private(shown, home)
            if private is None and begins:
                # other figures may follow the number: `+43 664 1234567 12 12`
                for gap in reversed(list(_GAP.finditer(shown))):
                    private = self._is_private(shown[: gap.start()], home)
                    if private is not None:
                        end = found.start() + gap.start()
                        break
            if private is None and is_told:
                private = len(number) in _TOLD_DIGITS
            if private and not self._amount.match(buffer, end):
                yield Span("phone", found.start(), end, 0.9 if begins else 0.6)

    def _is_shaped(self, shown: str, home: Plan) -> bool:
        """Whether the way it is written says that it is a number: as in America, or grouped."""
        if _AMERICAN.fullmatch(shown) and is_private(digits(shown), ("US",)):
            return True
        return is_grouped(shown, (*home.regions, *self._grouping))

    def _is_private(self, shown: str, home: Plan) -> bool | None:
        """By the plans of the language; by those asked everywhere if it stands in none of them."""
        number = digits(shown)
        is_american = number[0] not in "+0" and _AMERICAN.fullmatch(shown)
        private = is_private(number, (*home.regions, "US") if is_american else home.regions)
        if private is None and number[0] == "0":
            private = is_private(number, self._everywhere)
        return private

    def _is_told(self, buffer: str, start: int) -> bool:
        """Whether a word shortly before, in the same post, says that a number follows."""
        before = buffer[max(0, start - _BEFORE) : start].rpartition(BREAK)[2]
        return self._cues.stand_in(before)


RECOGNISER = Phone
