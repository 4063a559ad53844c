"""Numbers, shares, days and periods as a person reads them: the one place where they are written.

English for now; whoever translates the pages changes this module and the words, nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from analysis.periods import exactly

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun",
           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # fmt: skip
_LONG = ("January", "February", "March", "April", "May", "June", "July", "August",
         "September", "October", "November", "December")  # fmt: skip
_PERCENT = "\u202f%"  # a narrow space that does not break


def number(value: int) -> str:
    """4310 → 4,310."""
    return f"{value:,}"


def digits(base: int | None) -> int:
    """Decimals of a percentage that so many posts allow."""
    return 0 if base is None or base < 1000 else 1


def share(value: float, base: int | None) -> str:
    """0.1234 of 4310 → 12.3 %; what rounds to nothing is `< 1 %`."""
    places = digits(base)
    least = 10.0**-places
    if 0 < value * 100 < least / 2:
        return f"<\u202f{least:g}{_PERCENT}"
    return f"{value * 100:.{places}f}{_PERCENT}"


def interval(low: float, high: float, base: int | None) -> str:
    """0.11, 0.138 → 11.0–13.8 %."""
    places = digits(base)
    return f"{low * 100:.{places}f}–{high * 100:.{places}f}{_PERCENT}"


def one_in(value: float) -> str:
    """0.083 → about 1 in 12; nothing where a person would not say it."""
    return f"about 1 in {round(1 / value)}" if 0.01 <= value <= 0.34 else ""


def day(value: date) -> str:
    """9 Nov 2026."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def span(since: date, until: date) -> str:
    """11 Aug – 9 Nov 2026; until is the first day not meant."""
    last = until - timedelta(days=1)
    if since == last:
        return day(since)
    first = f"{since.day} {_MONTHS[since.month - 1]}"
    return f"{first} – {day(last)}" if since.year == last.year else f"{day(since)} – {day(last)}"


def period(since: date | None, until: date | None) -> str:
    """A period by its usual name, with its days where the name does not say them."""
    if since is None or until is None:
        return f"since {day(since)}" if since else f"until {day(until)}" if until else "any time"
    found = exactly(since, until)
    if found is None:
        return span(since, until)
    if found.kind == "month":
        return f"{_LONG[since.month - 1]} {since.year}"
    if found.kind == "quarter":
        return f"{_ORDINAL[(since.month - 1) // 3]} quarter {since.year}"
    if found.kind == "year":
        return str(since.year)
    return f"{found.kind}, {span(since, until)}"


_ORDINAL = ("first", "second", "third", "fourth")


def step(kind: str, start: date) -> str:
    """A week or a month of a series, as it stands in a sentence."""
    if kind == "month":
        return f"{_LONG[start.month - 1]} {start.year}"
    return f"the week of {day(start)}"


def tick(kind: str, start: date) -> str:
    """The same at an axis, without the year."""
    return _MONTHS[start.month - 1] if kind == "month" else day(start)[:-5]


def listed(names: Sequence[str], most: int = 3) -> str:
    """Names as a list in a sentence: A, B and C; A, B and 4 more."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def inside(name: str) -> str:
    """A label as it stands inside a sentence: Integration of Roma → integration of Roma."""
    return name[:1].lower() + name[1:]


def plural(count: int, one: str, many: str = "") -> str:
    """1 source, 14 sources."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"
