"""House numbers: how they are written, what stands before them (`nr.`, `No:`) and after (storey,
door, postcode)."""

from __future__ import annotations

import re

from base.text import fold
from nlp.recognisers import Lists
from nlp.recognisers.phrases import Phrases

NUMBER = re.compile(
    # the figure comes first: what stands before it is asked at figures only
    r"\d(?:(?<![\w.,:/+§€$£-]\d)|(?<=[^\W\d_][:.°]\d)|(?<=[nN]º\d))\d{0,4}"
    r"(?:[^\W\d_](?!\w)|(?:bis|ter|hs)(?!\w)|[кk]\d{1,2}(?!\w)"
    r"|-[A-Ha-hА-Жа-жΑ-Δ](?!\w)| [A-ZА-ЯΑ-Ω](?![\w'’.:])"
    r"| [a-d](?!\w)(?! [^\W\d_]))?"
    r"(?: ?[-–/] ?\d{1,4}[^\W\d_]?(?!\w)){0,3}"
    r"(?![\w%€$£]|[.,:]\d)"
)
_ORDINAL = (
    r"(?:\.º|\.ª|-?[ºª°]|\."
    r"|-?(?:er|nd|rd|st|th|ème|eme|ος|ου|os|й|-й|ий|ри|ти|ви|ма|n|r|t|a|e)(?!\w))"
)
_ROMAN = r"[IVX]{1,4}(?!\w)"
_POSTCODE = (
    r"(?:[A-Z]{2},? \d{5}(?:-\d{4})?|(?:[A-Z]{1,3}-)?\d{4,5}(?:-\d{3})?(?: [A-Z]{2})?"
    r"|\d{3} \d{2}|\d{2}-\d{3}"
    r"|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[\dW] [A-Z\d]{4}|[A-Z]{3} \d{4})(?!\w)"
)
_TOWNS = r"[^\W\d_a-z][\w'’.-]*(?: [^\W\d_a-z][\w'’.-]*){0,3}"
# the lines of a letter: town, state, country, postcode
_BLOCK = (
    rf"(?:[,،]?\s{{1,2}},? ?{_TOWNS}){{1,4}}[,،]?\s{{1,2}}(?!(?:19|20)\d\d(?!\d))\d{{4,6}}(?!\w)"
)
_LEAST_FLOOR = 4  # letters of a word for a storey that needs no number
_MOST_AFTER = 120
_MOST_BEFORE = 48
_LONG = 5
_MOST_DISTRICTS = 23  # a small number after a name may be a district: Praha 5
_CLOSED = re.compile(r"[,،.;:!?)\n\0]|$| ?[-–—]| [^\W\d_]{1,2}(?!\w)")


