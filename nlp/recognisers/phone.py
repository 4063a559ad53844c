"""Telephone numbers: international (`+43 664 …`, `0043 …`), national, and told as one.

A candidate counts when the plan of a country says that it is one (phonenumbers): with a 0 in
front any plan we know, without only that of the post's language and the American shape. Where a
word announces it (`call`, `Tel`, `ruf an`) it need stand in no plan. Freephone and premium
numbers belong to firms and offices; other hotlines are kept by list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers as plan

from base.text import fold, words
from nlp.recognisers import BREAK, Lists, Span
from nlp.recognisers.numbers import Plan

_CANDIDATE = re.compile(
    r"(?=[+(\d])(?:(?<![\w+§/.,:-])(?<!§ )|(?<=[^\W\d_][.:/])|(?<![\w+])(?=\+))"
    r"(?:\+|00)?(?:\(\+?\d{1,5}\)|\d)(?:[ \u00a0/.\-–()]{0,3}\d){5,24}"
    r"(?![\w%€$£])(?![.,:]\d)"
)
_AMERICAN = re.compile(r"(?:1[-. ])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])\d{3}[-. ]\d{4}")
# Dates, years from–to, amounts with points at the thousands, clock times in a row.
_OTHER = re.compile(
    r"\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}|(?:19|20)\d\d([./-])\d\d\1\d\d|\d{1,3}(?:\.\d{3})+"
    r"|(?:1\d|20)\d\d\s?[-–/ ]\s?(?:(?:1\d|20)\d\d|\d\d)|(?:(?:19|20)\d\d(?: |$))+|0\d\.\d\d.+"
    r"|\d{1,3}(?:\.\d{1,3}){3}"
)
_GAP = re.compile(r"[ \u00a0/.\-–()]+")
_BEFORE = 32  # characters in which a word announces a number
_TOLD_DIGITS = range(7, 14)
# So many candidates of one post are looked up; what comes after and begins like a number is one.
_LOOKED_UP = 60
_PUBLIC = frozenset((
    plan.PhoneNumberType.TOLL_FREE, plan.PhoneNumberType.PREMIUM_RATE,
    plan.PhoneNumberType.SHARED_COST, plan.PhoneNumberType.UAN,
))  # fmt: skip


@lru_cache(maxsize=50_000)
def _is_private(number: str, regions: tuple[str, ...]) -> bool | None:
    """Whether the number is in a region's plan and none that everybody may call; None: in no
    plan. What is a hotline in one country may be somebody's number in the next."""
    answer = None
    for region in regions if number[0] != "+" else ("ZZ",):
        try:
            parsed = plan.parse(number, None if region == "ZZ" else region)
        except plan.NumberParseException:
            continue
        if plan.is_valid_number(parsed):
            if plan.number_type(parsed) not in _PUBLIC:
                return True
            answer = False
    return answer


def digits(number: str) -> str:
    """`+43 (0)1 4000` → `+4314000`; `00` in front is `+`."""
    bare = re.sub(r"[^\d+]", "", number.replace("(0)", ""))
    return "+" + bare[2:] if bare.startswith("00") else bare


class Phone:
    hint = r"\d(?:[ \x{a0}/.\-–()]{0,3}\d){5}"

    def __init__(self, lists: Lists) -> None:
        self._kept = frozenset(digits(number) for number in lists.hotlines)
        self._plans = lists.numbers.plans
        self._everywhere = self._plans.get("*", Plan()).regions
        self._cues = frozenset(map(fold, lists.numbers.words.get("phone", ())))
        money = lists.numbers.one_of("money")
        self._money = re.compile(rf"\s?{money}(?!\w)", re.IGNORECASE)

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        home = self._plans.get(lang, Plan())
        looked_up, post_end = 0, -1
        end = 0
        while found := _CANDIDATE.search(buffer, end):
            end = found.end()
            shown = found.group()
            if _OTHER.fullmatch(shown) or self._money.match(buffer, found.end()):
                continue
            number = digits(shown)
            begins = number[0] in "+0"
            if number in self._kept or len(number) < 6:
                continue
            is_american = not begins and _AMERICAN.fullmatch(shown) is not None
            is_told = self._is_told(buffer, found.start())
            if not (begins or home.is_bare or is_american or is_told):
                continue
            if found.start() > post_end:
                looked_up, post_end = 0, buffer.find(BREAK, found.end())
                post_end = len(buffer) if post_end < 0 else post_end
            looked_up += 1
            if looked_up > _LOOKED_UP:
                private: bool | None = begins or is_american
            else:
                private = self._is_private(number, home, is_american=is_american)
            if private is None and begins:
                # other figures may follow the number: `+43 664 1234567 12 12`
                for gap in reversed(list(_GAP.finditer(shown))):
                    private = self._is_private(digits(shown[: gap.start()]), home)
                    if private is not None:
                        end = found.start() + gap.start()
                        break
            if private is None and is_told:
                private = len(number) in _TOLD_DIGITS
            if private:
                yield Span("phone", found.start(), end, 0.9 if begins else 0.6)

    def _is_private(self, number: str, home: Plan, *, is_american: bool = False) -> bool | None:
        """By the plans of the language; by those asked everywhere if it stands in none of them."""
        private = _is_private(number, (*home.regions, *(("US",) if is_american else ())))
        if private is None and number[0] == "0":
            private = _is_private(number, self._everywhere)
        return private

    def _is_told(self, buffer: str, start: int) -> bool:
        """Whether a word shortly before, in the same post, says that a number follows."""
        before = buffer[max(0, start - _BEFORE) : start].rpartition(BREAK)[2]
        return not self._cues.isdisjoint(words(before))


RECOGNISER = Phone
