"""What the numbering plans of countries (phonenumbers) say of a row of digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers as plan

_REMEMBERED = 50_000
_PUBLIC = frozenset((
    plan.PhoneNumberType.TOLL_FREE, plan.PhoneNumberType.PREMIUM_RATE,
    plan.PhoneNumberType.SHARED_COST, plan.PhoneNumberType.UAN,
))  # fmt: skip
_FIGURES = re.compile(r"\d+")
_EXACT = re.compile(r"[2-9]\d\d([ \u00a0-])\d{3}\1(?!000)\d{3}")
_LEAST_GROUPED = 8  # digits of a number that its groups alone tell
_LEAST_OF_TWO_GROUPS = 9


def digits(number: str) -> str:
    """`+43 (0)1 4000` → `+4314000`; `00` in front is `+`; figures of any script as ASCII."""
    bare = re.sub(r"[^\d+]", "", number.replace("(0)", ""))
    if not bare.isascii():
        bare = "".join(c if c == "+" else str(int(c)) for c in bare)
    return "+" + bare[2:] if bare.startswith("00") else bare


@lru_cache(maxsize=_REMEMBERED)
def is_private(number: str, regions: tuple[str, ...]) -> bool | None:
    """Whether the number is in a region's plan and none that everybody may call; None: in no
    plan. What is a hotline in one country may be somebody's number in the next."""
    answer = None
    for _, parsed in _in_plan(number, regions):
        if plan.number_type(parsed) not in _PUBLIC:
            return True
        answer = False
    return answer


@lru_cache(maxsize=_REMEMBERED)
def is_grouped(shown: str, regions: tuple[str, ...]) -> bool:
    """Whether one of the regions groups its numbers just so: `532 123 45 67`, `30/123-4567`.

    Pairs alone (lottery) say nothing, and groups of three only where no amount is so exact:
    nine digits, the last three of them not 0.
    """
    groups = _FIGURES.findall(shown)
    number = digits(shown)
    least = _LEAST_OF_TWO_GROUPS if len(groups) == 2 else _LEAST_GROUPED
    if len(groups) < 2 or len(number) < least:
        return False
    is_amount = all(len(group) == 3 for group in groups[1:]) and not _EXACT.fullmatch(shown)
    if is_amount or all(len(group) == 2 for group in groups):
        return False
    for region, parsed in _in_plan(number, regions):
        if plan.number_type(parsed) in _PUBLIC:
            continue
        written = plan.format_number(parsed, plan.PhoneNumberFormat.NATIONAL)
        national = _FIGURES.findall(written)
        trunk = plan.ndd_prefix_for_region(region, strip_non_digits=True) or "0"
        if groups in (national, _without_trunk(national, trunk)):
            return True
    return False


def _without_trunk(groups: list[str], trunk: str) -> list[str]:
    """What is left of `0532 123`, `06 30 123` where the trunk prefix is not dialled."""
    first = groups[0].removeprefix(trunk)
    return [first, *groups[1:]] if first else groups[1:]


def _in_plan(number: str, regions: tuple[str, ...]) -> Iterator[tuple[str, plan.PhoneNumber]]:
    for region in regions if number[0] != "+" else ("ZZ",):
        try:
            parsed = plan.parse(number, None if region == "ZZ" else region)
        except plan.NumberParseException:
            continue
        if plan.is_valid_number(parsed):
            yield region, parsed
