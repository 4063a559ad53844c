"""The rules by which words are taken for a name; what they read is a `Reading`.

Each rule is asked at a word at which a name may begin or a cue stands, and answers with the first
and last word of a name, or nothing. Names that a cue announces are found by `cued`.
"""

from __future__ import annotations

from collections.abc import Iterator

from nlp.recognisers.bits import (
    ALONE,
    CAPITAL,
    CASELESS,
    COMMON,
    CUE,
    FAMILY,
    FIRST,
    FORM,
    LAST,
    LIKELY,
    NAME,
    NOTNAME,
    PLACE,
    SPEECH,
    STRANGER,
    STREET,
    TITLE,
    TITLED,
    WEAK,
)  # fmt: skip
from nlp.recognisers.cued import Cued, is_sure
from nlp.recognisers.reading import HYPHENS, SPACES, Found, Reading

_SHORTEST_LAST = 4  # letters of a last name that stands alone


class Rules:
    """The rules, each asked at a word that may begin a name or end a cue."""

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.bits = reading.bits
        self.cued = Cued(reading)
        self.nouns = self.cued.nouns

    def hits(self) -> Iterator[Found]:
        end = -1  # the last word that belongs to a name already
        for i in self.r.triggers():
            if i <= end:
                continue
            bits = self.bits[i]
            hit = self.cued.hit(i) if bits & CUE else None
            if hit is None and bits & TITLED:
                hit = self.cued.before(i, end)
            if hit is None and bits & NAME:
                hit = self.alone(i, end)
            if hit is None and bits & FAMILY:
                hit = self.family(i, end)
            if hit is None and bits & SPEECH:
                hit = self.cued.spoken(i, end)
            if hit is not None:
                end = hit.last
                yield hit

    def alone(self, i: int, end: int) -> Found | None:
        """A name without a cue: two words must speak for it, or one that is nothing else."""
        bits = self.bits[i]
        if not bits & (CAPITAL | CASELESS):
            return self.cued.small(i)
        if bits & LAST and bits & CAPITAL:
            first = self.r.initials_before(i)
            if end < first < i:
                return Found(first, self.r.hyphened(i), 0.7)
        last = self.r.grown(i)
        if bits & FORM and self.is_named_after(i):
            return None
        listed = [b for b in self.bits[i : last + 1] if b & NAME]
        sure = sum(map(is_sure, listed))
        if self.r.is_one_word(i, last):
            return self.beside(i, last, end) or self.single(i, last)
        if not any(b & FIRST for b in listed):
            return None
        if len(listed) == 1 or (bits & CASELESS and sure == 0):
            return Found(i, last, 0.7) if sure else None
        if sure == 0:
            is_plain = self.nouns or all(b & NOTNAME for b in listed)
            if self.r.begins_sentence(i):  # Oksana Melnyk, but not Rose Garden
                is_plain |= not bits & FIRST or not self.bits[last] & LAST
                is_plain |= any(b & (PLACE | NOTNAME) for b in listed)
            return None if is_plain else Found(i, last, 0.6)
        return Found(i, self.cued.extended(last), 0.9)

    def beside(self, i: int, last: int, end: int) -> Found | None:
        """One listed name with an unlisted word with a capital after or before it."""
        bits = self.bits[i]
        if not is_sure(bits) or not bits & CAPITAL or len(self.r.words[i]) < 3:
            return None
        if bits & FIRST and self.is_title(last + 1, STRANGER):
            return Found(i, self.cued.extended(self.r.hyphened(last + 1)), 0.65)
        before = i - 1
        if bits & LAST and before > end and not self.nouns:
            is_name = (
                self.bits[before] & ~LIKELY == CAPITAL | TITLE and self.r.gaps[before] in SPACES
            )
            if is_name and not self.r.begins_sentence(before):
                return Found(before, last, 0.57)
        return None

    def family(self, i: int, end: int) -> Found | None:
        """A word that ends as family names do, with the word before it or in a sentence."""
        if self.nouns:
            return None
        before = i - 1
        is_after = before > end and self.r.gaps[before] in SPACES and self.bits[before] & CAPITAL
        if is_after:
            if self.bits[before] & STRANGER or self.r.begins_sentence(before):
                return None
            return Found(before, self.r.hyphened(i), 0.58)
        is_free = not self.r.begins_sentence(i) and not self.is_title(i + 1, 0)
        return (
            Found(i, self.r.hyphened(i), 0.48, is_lone=True)
            if is_free and not self.is_in_place(i)
            else None
        )

    def is_title(self, k: int, other: int) -> bool:
        """Whether word k has a capital, stands right after the one before, and is no `other`."""
        if k >= len(self.bits) or self.r.gaps[k - 1] not in SPACES:
            return False
        return bool(self.bits[k] & TITLE and not self.bits[k] & other)

    def is_in_place(self, i: int) -> bool:
        return i > 0 and self.r.lexicon.is_before_place(self.r.words[i - 1])

    def is_named_after(self, i: int) -> bool:
        """Centrum Václava Havla: a form of a name after another word with a capital."""
        before = i - 1
        is_title = before >= 0 and self.bits[before] & TITLE and self.r.gaps[before] in SPACES
        is_first = self.bits[before] & (FIRST | FORM | WEAK) == FIRST
        return bool(is_title and not is_first and not self.bits[before] & CUE)

    def single(self, i: int, last: int) -> Found | None:
        """A name with nothing beside it; where nouns have capitals, a first name of many
        countries at the beginning of a sentence, no last name. Beside another word with a
        capital it is part of what that names."""
        bits = self.bits[i]
        if not bits & ALONE or self.r.is_quoted(i, last) or self.is_in_place(i):
            return None
        begins = self.r.begins_sentence(i)
        if self.nouns and (bits & FORM or not bits & FIRST or (begins and not bits & COMMON)):
            return None
        is_short = len(self.r.words[i]) < _SHORTEST_LAST
        if not bits & FIRST and (begins or is_short or not bits & CAPITAL):
            return None
        before, after = i - 1, last + 1
        is_after = before >= 0 and self.bits[before] & CAPITAL and self.r.gaps[before] in SPACES
        if is_after and not self.nouns and not self.r.begins_sentence(before):
            return None
        if after < len(self.bits) and self.bits[after] & (CAPITAL | STREET):
            gap = self.r.gaps[last]
            if gap in HYPHENS or (gap in SPACES and not self.nouns):
                return None
        score = 0.55 if bits & FIRST else 0.45
        score = score if begins else score + 0.05
        return Found(i, last, score, is_lone=not bits & FIRST)
