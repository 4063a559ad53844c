"""What each word of a text may be for the name rules: one number of bits a word.

A word is looked up once and remembered, so that a long text costs one dictionary look-up a word.
"""

from __future__ import annotations

from collections import defaultdict

from base.text import fold
from nlp.recognisers.bits import (
    ALONE,
    CAPITAL,
    CASELESS,
    COMMON,
    CUE,
    FAMILY,
    FIRST,
    FORM,
    HOUSE,
    LAST,
    LIKELY,
    NAME,
    NO_NAME,
    NOTNAME,
    OFFICE,
    PARTICLE,
    PLACE,
    SPEECH,
    STREET,
    TITLE,
    TITLED,
    TRIGGER,
    WEAK,
)  # fmt: skip
from nlp.recognisers.names import Names
from nlp.recognisers.naming import Cue, Naming

_MOST_REMEMBERED = 200_000
# Languages that write every noun with a capital: there a neighbour's capital says little.
NOUN_CAPITALS = frozenset(("de", "und"))
_GLUING = frozenset(("de", "nl", "sv", "da", "fi", "et", "hu"))
_SHORTEST_GLUED = 4
_PIECES = (2, 3, 4)  # letters
_LONGEST_WORD = 24
# With fewer points of its letters, hardly anything beside a word makes it a name.
_LIKELY = -2
TELLING = ("honorific", "introduction", "relation", "greeting", "office")  # cues of a name


def pieces(folded: str) -> set[str]:
    """The pieces of a folded word: `_ha`, `nov`, `ov_`."""
    word = f"_{folded[:_LONGEST_WORD]}_"
    return {word[at : at + size] for size in _PIECES for at in range(len(word) - size + 1)}


