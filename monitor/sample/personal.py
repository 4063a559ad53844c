"""Invented personal data for the sample: what a scrubber must find.

Nothing here belongs to anybody: mail and web addresses end in the reserved names `example.org`
and `.example`; telephone numbers come from ranges kept for fiction where a country has them,
otherwise from blocks that are not given out; account and card numbers are made up with valid check
digits, card numbers inside the range that payment firms keep for tests.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from .grammar import Maker, Noted, Options, Random

_LETTERS = "ABCDEFGHJKLMNPRSTVWXYZ"
_SPELLED = str.maketrans(
    {"ü": "ue", "ö": "oe", "ä": "ae", "ß": "ss", "ł": "l", "ı": "i", "'": "", " ": ""}
    | {"θ": "th", "χ": "ch", "ψ": "ps"}
)
_LATIN = str.maketrans("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo")


def pick(random: Random, options: Sequence[str]) -> str:
    """One of the options."""
    return options[int(random() * len(options))]


def pattern(random: Random, shape: str) -> str:
    """A shape with `#` as a digit, `%` as a digit from 1, `@` as a letter."""
    out = []
    for sign in shape:
        if sign == "#":
            out.append(str(int(random() * 10)))
        elif sign == "%":
            out.append(str(1 + int(random() * 9)))
        elif sign == "@":
            out.append(_LETTERS[int(random() * len(_LETTERS))])
        else:
            out.append(sign)
    return "".join(out)


def iban(random: Random, shape: str) -> str:
    """A made-up account number with valid check digits; `shape` is country and body."""
    country, body = shape[:2], pattern(random, shape[2:])
    digits = "".join(str(int(sign, 36)) for sign in f"{body}{country}00")
    whole = f"{country}{98 - int(digits) % 97:02d}{body}"
    if random() < 0.4:
        return whole
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def card(random: Random) -> str:
    """A made-up card number of the test range 4000 00… with a valid last digit (Luhn)."""
    body = "400000" + pattern(random, "#########")
    doubled = (int(d) * (2 - at % 2) for at, d in enumerate(body))
    number = body + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)
    return number if random() < 0.3 else " ".join(number[at : at + 4] for at in range(0, 16, 4))


class Handles:
    """Account names built from two words and a number; the same index is the same account."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._first = words["first"].split()
        self._second = words["second"].split()

    def __call__(self, index: int) -> str:
        first, second = self._first, self._second
        rest, a = divmod(index, len(first))
        rest, b = divmod(rest, len(second))
        name = (
            f"{first[a]}{('_', '', '.', '-')[(index * 7) % 4]}{second[(b + a * 5) % len(second)]}"
        )
        return f"{name}{rest}" if rest else name

    def any(self, random: Random) -> str:
        """Some account."""
        return self(int(random() * 40_000))


def ascii_of(name: str) -> str:
    """A name as it would stand in a mail address: lower-case ASCII, Greek letter by letter."""
    plain = unicodedata.normalize("NFD", name.lower().translate(_SPELLED))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_LATIN)


def makers(
    names: Mapping[str, Mapping[str, str]],
    mix: Sequence[str],
    formats: Mapping[str, Any],
    streets: Sequence[str],
    handles: Handles,
) -> dict[str, Options]:
    """One maker a kind of personal data, for the slots of a grammar.

    `mix` lists the origins names are drawn from (an origin may stand there more than once);
    `formats` are the country's shapes of numbers, dates and addresses.
    """
    firsts = {origin: table["first"].split(", ") for origin, table in names.items()}
    lasts = {origin: table["last"].split(", ") for origin, table in names.items()}

    def name(random: Random) -> str:
        origin = pick(random, mix)
        return f"{pick(random, firsts[origin])} {pick(random, lasts[origin])}"

    def email(random: Random) -> str:
        user = ascii_of(name(random)).replace("-", "")
        first = name(random).split()[0]
        domain = pick(random, ("example.org", "mail.example", "example.com", "post.example"))
        form = pick(
            random, (f"{ascii_of(first)}.{user[-6:]}", user, f"{user[:9]}{int(random() * 99)}")
        )
        return f"{form}@{domain}"

    def birth(random: Random) -> str:
        values = {
            "d": 1 + int(random() * 28),
            "m": 1 + int(random() * 12),
            "y": 1948 + int(random() * 58),
        }
        return pick(random, formats["birth"]).format(**values)

    def address(random: Random) -> str:
        return str(formats["address"]).format(
            street=pick(random, streets), number=1 + int(random() * 180)
        )

    def profile(random: Random) -> str:
        base = pick(
            random,
            (
                "https://social.example/@",
                "https://example.org/u/",
                "https://video.example/c/",
                "social.example/@",
            ),
        )
        return base + handles.any(random)

    def make(kind: str, value: Any) -> tuple[Maker]:
        return (lambda random: Noted(value(random), kind, ""),)

    return {
        "name": make("person", name),
        "email": make("email", email),
        "phone": make("phone", lambda r: pattern(r, pick(r, formats["phone"]))),
        "plate": make("plate", lambda r: pattern(r, pick(r, formats["plate"]))),
        "iban": make("iban", lambda r: iban(r, formats["iban"])),
        "card": make("card", card),
        "birth": make("birthdate", birth),
        "address": make("address", address),
        "profile": make("profile", profile),
        "handle": make("handle", lambda r: "@" + handles.any(r)),
    }
