"""The rules by which words are taken for a name; what they read is a `Reading`.

Each rule is asked at a word at which a name may begin or a cue stands, and answers with the first
and last word of a name, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from nlp.recognisers.lexicon import (
    ALONE,
    CAPITAL,
    CASELESS,
    COMMON,
    CUE,
    FIRST,
    FORM,
    LAST,
    NAME,
    NOTNAME,
    OFFICE,
    STREET,
    TITLE,
    WEAK,
)  # fmt: skip
from nlp.recognisers.naming import Cue
from nlp.recognisers.reading import HYPHENS, NOUN_CAPITALS, SEPARATORS, SPACES, Found, Reading

_STRANGER = WEAK | NOTNAME | CUE | STREET | OFFICE
_BETWEEN_TITLES = frozenset((" ", ". ", "\u00a0"))


class Rules:
    """The rules, each asked at a word that may begin a name or end a cue."""

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.bits = reading.bits
        self.nouns = reading.lexicon.lang in NOUN_CAPITALS

    def hits(self) -> Iterator[Found]:
        end = -1  # the last word that belongs to a name already
        for i in self.r.triggers():
            if i <= end:
                continue
            hit = self.cued(i) if self.bits[i] & CUE else None
            if hit is None and self.bits[i] & NAME:
                hit = self.alone(i, end)
            if hit is not None:
                end = hit.last
                yield hit

    def cued(self, i: int) -> Found | None:
        """The name after a cue that has word i in it."""
        for cue, last in self.r.cues_at(i):
            gap = self.r.gap(last)
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
        while k + 1 < len(self.bits) and self.bits[k] & CUE and self.r.gap(k) in _BETWEEN_TITLES:
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
        return Found(k, self.r.grown(k), 0.7) if self.is_sure(bits) else None

    def after_introduction(self, k: int, cue: Cue, gap: str) -> Found | None:
        bits = self.bits[k]
        if bits & CAPITAL and bits & FIRST and not bits & NOTNAME:
            return Found(k, self.extended(self.r.grown(k)), 0.85)
        if self.is_sure(bits):
            return self.small(k) or Found(k, self.extended(self.r.grown(k)), 0.8)
        is_name = (
            gap in SPACES
            and len(cue.words) > 1
            and cue.words[-1] not in self.r.lexicon.names.opening
        )
        if bits & TITLE and is_name and not bits & _STRANGER:
            return Found(k, self.extended(self.r.grown(k)), 0.6)
        return None

    def after_relation(self, k: int, cue: Cue, gap: str) -> Found | None:
        del cue, gap
        bits = self.bits[k]
        if bits & FIRST and (bits & (CAPITAL | CASELESS) or self.is_sure(bits)):
            is_small = not bits & (CAPITAL | CASELESS)
            return (self.small(k) if is_small else None) or Found(
                k, self.extended(self.r.grown(k)), 0.8
            )
        return None

    def after_greeting(self, k: int, cue: Cue, gap: str) -> Found | None:
        """Hallo Anna: a listed first name that is no everyday word."""
        del cue, gap
        bits = self.bits[k]
        if bits & FIRST and bits & (CAPITAL | CASELESS) and self.is_sure(bits):
            return Found(k, self.extended(self.r.grown(k)), 0.7)
        return None

    def is_sure(self, bits: int) -> bool:
        """A listed name that is no everyday word."""
        return bool(bits & NAME and not bits & (WEAK | NOTNAME))

    def extended(self, last: int, *, is_cued: bool = False) -> int:
        """One more word with a capital, where nouns have none or a cue tells; and what hyphens
        tie to it."""
        k = last + 1
        is_next = k < len(self.bits) and self.r.gap(last) in SPACES
        is_next = is_next and (is_cued or not self.nouns)
        if is_next and self.bits[k] & TITLE and not self.bits[k] & _STRANGER:
            return self.r.hyphened(k)
        return self.r.hyphened(last)

    def alone(self, i: int, end: int) -> Found | None:
        """A name without a cue: two words must speak for it."""
        bits = self.bits[i]
        if not bits & (CAPITAL | CASELESS):
            return self.small(i)
        if bits & LAST and bits & CAPITAL:
            first = self.r.initials_before(i)
            if end < first < i:
                return Found(first, self.r.hyphened(i), 0.7)
        last = self.r.grown(i)
        if bits & FORM and self.is_named_after(i):
            return None
        listed = [b for b in self.bits[i : last + 1] if b & NAME]
        sure = sum(map(self.is_sure, listed))
        if self.r.is_one_word(i, last):
            return self.beside(i, last, end) or self.single(i, last)
        if not any(b & FIRST for b in listed):
            return None
        if len(listed) == 1 or (bits & CASELESS and sure == 0):
            return Found(i, last, 0.7) if sure else None
        if sure == 0:
            is_plain = self.nouns or self.r.begins_sentence(i) or all(b & NOTNAME for b in listed)
            return None if is_plain else Found(i, last, 0.6)
        return Found(i, last, 0.9)

    def beside(self, i: int, last: int, end: int) -> Found | None:
        """One listed name with an unlisted word with a capital after or before it."""
        bits = self.bits[i]
        if not self.is_sure(bits) or not bits & CAPITAL or len(self.r.words[i]) < 3:
            return None
        k = last + 1
        is_joined = k < len(self.bits) and self.r.gap(last) in SPACES
        if bits & FIRST and is_joined and self.bits[k] & TITLE and not self.bits[k] & _STRANGER:
            return Found(i, self.r.hyphened(k), 0.6)
        before = i - 1
        if bits & LAST and not bits & FIRST and before > end and not self.nouns:
            is_name = self.bits[before] == CAPITAL | TITLE and self.r.gap(before) in SPACES
            if is_name and not self.r.begins_sentence(before):
                return Found(before, last, 0.5)
        return None

    def is_named_after(self, i: int) -> bool:
        """Centrum Václava Havla: a form of a name after another word with a capital."""
        before = i - 1
        is_title = before >= 0 and self.bits[before] & TITLE and self.r.gap(before) in SPACES
        is_first = self.bits[before] & (FIRST | FORM | WEAK) == FIRST
        return bool(is_title and not is_first and not self.bits[before] & CUE)

    def single(self, i: int, last: int) -> Found | None:
        """A first name with nothing beside it; where nouns have capitals, not as the first word
        of a sentence. Beside another word with a capital it is part of what that names."""
        bits = self.bits[i]
        is_unsure = self.nouns or bits & (FORM | COMMON) != COMMON
        if not bits & ALONE or (is_unsure and (i == 0 or self.r.begins_sentence(i))):
            return None
        if (self.nouns and bits & FORM) or self.r.is_quoted(i, last):
            return None
        before, after = i - 1, last + 1
        is_after = before >= 0 and self.bits[before] & CAPITAL and self.r.gap(before) in SPACES
        if is_after and not self.nouns and not self.r.begins_sentence(before):
            return None
        if before >= 0 and self.r.lexicon.is_before_place(self.r.words[before]):
            return None
        if after < len(self.bits) and self.bits[after] & (CAPITAL | CASELESS | STREET):
            gap = self.r.gap(last)
            if gap in HYPHENS or (gap in SPACES and not self.nouns):
                return None
        return Found(i, last, 0.5)

    def small(self, i: int) -> Found | None:
        """`fatima yilmaz`: both listed, neither an everyday word of a language we can ask."""
        k = self.r.past_particles(i)
        if not self.r.lexicon.knows_words or k >= len(self.bits):
            return None
        is_pair = self.bits[i] & FIRST and self.bits[k] & LAST and not self.bits[k] & CAPITAL
        is_long = min(len(self.r.words[i]), len(self.r.words[k])) > 2
        if is_pair and is_long and self.is_sure(self.bits[i]) and self.is_sure(self.bits[k]):
            return Found(i, k, 0.5)
        return None
