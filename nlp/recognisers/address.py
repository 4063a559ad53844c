"""Street addresses: a street's name with a house number, in the orders of Europe.

`Favoritenstraße 5/12`, `Hoher Markt 4`, `12 High Street`, `12 bis rue Victor Hugo`, `Via Roma 7`.
A street without a number is a place, not an address, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from base.text import fold, words_line
from nlp.recognisers import BREAK, Lists, Span
from nlp.recognisers.numbers import beginnings
from nlp.recognisers.streets import WORD, HouseNumbers, Streets, has_capital

_NUMBER = re.compile(
    r"(?<![\w.,:/+§€$£-])\d{1,4}(?:[a-zA-Z](?!\w)| [A-Z](?!\w)| [a-z](?!\w)(?! [^\W\d_]))?"
    r"(?: ?[-/] ?\d{1,4}[a-zA-Z]?){0,3}"
    r"(?![\w%€$£]|[.,:]\d)"
)
_LIST = r"[^\W\d_][^\W\d_'’.-]*"
_AFTER = re.compile(rf",? (?:(?:bis|ter|quater),? )?({_LIST}\.?(?:[ '’-]{{1,2}}{_LIST}){{0,5}})")
_WINDOW = 70
_JOINS = frozenset((" ", "-", "'", "’", "\u00a0", ".-"))
_QUOTES = re.compile(r"[„“”\"»«‘]")
_SIGNS = frozenset("№°º")
_LIVES = 40  # characters in which a word says that somebody lives there
_MOST_DISTRICTS = 23
_CLEAR = re.compile(r"(?! ?[^\W\d_]{3})")  # no word follows that the number may count
_CLOSED = re.compile(r"[,.;!?)\n\0]|$| ?[-–—]")
_BEFORE_NAME = frozenset((" ", ",", "\u00a0"))


class Address:
    hint = r"[0-9\x{660}-\x{669}]"  # more would cost more than it spares

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._houses = HouseNumbers(lists)
        self._lives = re.compile(
            "|".join(map(re.escape, beginnings(lists.numbers.words.get("lives", ())))) or r"[^\s\S]"
        )
        self._streets: dict[str, Streets] = {}

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        streets = self._of(lang)
        for number in _NUMBER.finditer(buffer):
            start, end = number.span()
            # the commonest numbers are years, and words stand beside a house number
            if buffer[start : start + 2] in ("19", "20") and end - start == 4:
                continue
            window = buffer[max(0, start - _WINDOW) : start].rpartition(BREAK)[2]
            if window[-1:].isspace() or window[-1:] in _SIGNS:
                found = self._before(window, buffer, end, number.group(), streets)
                if found:
                    yield Span("address", start - len(found), self._houses.end(buffer, end), 0.85)
                    continue
            window = buffer[end : end + _WINDOW].partition(BREAK)[0]
            if window[:1] in _BEFORE_NAME and streets.stand_in(window):
                after = _AFTER.match(buffer, end, end + len(window))
                length = _street_after(after.group(1), streets) if after else 0
                if after and length:
                    stop = after.start(1) + length
                    yield Span("address", start, self._houses.end(buffer, stop), 0.85)

    def _before(self, window: str, buffer: str, end: int, number: str, streets: Streets) -> str:
        """The street in front of a number, as far as it belongs to the address."""
        before = WORD.findall(window)
        is_street = any(map(streets.__getitem__, before))
        # most numbers stand after a small word: nobody lives there
        lives = not is_street and any(word[0].isupper() for word in before[-2:])
        lives = lives and self._lives.search(words_line(window[-_LIVES:])) is not None
        if not is_street and not lives:
            return ""
        run = _run_before(window, streets, self._houses)
        if not run:
            return ""
        found = _street_before(run, streets) if is_street else ""
        is_clear = _CLEAR.match(buffer, end) is not None
        words = WORD.findall(found)
        if words and streets.is_preposition(words[0]) and not is_clear:
            return ""  # V Nitre 3 roky
        if found:
            return found
        last = WORD.findall(run)[-1]
        tail = run[run.rindex(last) :]
        if not last[:1].isupper():
            return ""
        if is_street and streets.is_ended(last) and is_clear:
            return tail  # na Sibírsku 14
        # Punane 47-12; a small number after a name is a district: Praha 5
        is_house = not number.isdecimal() or int(number) > _MOST_DISTRICTS
        lives = lives or self._lives.search(words_line(window[-_LIVES:])) is not None
        is_closed = "-" in number or "/" in number or _CLOSED.match(buffer, end) is not None
        if not (lives and is_house and is_closed):
            return ""
        before = WORD.findall(run[: -len(tail)])
        if before and streets.is_abroad(before[-1]):
            return run[run.rindex(before[-1], 0, len(run) - len(tail)) :]
        return tail

    def _of(self, lang: str) -> Streets:
        if lang not in self._streets:
            self._streets[lang] = Streets(self._lists, lang)
        return self._streets[lang]


def _run_before(window: str, streets: Streets, houses: HouseNumbers) -> str:
    """The end of the window that may be one street's name: words joined by spaces, hyphens and
    apostrophes, at most six; what announces the number (`nr.`) follows it."""
    found = list(WORD.finditer(window))
    for popped in (False, True):  # Via Roma n. 7
        if len(found) <= popped:
            return ""
        last = len(found) - 1 - popped
        if popped and fold(found[-1].group()) not in houses.words:
            return ""
        if houses.between.fullmatch(window, found[last].end()):
            break
    else:
        return ""
    first = last
    while first and first > last - 6:
        word = found[first - 1].group()
        gap = _QUOTES.sub("", window[found[first - 1].end() : found[first].start()])
        is_short = gap == ". " and (len(word) < 5 or streets.is_alone(word))
        is_slash = gap in ("/ ", "/") and streets.is_alone(word)  # C/ Mayor 5
        if not is_short and not is_slash and gap not in _JOINS:
            break
        first -= 1
    return window[found[first].start() : found[last].end()] + window[found[last].end() :]


def _street_before(text: str, streets: Streets) -> str:
    """The end of `text` that is a street's name, up to the number; empty if none is.

    In a gluing language a short word before the name must have its capital: `Am Graben 5` is
    a street, `am Montag 5` a day.
    """
    found = list(WORD.finditer(text))
    last = found[-1].group() if found else ""
    if last[:1].isupper() and streets.is_glued(last):
        return text[_start_of_name(text, found, len(found) - 1) :]
    for at in range(len(found) - 1, -1, -1):
        word = found[at].group()
        if not streets.is_alone(word) or (streets.is_gluing and len(word) < 4 and word.islower()):
            continue
        if at < len(found) - 1 and _is_named(found[at + 1 :]):
            return text[found[at].start() :]  # Via Roma 7
        if at == len(found) - 1 and at and has_capital(found[at - 1].group()):
            return text[_start_of_name(text, found, at) :]  # Hoher Markt 4
    return ""


def _is_named(found: list[re.Match[str]]) -> bool:
    """Whether what follows a street word is its name: it ends, or begins, with a capital."""
    last = found[-1].group()
    return has_capital(last) or (has_capital(found[0].group()) and len(found) < 5)


def _start_of_name(text: str, found: list[re.Match[str]], at: int) -> int:
    """Where the name ending in word `at` begins: hyphens join, so do capitals before a space."""
    while at:
        gap = text[found[at - 1].end() : found[at].start()]
        glued = gap in ("-", "'", "’", ".-")
        if not glued and not (found[at - 1].group()[:1].isupper() and len(found[at].group()) < 7):
            break
        if not glued and gap.strip(" ."):
            break
        at -= 1
    return found[at].start()


def _street_after(text: str, streets: Streets) -> int:
    """How far the street's name reaches that follows a number; 0 if none does."""
    found = list(WORD.finditer(text))
    for at, word in enumerate(found):
        if not streets.is_alone(word.group()):
            if not word.group()[:1].isupper():
                return 0
            continue
        if at:  # 12 High Street
            return word.end()
        named = [w for w in found[1:] if has_capital(w.group())]
        return named[-1].end() if named else 0  # 12 rue Victor Hugo
    return 0


RECOGNISER = Address