class Lexicon(dict[str, int]):
    """Word as written → bits, for one language."""

    def __init__(self, lang: str, naming: Naming, names: Names) -> None:
        super().__init__()
        self.lang = lang
        self.names = names
        # whether everyday words of the language are known; if not, capitals must tell a name
        self.knows_words = lang in names.languages
        self.triggers: set[str] = set()
        self.likely: set[str] = set()
        self.points = names.points_of(lang) if lang not in NOUN_CAPITALS else {}
        self.is_weighed = lang in names.points  # whether rules are doubted by the points
        # A cue is looked for at its longest word: `name` is rarer than the `is` it ends with.
        self.cues: defaultdict[str, list[tuple[Cue, int]]] = defaultdict(list)
        for cue in naming.cues(lang, *TELLING):
            longest = max(cue.words, key=len)
            self.cues[longest].append((cue, cue.words.index(longest)))
        for cues in self.cues.values():  # the longest cue speaks
            cues.sort(key=lambda c: -len(c[0].words))
        self._notnames = naming.single(lang, "notname")
        self._offices = naming.single(lang, "office")
        self._titled = naming.single(lang, "after")
        self._streets = naming.single(lang, "street") | naming.single(lang, "street abroad")
        self._houses = frozenset(h for h in names.houses if h[-1] != "*")
        self._house_stems = tuple(h[:-1] for h in names.houses if h[-1] == "*")
        glued = tuple(s for s in self._streets if len(s) >= _SHORTEST_GLUED)
        self._glued = glued if lang in _GLUING or naming.key(lang) == "*" else ()

    def __missing__(self, word: str) -> int:
        if len(self) > _MOST_REMEMBERED:
            self.clear()
            self.triggers.clear()
            self.likely.clear()
        bits = self._bits(word)
        if self._is_trigger(word, bits):
            bits |= TRIGGER
            bits |= ALONE * self._is_alone(word, bits)
            self.triggers.add(word)
        if bits & TITLE and self.points and self._is_likely(word, bits):
            bits |= LIKELY
            self.likely.add(word)
        self[word] = bits
        return bits

    def _is_likely(self, word: str, bits: int) -> bool:
        if bits & (NO_NAME | PLACE):
            return False
        if self.weight(word) + self.points.get("", 0) < _LIKELY:
            return False
        folded, names = fold(word), self.names
        return bool(bits & NAME) or not any(
            map(names.is_place, (folded, *names.bases(folded, self.lang)))
        )

    def weight(self, word: str) -> int:
        """The points of a word's letters."""
        points = self.points
        return sum([points[piece] for piece in pieces(fold(word)) if piece in points])

    def _is_alone(self, word: str, bits: int) -> bool:
        """Of a language whose everyday words are unknown, only what is a word of none."""
        unsure = WEAK | NOTNAME | CUE | STREET | PARTICLE | HOUSE
        if not bits & NAME or not bits & (TITLE | CASELESS) or bits & unsure or len(word) < 3:
            return False
        return self.knows_words or not self.names.is_ordinary(fold(word), "und")

    def _is_trigger(self, word: str, bits: int) -> bool:
        is_sure = not bits & (WEAK | NOTNAME)
        if bits & (CUE | FAMILY | SPEECH | TITLED) or (
            bits & FIRST and bits & (CAPITAL | CASELESS)
        ):
            return True
        if bits & LAST and bits & CAPITAL:
            return is_sure
        return bool(bits & FIRST and is_sure and self.knows_words and len(word) > 2)

    def _bits(self, word: str) -> int:
        folded = fold(word)
        names = self.names
        bits = 0
        is_known = names.is_spelt(word, folded, self.lang)
        if is_known:
            bits |= FIRST * (folded in names.first) | LAST * (folded in names.last)
        if not bits and is_known and len(folded) > 3 and folded[-1] == "s" and word[0].isupper():
            folded_name = folded[:-1]  # Annas, Müllers
            bits |= FIRST * (folded_name in names.first) | LAST * (folded_name in names.last)
            bits |= WEAK * (bool(bits) and names.is_ordinary(folded_name, self.lang))
        if not bits and word[0].isupper():
            bits = self._inflected(folded)
        if not bits and len(word) > 3 and f"{self.lang} {word[0]}" in names.prefixes:
            bits = self[word[1:]] & (NAME | WEAK | FORM)
        if bits & FIRST and folded in names.common:
            bits |= COMMON
        if bits and names.is_ordinary(folded, self.lang):
            is_common = folded in names.common and word[0].isupper() and len(folded) > 2
            bits |= FORM if is_common else WEAK
        if bits & WEAK and names.is_place(folded):
            bits |= PLACE
        if word[0].isupper():
            bits |= CAPITAL | (TITLE if len(word) > 1 and not word.isupper() else 0)
        elif not word[0].islower():
            bits |= CASELESS
        if folded in self._notnames:
            bits |= NOTNAME
        if folded in self.cues:
            bits |= CUE
        if folded in self._streets or (self._glued and folded.endswith(self._glued)):
            bits |= STREET
        if folded in names.particles:
            bits |= PARTICLE
        if folded in self._titled:
            bits |= TITLED
        if folded in self._offices:
            bits |= OFFICE
        if f"{self.lang} {folded}" in names.speech:
            bits |= SPEECH
        # a short one as it is written: Dun Karm, but not dün
        is_house = folded in self._houses and (len(folded) > 3 or word.lower() == folded)
        if is_house or folded.startswith(self._house_stems):
            bits |= HOUSE
        if bits & TITLE and not bits & (NAME | NO_NAME):
            bits |= FAMILY * self._is_family(folded)
        return bits

    def _is_family(self, folded: str) -> bool:
        names = self.names
        forms = (folded, *names.bases(folded, self.lang))
        return any(names.is_family(form, self.lang) for form in forms) and not any(
            names.is_ordinary(form, self.lang) for form in forms
        )

    def _inflected(self, folded: str) -> int:
        """What a form of a name, or one written by ear, is: Zuzanu, Ясир."""
        names, bits = self.names, 0
        if len(folded) < _SHORTEST_GLUED or self.lang in names.never.get(folded, ()):
            return 0
        bases = [base for base in names.bases(folded, self.lang) if len(base) > 2]
        for base in bases:
            is_name = FIRST * (base in names.first) | LAST * (base in names.last)
            bits |= is_name | (WEAK if is_name and names.is_ordinary(base, self.lang) else 0)
        if not bits and any(map(names.is_heard, (folded, *bases))):
            bits = FIRST | WEAK * any(names.is_ordinary(base, self.lang) for base in bases)
        return bits | (FORM if bits else 0)

    def is_before_place(self, word: str) -> bool:
        """Whether places stand after the word, not persons: in, из."""
        return f"{self.lang} {fold(word)}" in self.names.before_places

    def may_name(self, words: list[str]) -> bool:
        """Whether a whole cue or two words that may make a name stand in the words of a post.

        Never false where a rule of `person` would find something; often true in vain.
        """
        triggers, last = self.triggers, len(words) - 1
        for i in [n for n, word in enumerate(words) if word in triggers]:
            bits = self[words[i]]
            if bits & (ALONE | FAMILY):
                return True
            after = self[words[i + 1]] if i < last else 0
            before = self[words[i - 1]] if i else 0
            if bits & FIRST and after & (CAPITAL | CASELESS | LAST | PARTICLE):
                return True
            if bits & LAST and (after | before) & (CAPITAL | PARTICLE):
                return True
            if bits & SPEECH and self._is_said(words, i):
                return True
            if bits & TITLED and before & (CAPITAL | CASELESS):
                return True
            if bits & CUE and self._is_cue(words, i):
                return True
        return False

    def _is_said(self, words: list[str], i: int) -> bool:
        """Whether a word that may be a name stands near a word of speech."""
        near = (*words[max(0, i - 2) : i], *words[i + 1 : i + 3])
        return any(self[word] & TITLE for word in near)

    def _is_cue(self, words: list[str], i: int) -> bool:
        """Whether a cue is whole, and what may be a name follows it."""
        for cue, place in self.cues[fold(words[i])]:
            k = i - place + len(cue.words)
            may_follow = k < len(words) and self[words[k]] & (CAPITAL | CASELESS | NAME | CUE)
            if may_follow and self.begin(cue, place, words, i) >= 0:
                return True
        return False

    @staticmethod
    def begin(cue: Cue, place: int, words: list[str], i: int) -> int:
        """Where the cue begins whose word number `place` is word i; -1 if it is not there."""
        first = i - place
        if first < 0 or first + len(cue.words) > len(words):
            return -1
        for n, word in enumerate(cue.words):
            if n != place and fold(words[first + n]) != word:
                return -1
        return first
