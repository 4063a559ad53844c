"""Street addresses: a street's name with a house number, in the orders of Europe.

`Favoritenstraße 5/12`, `Hoher Markt 4`, `12 High Street`, `12 bis rue Victor Hugo`, `Via Roma 7`.
A street without a number is a place, not an address, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from base.text import fold
from nlp.recognisers import Lists, Span

_NUMBER = re.compile(
    r"(?<![\w.,:/+§€$£-])\d{1,4}(?: ?[a-zA-Z](?![\w]))?(?: ?[-/] ?\d{1,4}[a-zA-Z]?){0,3}"
    r"(?![\w%€$£]|[.,:]\d)"
)
_WORD = re.compile(r"[^\W\d_]+")
_LIST = r"[^\W\d_][^\W\d_'’.-]*"
_TAIL = re.compile(r",? {0,2}(?:n[.°ºr]{1,2} ?)?")  # between a street and its number
_AFTER = re.compile(rf",? (?:(?:bis|ter|quater),? )?({_LIST}\.?(?:[ '’-]{{1,2}}{_LIST}){{0,5}})")
_WINDOW = 70
# Languages that write the street word onto the name.
_GLUING = frozenset(("de", "nl", "sv", "da", "fi", "et", "hu"))
_SHORTEST_GLUED = 3
_SHORTEST_ABROAD = 5
_JOINS = frozenset((" ", "-", "'", "’", "\u00a0", ".-"))
_MOST_REMEMBERED = 50_000
_BEFORE_NAME = frozenset((" ", ",", "\u00a0"))


class _Streets(dict[str, bool]):
    """The street words of a language; word as written → whether it is or ends with one.

    own: words that stand by themselves. glued: what a name may end with. abroad: words of other
    languages → whether they need a capital; a name may end with them.
    """

    def __init__(
        self, own: frozenset[str], glued: tuple[str, ...], abroad: dict[str, bool], is_gluing: bool
    ) -> None:
        super().__init__()
        self._own, self._glued, self.is_gluing = own, glued, is_gluing
        self._abroad = {word: needs for word, needs in abroad.items() if word not in own}
        self._glued_abroad = tuple(w for w in self._abroad if len(w) >= _SHORTEST_ABROAD)

    def __missing__(self, word: str) -> bool:
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        self[word] = known = self.is_alone(word) or self.is_glued(word)
        return known

    def is_alone(self, word: str) -> bool:
        """Whether the word is a street word by itself."""
        folded = fold(word)
        if folded in self._own:
            return True
        needs_capital = self._abroad.get(folded)
        return needs_capital is not None and (not needs_capital or word[:1].isupper())

    def is_glued(self, word: str) -> bool:
        """Whether a street word ends the word: Favoritenstraße."""
        if self.is_alone(word):
            return False
        folded = fold(word)
        if folded.endswith(self._glued):
            return True
        return word[:1].isupper() and folded.endswith(self._glued_abroad)

    def stand_in(self, window: str) -> bool:
        return any(map(self.__getitem__, _WORD.findall(window)))


class Address:
    hint = r"\p{L}\.?,? {0,2}(?:n[.°ºr]{1,2} ?)?\d|\d[a-zA-Z]?,? (?:bis |ter )?\p{L}"

    def __init__(self, lists: Lists) -> None:
        self._naming = lists.naming
        self._streets: dict[str, _Streets] = {}

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        streets = self._of(lang)
        for number in _NUMBER.finditer(buffer):
            start, end = number.span()
            # the commonest numbers are years, and words stand beside a house number
            if buffer[start : start + 2] in ("19", "20") and end - start == 4:
                continue
            window = buffer[max(0, start - _WINDOW) : start]
            if window[-1:].isspace() and streets.stand_in(window):
                found = _street_before(_run_before(window), streets)
                if found:
                    yield Span("address", start - len(found), end, 0.85)
                    continue
            window = buffer[end : end + _WINDOW]
            if window[:1] in _BEFORE_NAME and streets.stand_in(window):
                after = _AFTER.match(buffer, end, end + _WINDOW)
                length = _street_after(after.group(1), streets) if after else 0
                if after and length:
                    yield Span("address", start, after.start(1) + length, 0.85)

    def _of(self, lang: str) -> _Streets:
        key = self._naming.key(lang)
        if key not in self._streets:
            is_gluing = lang in _GLUING
            own = self._naming.single(lang, "street")
            own |= self._naming.single(lang, "street abroad")
            glued = tuple(w for w in own if len(w) >= _SHORTEST_GLUED)
            self._streets[key] = _Streets(
                own, glued if is_gluing or key == "*" else (), self._naming.abroad(), is_gluing
            )
        return self._streets[key]


def _run_before(window: str) -> str:
    """The end of the window that may be one street's name: words joined by spaces, hyphens and
    apostrophes, at most six."""
    found = list(_WORD.finditer(window))
    if found and found[-1].group() in ("n", "nr") and len(found) > 1:  # Via Roma n. 7
        found.pop()
    if not found or not _TAIL.fullmatch(window, found[-1].end()):
        return ""
    first = len(found) - 1
    while first and first > len(found) - 6:
        gap = window[found[first - 1].end() : found[first].start()]
        is_short = gap == ". " and found[first - 1].end() - found[first - 1].start() < 4
        if not is_short and gap not in _JOINS:
            break
        first -= 1
    return window[found[first].start() :]


def _street_before(text: str, streets: _Streets) -> str:
    """The end of `text` that is a street's name, up to the number; empty if none is.

    In a gluing language a short word before the name must have its capital: `Am Graben 5` is
    a street, `am Montag 5` a day.
    """
    found = list(_WORD.finditer(text))
    last = found[-1].group() if found else ""
    if last[:1].isupper() and streets.is_glued(last):
        return text[_start_of_name(text, found, len(found) - 1) :]
    for at in range(len(found) - 1, -1, -1):
        word = found[at].group()
        if not streets.is_alone(word) or (streets.is_gluing and len(word) < 4 and word.islower()):
            continue
        if at < len(found) - 1 and found[at + 1 :][-1].group()[:1].isupper():
            return text[found[at].start() :]  # Via Roma 7
        if at == len(found) - 1 and at and found[at - 1].group()[:1].isupper():
            return text[_start_of_name(text, found, at) :]  # Hoher Markt 4
    return ""


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


def _street_after(text: str, streets: _Streets) -> int:
    """How far the street's name reaches that follows a number; 0 if none does."""
    found = list(_WORD.finditer(text))
    for at, word in enumerate(found):
        if not streets.is_alone(word.group()):
            if not word.group()[:1].isupper():
                return 0
            continue
        if at:  # 12 High Street
            return word.end()
        named = [w for w in found[1:] if w.group()[:1].isupper()]
        return named[-1].end() if named else 0  # 12 rue Victor Hugo
    return 0


RECOGNISER = Address
