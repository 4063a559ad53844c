"""Names of private persons, by lists and rules; no model.

A name is: a first and a last name of the lists, or one of them beside a word with a capital; a
word with a capital after Frau or Mr; after `ich heiße`; a listed first name after `mein Nachbar`;
`M. Yilmaz`, `Ahmed K.`; without capitals two listed names that are no everyday words. What was
found once in a post is found there again when it stands alone.
Kept: public names, a name after an office (`Bürgermeisterin …`), names of streets, words of the
notname list. A first name alone, without a cue, stays: it identifies nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from base.text import words
from nlp.recognisers import BREAK, Lists, Span
from nlp.recognisers.lexicon import (
    CAPITAL, CASELESS, CUE, FIRST, LAST, NAME, NOTNAME, OFFICE, STREET, TITLE, WEAK, Lexicon,
)  # fmt: skip
from nlp.recognisers.naming import Cue
from nlp.recognisers.reading import NOUN_CAPITALS, SEPARATORS, SPACES, Found, Reading, word_pattern

# Little words that end a cue and may be followed by anything with a capital.
_OPEN = frozenset("der die das von of for from the från till to av du de di van".split())
_STRANGER = WEAK | NOTNAME | CUE | STREET | OFFICE


class Person:
    hint = ""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._public = frozenset(" ".join(words(name)) for name in lists.public_names)
        self._lexicons: dict[str, Lexicon] = {}

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        lexicon = self._lexicons.get(lang)
        if lexicon is None:
            lexicon = self._lexicons[lang] = Lexicon(lang, self._lists.naming, self._lists.names)
        posts = buffer.split(BREAK)
        words_of = list(map(word_pattern(buffer).findall, posts))
        for word in set().union(*words_of).difference(lexicon):
            lexicon[word]
        at = 0
        for post, found in zip(posts, words_of, strict=True):
            # most posts hold no word at which a name may begin and are read no further
            if not lexicon.triggers.isdisjoint(found) and lexicon.may_name(found):
                for span in self._names(Reading(post, found, lexicon)):
                    yield span._replace(start=span.start + at, end=span.end + at)
            at += len(post) + 1

    def _names(self, reading: Reading) -> Iterator[Span]:
        """The names of one post."""
        found: list[Found] = []
        kept: list[Found] = []
        for hit in _Rules(reading).hits():
            is_kept = hit.is_kept or reading.is_street(hit) or self._is_public(reading, hit)
            (kept if is_kept else found).append(hit)
        return reading.spans(found, kept)

    def _is_public(self, reading: Reading, hit: Found) -> bool:
        """Whether two or more words of the name in a row are a name of the public list."""
        if not self._public:
            return False
        name = [reading.folded(i) for i in range(hit.first, hit.last + 1)]
        return any(
            " ".join(name[i:j]) in self._public
            for i in range(len(name))
            for j in range(i + 2, len(name) + 1)
        )


class _Rules:
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
        while k + 1 < len(self.bits) and self.bits[k] & CUE and self.r.gap(k) in SEPARATORS_OFFICE:
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
            return Found(k, self.extended(self.r.grown(k)), 0.9)
        return Found(k, self.r.grown(k), 0.7) if self.is_sure(bits) else None

    def after_introduction(self, k: int, cue: Cue, gap: str) -> Found | None:
        bits = self.bits[k]
        if bits & CAPITAL and bits & FIRST and not bits & NOTNAME:
            return Found(k, self.extended(self.r.grown(k)), 0.85)
        if self.is_sure(bits):
            return self.small(k) or Found(k, self.extended(self.r.grown(k)), 0.8)
        is_name = gap in SPACES and len(cue.words) > 1 and cue.words[-1] not in _OPEN
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

    def is_sure(self, bits: int) -> bool:
        """A listed name that is no everyday word."""
        return bool(bits & NAME and not bits & (WEAK | NOTNAME))

    def extended(self, last: int) -> int:
        """One more word with a capital, where nouns have none; and what hyphens tie to it."""
        k = last + 1
        is_next = k < len(self.bits) and self.r.gap(last) in SPACES and not self.nouns
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
        listed = [b for b in self.bits[i : last + 1] if b & NAME]
        sure = sum(map(self.is_sure, listed))
        if self.r.is_one_word(i, last):
            return self.beside(i, last, end)
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
        if bits & FIRST and k < len(self.bits) and self.r.gap(last) in SPACES:
            if self.bits[k] & TITLE and not self.bits[k] & _STRANGER:
                return Found(i, self.r.hyphened(k), 0.6)
        before = i - 1
        if bits & LAST and not bits & FIRST and before > end and not self.nouns:
            is_name = self.bits[before] == CAPITAL | TITLE and self.r.gap(before) in SPACES
            if is_name and not self.r.begins_sentence(before):
                return Found(before, last, 0.5)
        return None

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


SEPARATORS_OFFICE = frozenset((" ", ". ", "\u00a0"))
RECOGNISER = Person
