"""The words of streets, by language, and what stands beside a house number."""

from __future__ import annotations

import re

from base.text import fold
from nlp.recognisers import Lists

WORD = re.compile(r"[^\W\d_]+")
# Languages that write the street word onto the name.
_GLUING = frozenset(("de", "nl", "sv", "da", "fi", "et", "hu"))
_SHORTEST_GLUED = 3
_SHORTEST_ABROAD = 5
_LONGEST_PREPOSITION = 3
_LEAST_ENDED = 7  # Polska, Česká: a country and a crown; Grochowska: a street
_MOST_REMEMBERED = 50_000


def has_capital(word: str) -> bool:
    """Whether it begins as a name does; scripts without capitals always do."""
    return word[:1].isupper() or not word[:1].islower()


class Streets(dict[str, bool]):
    """The street words of a language; word as written → whether it is or ends with one.

    own: words that stand by themselves. prepositions: those of them that begin a street's name
    only with a capital (`Na Příkopě`). glued: what a name may end with. abroad: words of other
    languages → whether they need a capital; a name may end with them. endings: of adjectives
    that name a street without a street word (`Grochowska 215`).
    """

    def __init__(self, lists: Lists, lang: str) -> None:
        super().__init__()
        naming, listed = lists.naming, lists.numbers.words
        cues = [c for c in naming.cues(lang, "street", "street abroad") if len(c.words) == 1]
        key = naming.key(lang)
        own = {c.words[0] for c in cues if key != "*" or len(c.words[0]) > 2}
        small = {c.words[0] for c in cues if not c.is_capitalised or c.kind != "street"}
        self.prepositions = frozenset(
            w for w in own - small if len(w) <= _LONGEST_PREPOSITION and lang not in _GLUING
        )
        self._own = frozenset(own | set(map(fold, listed.get(f"street {lang}", ()))))
        self.is_gluing = lang in _GLUING
        glues = self.is_gluing or key == "*"
        apart = {c.words[0] for c in cues if c.is_capitalised and c.kind != "street"}  # Via
        ends = {w for w in own if len(w) >= _SHORTEST_GLUED}
        ends -= {w for w in apart if len(w) < _SHORTEST_ABROAD}
        self._glued = tuple(ends) if glues else ()
        self._abroad = {
            word: needs
            for word, needs in naming.abroad().items()
            if word not in own and len(word) >= _SHORTEST_GLUED
        }
        self._glued_abroad = tuple(w for w in self._abroad if len(w) >= _SHORTEST_ABROAD)
        self._endings = tuple(set(map(fold, listed.get("street ending", ()))))

    def __missing__(self, word: str) -> bool:
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        self[word] = known = self.is_alone(word) or self.is_glued(word) or self.is_ended(word)
        return known

    def is_alone(self, word: str) -> bool:
        """Whether the word is a street word by itself."""
        folded = fold(word)
        if folded in self._own:
            return folded not in self.prepositions or word[:1].isupper()
        needs_capital = self._abroad.get(folded)
        return needs_capital is not None and (not needs_capital or word[:1].isupper())

    def is_abroad(self, word: str) -> bool:
        return fold(word) in self._abroad

    def is_preposition(self, word: str) -> bool:
        return fold(word) in self.prepositions

    def is_glued(self, word: str) -> bool:
        """Whether a street word ends the word: Favoritenstraße."""
        if self.is_alone(word):
            return False
        folded = fold(word)
        if folded.endswith(self._glued):
            return True
        return word[:1].isupper() and folded.endswith(self._glued_abroad)

    def is_ended(self, word: str) -> bool:
        """Whether it is an adjective that may name a street: Grochowska, Sibírsku."""
        is_long = len(word) >= _LEAST_ENDED and word[:1].isupper()
        return is_long and fold(word).endswith(self._endings)

    def stand_in(self, window: str) -> bool:
        return any(map(self.__getitem__, WORD.findall(window)))


class HouseNumbers:
    """What may stand between a street and its number (`nr.`, `No:`), and what after the number."""

    def __init__(self, lists: Lists) -> None:
        one_of = lists.numbers.one_of
        self.words = frozenset(map(fold, lists.numbers.words.get("house number", ())))
        self.between = re.compile(
            rf"[”“\"»'’)]?\.?,? {{0,2}}(?:(?:{one_of('house number')}|№)[.:°º]{{0,2}} {{0,2}})?",
            re.IGNORECASE,
        )
        unit = rf"(?i:{one_of('unit')}(?!\w)\.?)"
        sign = r"(?:(?:\d{1,4}[^\W\d_]?|[IVX]{1,4}|[^\W\d_])(?!\w))"
        self._after = re.compile(
            r"(?:(?<=[a-z])\. ?\d{1,4}(?!\w)"  # 215 m. 14
            rf"|[,;/]? ?\(?{unit}:?(?: ?{sign})?"  # , kv. 12 · , scala B · links
            rf"|,? ?(?:\d{{1,3}}|[IVX]{{1,4}})(?:\.|-?º|-?ª|°|er|e|ème|\.º|\.ª)? {{0,2}}{unit}"
            r"|/(?:\d{1,4}|[IVX]{1,4})(?!\w)|-\d{1,4}(?!\w)| \d{1,3}(?=[,.;!?\n]|$)"
            r"| [A-ZÄÖÜ] \d{1,3}(?!\w)| [IVX]{1,4}/\d{1,3}(?!\w)"
            r"|, ?(?:[A-Z]{1,3}-)?\d{4,5}(?: [A-Z]{2})?(?!\w)"  # a postcode, its town before it
            r"|, ?[^\W\d_]{3,20},? \d{4,5}(?!\w)){1,5}",
        )

    def end(self, text: str, at: int) -> int:
        """Where the address ends whose number ends at `at`: with storey, door and postcode."""
        found = self._after.match(text, at, at + 60)
        return found.end() if found else at
