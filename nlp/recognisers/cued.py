"""Names that a word beside them announces: Frau, ich heiße, mein Nachbar, hallo, said.

Each rule is asked at the word after a cue and answers with the first and last word of a name, or
nothing. What follows an office is a name that stays.
"""

from __future__ import annotations

from nlp.recognisers.bits import (
    CAPITAL,
    CASELESS,
    CUE,
    FIRST,
    LAST,
    LIKELY,
    NAME,
    NOTNAME,
    OFFICE,
    PARTICLE,
    PLACE,
    SPEECH,
    STRANGER,
    TITLE,
    WEAK,
)  # fmt: skip
from nlp.recognisers.lexicon import NOUN_CAPITALS
from nlp.recognisers.naming import Cue
from nlp.recognisers.reading import JOINS, SEPARATORS, SPACES, Found, Reading

_BETWEEN_TITLES = frozenset((" ", ". ", "\u00a0"))
_ENDS = frozenset(("!", ",", "."))
_LONGEST_ARTICLE = 3  # the Dept said: no person


def is_sure(bits: int) -> bool:
    """A listed name that is no everyday word."""
    return bool(bits & NAME and not bits & (WEAK | NOTNAME))


class Cued:
    """The rules of words that announce a name."""

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.bits = reading.bits
        self.nouns = reading.lexicon.lang in NOUN_CAPITALS

    def hit(self, i: int) -> Found | None:
        """The name after a cue that has word i in it."""
        for cue, last in self.r.cues_at(i):
            gap = self.r.gaps[last]
            if not SEPARATORS[cue.kind].fullmatch(gap):
                continue
            if cue.kind == "office":
                return self.after_office(last + 1)
            rule = getattr(self, f"after_{cue.kind}")
            hit: Found | None = rule(last + 1, cue, gap)
            if hit is not None:
                return hit
        return None

    def after_office(self, k: int) -> Found | None:
        """What follows an office is kept, titles between them included."""
        while k + 1 < len(self.bits) and self.bits[k] & CUE and self.r.gaps[k] in _BETWEEN_TITLES:
            k += 1
        if not self.bits[k] & (CAPITAL | CASELESS) and not self.bits[k] & NAME:
            return None
        return Found(k, self.extended(self.r.grown(k)), 1.0, is_kept=True)

    def after_honorific(self, k: int, cue: Cue, gap: str) -> Found | None:
        del gap
        bits = self.bits[k]
        is_small = cue.is_capitalised and not self.bits[k - 1] & CAPITAL
        if bits & CAPITAL:
            if bits & (OFFICE | CUE) and not bits & NAME:
                return None
            if (is_small or bits & NOTNAME) and not bits & NAME:
                return None
            last = self.r.grown(k)
            # Herr Amsalu Kebede: a word that is no listed last name has one after it
            return Found(k, self.extended(last, is_cued=not self.bits[last] & LAST), 0.9)
        return Found(k, self.r.grown(k), 0.7) if is_sure(bits) else None

    def after_introduction(self, k: int, cue: Cue, gap: str) -> Found | None:
        bits = self.bits[k]
        if bits & CAPITAL and bits & FIRST and not bits & NOTNAME:
            return Found(k, self.extended(self.r.grown(k)), 0.85)
        if is_sure(bits):
            return self.small(k) or Found(k, self.extended(self.r.grown(k)), 0.8)
        is_name = (
            gap in SPACES
            and len(cue.words) > 1
            and cue.words[-1] not in self.r.lexicon.names.opening
        )
        if bits & TITLE and is_name and not bits & STRANGER:
            return Found(k, self.extended(self.r.grown(k)), 0.6)
        return None

    def after_relation(self, k: int, cue: Cue, gap: str) -> Found | None:
        """mein Nachbar Tesfaye: also a name of no list, where nouns have no capitals."""
        del cue
        bits = self.bits[k]
        if bits & FIRST and (bits & (CAPITAL | CASELESS) or is_sure(bits)):
            is_small = not bits & (CAPITAL | CASELESS)
            return (self.small(k) if is_small else None) or Found(
                k, self.extended(self.r.grown(k)), 0.8
            )
        if not self.nouns and gap in SPACES and bits & TITLE and not bits & STRANGER:
            return Found(k, self.extended(self.r.grown(k)), 0.62)
        return None

    def after_greeting(self, k: int, cue: Cue, gap: str) -> Found | None:
        """Hallo Anna: a listed first name that is no everyday word; `Força Djenabu!`, where a mark
        or nothing follows, any that is no place, and where nouns have no capitals who is in no
        list."""
        del cue
        bits = self.bits[k]
        if bits & FIRST and bits & (CAPITAL | CASELESS) and is_sure(bits):
            return Found(k, self.extended(self.r.grown(k)), 0.7)
        last = self.r.grown(k)
        if not bits & CAPITAL or gap not in SPACES or not self._ends(last):
            return None
        if bits & FIRST and not bits & (PLACE | NOTNAME | CUE):
            return Found(k, last, 0.6)
        is_unknown = (
            bits & ~LIKELY == CAPITAL | TITLE and not self.nouns and self.bits[k - 1] & CAPITAL
        )
        if is_unknown and self.r.lexicon.lang != "en" and not self._is_word(k):
            return Found(k, k, 0.62)
        return None

    def before(self, i: int, end: int) -> Found | None:
        """`Hüseyin Bey`, `Virtasen perhe`: the name in front of word i."""
        last = i - 1
        if last <= end or self.r.gaps[last] not in SPACES:
            return None
        bits = self.bits[last]
        if not bits & (CAPITAL | CASELESS) or bits & (OFFICE | PARTICLE):
            return None
        if not bits & NAME and (bits & STRANGER or not bits & TITLE):
            return None
        first = last
        while first - 1 > end and self.r.gaps[first - 1] in JOINS and self.bits[first - 1] & NAME:
            if not self.bits[first - 1] & (CAPITAL | CASELESS):
                break
            first -= 1
        return Found(first, last, 0.7)

    def _ends(self, last: int) -> bool:
        """Whether a mark, a new line or nothing follows the word."""
        gap = self.r.gaps[last]
        return last + 1 == len(self.bits) or "\n" in gap or gap.strip()[:1] in _ENDS

    def _is_word(self, k: int) -> bool:
        lexicon = self.r.lexicon
        return lexicon.names.is_ordinary(self.r.folded(k), lexicon.lang)

    def spoken(self, i: int, end: int) -> Found | None:
        """`rekao je Vučković`, `, Chahine said`: who speaks, in the middle of a sentence."""
        if self.nouns:
            return None
        k = i + 1
        if k < len(self.bits) and self._is_auxiliary(k) and self.r.gaps[i] in SPACES:
            k += 1
        if k < len(self.bits) and self.r.gaps[k - 1] in SPACES and self._is_stranger(k):
            return Found(k, self.extended(self.r.grown(k)), 0.52)
        k = i - 1
        if k > end and self._is_auxiliary(k) and self.r.gaps[k] in SPACES:
            k -= 1
        is_there = k > end and self.r.gaps[k] in SPACES and self._is_stranger(k)
        if not is_there or self.r.begins_sentence(k) or self.bits[k - 1] & TITLE:
            return None
        if self.r.gaps[k - 1] in SPACES and len(self.r.words[k - 1]) <= _LONGEST_ARTICLE:
            return None
        return Found(k, k, 0.53)

    def _is_auxiliary(self, k: int) -> bool:
        """Whether a little word stands between who speaks and the verb: rekao je."""
        return f"{self.r.lexicon.lang} {self.r.words[k]}" in self.r.lexicon.names.auxiliaries

    def _is_stranger(self, k: int) -> bool:
        return bool(self.bits[k] & TITLE and not self.bits[k] & (STRANGER | SPEECH))

    def extended(self, last: int, *, is_cued: bool = False) -> int:
        """One more word with a capital, where nouns have none or a cue tells; and what hyphens
        tie to it."""
        k = last + 1
        is_next = k < len(self.bits) and self.r.gaps[last] in SPACES
        is_next = is_next and (is_cued or not self.nouns)
        if is_next and self.bits[k] & TITLE and not self.bits[k] & STRANGER:
            return self.r.hyphened(k)
        return self.r.hyphened(last)

    def small(self, i: int) -> Found | None:
        """`fatima yilmaz`: both listed, neither an everyday word of a language we can ask."""
        k = self.r.past_particles(i)
        if not self.r.lexicon.knows_words or k >= len(self.bits):
            return None
        is_pair = self.bits[i] & FIRST and self.bits[k] & LAST and not self.bits[k] & CAPITAL
        is_long = min(len(self.r.words[i]), len(self.r.words[k])) > 2
        if is_pair and is_long and is_sure(self.bits[i]) and is_sure(self.bits[k]):
            return Found(i, k, 0.5)
        return None
