"""Telephone numbers, international (`+43 664 …`, `0043 …`) and national.

A candidate counts when the plan of a country says that it is one (phonenumbers). Freephone and
premium numbers belong to firms and offices; other hotlines are kept by list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers as plan

from nlp.recognisers import BREAK, Lists, Span

_CANDIDATE = re.compile(
    r"(?:(?<![\w+§/.,:-])(?<!§ )|(?<![\w+])(?=\+))"
    r"(?:\+|00)?(?:\(\+?\d{1,5}\)|\d)(?:[ \u00a0/.\-–()]{0,3}\d){5,16}"
    r"(?![\w%€$£])(?![.,:]\d)"
)
# Dates, years from–to, amounts with points at the thousands, clock times in a row.
_OTHER = re.compile(
    r"\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}|(?:19|20)\d\d([./-])\d\d\1\d\d|\d{1,3}(?:\.\d{3})+"
    r"|(?:1\d|20)\d\d\s?[-–/ ]\s?(?:(?:1\d|20)\d\d|\d\d)|(?:(?:19|20)\d\d(?: |$))+|0\d\.\d\d.+"
    r"|\d{1,3}(?:\.\d{1,3}){3}"
)
_MONEY = re.compile(
    r"\s?(?:€|\$|£|euro?\b|kr\b|sek\b|chf\b|mio\b|mrd\b|million|prozent|percent)", re.IGNORECASE
)
_CORE = ("AT", "DE", "NL", "SE", "IT", "FR")
_HOME = {
    "de": ("AT", "DE", "CH"), "nl": ("NL", "BE"), "sv": ("SE", "FI"), "it": ("IT",),
    "fr": ("FR", "BE"), "en": ("GB", "IE"), "bg": ("BG",), "cs": ("CZ",), "da": ("DK",),
    "el": ("GR", "CY"), "es": ("ES",), "et": ("EE",), "fi": ("FI",), "ga": ("IE",), "hr": ("HR",),
    "hu": ("HU",), "lt": ("LT",), "lv": ("LV",), "mt": ("MT",), "pl": ("PL",), "pt": ("PT",),
    "ro": ("RO",), "sk": ("SK",), "sl": ("SI",), "tr": ("TR",), "uk": ("UA",),
}  # fmt: skip
# Where a number is dialled without a 0 in front; elsewhere seven bare digits are no number.
_NO_TRUNK = frozenset(("cs", "da", "el", "es", "et", "it", "lv", "mt", "pl", "pt"))
# So many candidates of one post are looked up; what comes after and begins like a number is one.
_LOOKED_UP = 1_000


@lru_cache(maxsize=50_000)
def _is_private(number: str, regions: tuple[str, ...]) -> bool:
    """Whether the number exists in a region's plan and is not one that everybody may call."""
    for region in regions if number[0] != "+" else ("ZZ",):
        try:
            parsed = plan.parse(number, None if region == "ZZ" else region)
        except plan.NumberParseException:
            continue
        if plan.is_valid_number(parsed):
            kind = plan.number_type(parsed)
            return kind not in (
                plan.PhoneNumberType.TOLL_FREE,
                plan.PhoneNumberType.PREMIUM_RATE,
                plan.PhoneNumberType.SHARED_COST,
                plan.PhoneNumberType.UAN,
            )
    return False


def digits(number: str) -> str:
    """`+43 (0)1 4000` → `+4314000`; `00` in front is `+`."""
    bare = re.sub(r"[^\d+]", "", number.replace("(0)", ""))
    return "+" + bare[2:] if bare.startswith("00") else bare


class Phone:
    hint = r"\d(?:[ \x{a0}/.\-–()]{0,3}\d){5}"

    def __init__(self, lists: Lists) -> None:
        self._kept = frozenset(digits(number) for number in lists.hotlines)

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        home = _HOME.get(lang, ())
        is_bare = lang in _NO_TRUNK
        looked_up, post_end = 0, -1
        for found in _CANDIDATE.finditer(buffer):
            shown = found.group()
            if _OTHER.fullmatch(shown) or _MONEY.match(buffer, found.end()):
                continue
            number = digits(shown)
            begins = number[0] in "+0"
            if number in self._kept or not (begins or is_bare) or not 6 <= len(number) <= 16:
                continue
            if found.start() > post_end:
                looked_up, post_end = 0, buffer.find(BREAK, found.end())
                post_end = len(buffer) if post_end < 0 else post_end
            looked_up += 1
            if looked_up > _LOOKED_UP:
                private = begins
            else:
                # without a prefix only the plan of the post's own language is asked
                private = _is_private(number, home + _CORE if begins else home)
            if private:
                yield Span("phone", found.start(), found.end(), 0.9 if begins else 0.6)


RECOGNISER = Phone