class Houses:
    """The words of house numbers and units, of all languages together."""

    def __init__(self, lists: Lists) -> None:
        one_of, listed = lists.numbers.one_of, lists.numbers.words
        self.words = frozenset(map(fold, listed.get("house number", ())))
        self.signs = frozenset(map(fold, listed.get("house sign", ())))
        self.units = self.words.union(map(fold, listed.get("unit", ())))
        number = one_of("house number")
        self.between = re.compile(
            rf"[”“\"»«'’)]?\.?[,،]? {{0,2}}(?:(?:{number}|№)[.:°º]{{0,3}} {{0,2}})?", re.IGNORECASE
        )
        unit = rf"(?i:{one_of('unit')}(?!\w))\.?"
        side = rf"(?:,? (?i:{one_of('side')})(?!\w))?"
        sign = (
            rf"(?:(?i:{number}[.:] ?|№ ?)?"
            r"(?:\d{1,4}(?:[./-]\d{1,3})?[^\W\d_]?|[A-Z]\d{1,2}|[IVX]{1,4}|[^\W\d_])(?!\w))"
        )
        signed = rf"(?: ?{sign})?{side}"
        self._after = re.compile(
            r"(?:(?<=[a-z])\. ?\d{1,4}(?!\w)"  # 215 m. 14
            # , kv. 12 · , scala B · links · 2nd floor left
            rf"|(?:\.,|[,،;/.-])? ?-? ?\(?{unit}[:.]{{0,2}}{signed}"
            rf"|[,،/.]{{0,2}} ?-? ?(?:\d{{1,3}}|{_ROMAN}){_ORDINAL}? {{0,2}}{unit}{signed}"
            rf"|,? ?-? ?\d{{1,2}}{_ORDINAL} ?(?:[A-Z](?!\w)|\d{{1,2}}{_ORDINAL})"  # 2n 1a, 3º B
            rf"|, ?\d{{1,2}}{_ORDINAL}(?![^,.;)\s])"
            rf"|/(?:\d{{1,4}}(?!\w)|{_ROMAN})|-\d{{1,4}}(?!\w)"
            r"|\. ?(?:\d{1,2}/|[IVX]{1,4}\. ?)\d{1,3}(?!\w)| [IVX]{2,4}(?!\w)"
            r"|,? (?:[IVX]{1,4}|\d{1,2})/\d{1,3}(?![\w/])|-[IVX]{1,4}(?!\w)|, ?\d-\d(?![\w-])"
            r"|(?<= [A-Z]) \d{1,3}(?!\w)"
            r"|(?: |, )\d{1,3}(?=\.?(?:[,;!?\n]|$))"
            r"| [A-ZÄÖÜa-h] ?\d{1,3}(?!\w)|,? # ?\d{1,4}[A-Z]?(?!\w)"
            rf"|,? {_POSTCODE}|{_BLOCK}|, ?[^\W\d_]{{3,20}},? {_POSTCODE}){{1,6}}",
        )
        floor = "|".join(re.escape(w) for w in listed.get("unit", ()) if len(w) >= _LEAST_FLOOR)
        storey = rf"(?:\d{{1,2}}{_ORDINAL}?|{_ROMAN}\.?|[^\W\d_]{{3,12}})"
        self._told = re.compile(
            rf"[,،]? {unit}[:.]? ?{sign}|[,،] ?{storey} ?(?i:{floor or '(?!)'})(?!\w)"
        )
        self._postcode = re.compile(rf",? (?:[^\W\d_]{{3,20}},? )?{_POSTCODE}")
        self._door = re.compile(rf",?\s(?:(?i:{one_of('door')})\.? ?|#){sign}")
        # flat 12, · block 4 flat 12, · Flat 3, Harlow Court,
        building = one_of("building")
        named = (
            rf"(?:[^\W\d_][\w'’.]* ){{1,3}}(?i:{building})|(?i:{building})(?: [^\W\d_]\w*){{1,3}}"
        )
        door = rf"(?:(?i:{number})[.:]? ?)?(?:[\dA-Z][\dA-Z/]{{0,4}}, ?|\d{{1,4}} )?"
        units = rf"(?:(?<!\w){unit} ?{door})"
        self._before = re.compile(
            rf"(?:(?<!\w)(?:{named}), )?{units}{{0,3}}"
            rf"(?:(?<!\w)(?:{named}), )?(?:(?<!\w)(?i:{number})[.:]? )?$"
            rf"|{units}{{1,3}}(?:[A-Z][\w'’]* ?){{1,3}}, $"
        )
        self._counted = re.compile(
            rf" ?(?i:{one_of('counted')})(?!\w)|[.,]?\d* ?(?i:{one_of('money')})(?!\w)"
        )
        self._lives = Phrases(listed.get("lives", ()))

    def end(self, text: str, at: int) -> int:
        """Where the address ends whose number ends at `at`: with storey, door and postcode."""
        found = self._after.match(text, at, at + _MOST_AFTER)
        return found.end() if found else at

    def start(self, text: str, at: int, least: int) -> int:
        """Where the address begins whose number, in front of its street, begins at `at`."""
        found = self._before.search(text, max(least, at - _MOST_BEFORE), at)
        return found.start() if found else at

    def counts(self, text: str, at: int) -> bool:
        """Whether the number that ends at `at` counts something or is a price."""
        return self._counted.match(text, at) is not None

    def has_unit(self, text: str, at: int) -> bool:
        return self._told.match(text, at) is not None

    def has_door(self, text: str, at: int) -> bool:
        """Whether a word for a flat alone follows, with its number: Apt. 4B, Unit 12."""
        return self._door.match(text, at) is not None

    def has_postcode(self, text: str, at: int) -> bool:
        return self._postcode.match(text, at) is not None

    def lives(self, before: str) -> bool:
        """Whether a word says that somebody lives there."""
        return self._lives.stand_in(before)


def is_composite(number: str) -> bool:
    """12/3, 14-7, 8A: houses are numbered so, little else is."""
    return not number.isdecimal()


def is_long(number: str) -> bool:
    """10250 Main St: so many digits stand before a street, never behind it."""
    return number[:_LONG].isdecimal() and len(number) >= _LONG


def is_large(number: str) -> bool:
    return is_composite(number) or int(number) > _MOST_DISTRICTS


def is_closed(text: str, at: int) -> bool:
    """Whether nothing follows that the number may count."""
    return _CLOSED.match(text, at) is not None
