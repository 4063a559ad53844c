"""Names of private persons, by lists, rules and the points of `signs`; no neural model.

A name is: a first and a last name of the lists, or one of them beside a word with a capital; a
word with a capital after Frau or Mr; after `ich heiße`; a listed first name after `mein Nachbar`;
`M. Yilmaz`, `Ahmed K.`; without capitals two listed names that are no everyday words; a listed
first name alone, with a capital and no other such word beside it; so also a form of it or what
sounds like it (Zuzanu, Ясир), not at the beginning of a sentence. What was found once in a post is
found there again.
What no rule finds may have the points of a name all the same, and what only a weak one finds may
have too few: see `signs`.
Kept: public names, a name after an office (`Bürgermeisterin …`), names of streets, words of the
notname list, a word between quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from nlp.recognisers import BREAK, Lists, Span
from nlp.recognisers.bits import (
    ALONE,
    CAPITAL,
    CASELESS,
    FIRST,
    FORM,
    NAME,
    NO_NAME,
    NOTNAME,
    PARTICLE,
    WEAK,
)  # fmt: skip
from nlp.recognisers.kept import Kept
from nlp.recognisers.lexicon import Lexicon
from nlp.recognisers.reading import APOSTROPHES, Found, Reading, word_pattern
from nlp.recognisers.rules import Rules
from nlp.recognisers.signs import is_in_other, runs, weighed, weighed_rule, with_particles

_MOST_BETWEEN = 4
_LEAST = -1  # points of words that no rule has found
_LEAST_OF_RULE = -14
_SURE = 0.61  # a find with a higher score is not weighed
_LONGEST_FOR = 4  # letters of a word before a name in a hashtag: für, dla
_TAG = re.compile(r"#([^\W\d_]{4,60})")
_PLACEHOLDER = frozenset("<>")


class Person:
    hint = ""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._kept = Kept(lists.public_names)
        self._lexicons: dict[str, Lexicon] = {}

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        lexicon = self._lexicon(lang)
        posts = buffer.split(BREAK)
        pattern = word_pattern(buffer)
        words_of = list(map(pattern.findall, posts))
        for word in set().union(*words_of).difference(lexicon):
            lexicon[word]
        at = 0
        for post, found in zip(posts, words_of, strict=True):
            # most posts hold no word at which a name may begin and are read no further
            if not lexicon.likely.isdisjoint(found) or (
                not lexicon.triggers.isdisjoint(found) and lexicon.may_name(found)
            ):
                reading = Reading(post, pattern, lexicon)
                for span in (*_spans(reading, *self.hits(reading)), *_crowd(reading)):
                    yield Span(span.type, span.start + at, span.end + at, span.score)
            at += len(post) + 1
        yield from _tags(buffer, lexicon)

    def kept(self, text: str, lang: str) -> list[Span]:
        """The names of one text that stay, by list or by what stands beside them."""
        reading = self.reading(text, lang)
        found, kept = self.hits(reading)
        words = _words(reading, kept)
        kept += [hit for hit in found if words.issuperset(_words(reading, [hit]))]
        return [_span(reading, hit.first, hit.last, hit.score) for hit in kept]

    def reading(self, text: str, lang: str) -> Reading:
        return Reading(text, word_pattern(text), self._lexicon(lang))

    def _lexicon(self, lang: str) -> Lexicon:
        if lang not in self._lexicons:
            self._lexicons[lang] = Lexicon(lang, self._lists.naming, self._lists.names)
        return self._lexicons[lang]

    def hits(self, reading: Reading) -> tuple[list[Found], list[Found]]:
        """The names of one post that go, and those that stay."""
        found: list[Found] = []
        kept: list[Found] = []
        taken: set[int] = set()
        for hit in Rules(reading).hits():
            taken.update(range(hit.first, hit.last + 1))
            if hit.is_kept or self._kept.stays(reading, hit):
                kept.append(hit)
            elif not self._is_doubted(reading, hit):
                found.append(hit)
        for first, last in runs(reading, taken):
            if is_in_other(reading, first, last):
                continue
            if weighed(reading, first, last) >= _LEAST:
                taken.update(range(first, last + 1))
                hit = Found(first, last, 0.4, is_lone=first == last)
                (kept if self._kept.stays(reading, hit) else found).append(hit)
        if not reading.lexicon.is_weighed:
            return found, kept
        return [h._replace(first=with_particles(reading, h.first, taken)) for h in found], kept

    @staticmethod
    def _is_doubted(reading: Reading, hit: Found) -> bool:
        """Whether a name that no cue and no second name speaks for is more likely none. What is
        written in small letters has none of the signs."""
        is_small = not reading.bits[hit.first] & CAPITAL
        if hit.score > _SURE or is_small or not reading.lexicon.is_weighed:
            return False
        return weighed_rule(reading, hit) < _LEAST_OF_RULE


def _tags(buffer: str, lexicon: Lexicon) -> Iterator[Span]:
    """First names among the words of a hashtag, with what may be a last name after it:
    #FreeKarim, #TesfayeWoldu."""
    for tag in _TAG.finditer(buffer) if "#" in buffer else ():
        start, word = tag.start(1), tag.group(1)
        starts = [0, *(i for i in range(1, len(word)) if _begins(word, i))]
        pieces = [word[i:j] for i, j in pairwise([*starts, len(word)])]
        if len(pieces) == 1:
            continue
        for n, piece in enumerate(pieces):
            bits = lexicon[piece] & (ALONE | FORM | FIRST)
            is_form = bits == ALONE | FORM | FIRST and 0 < n == len(pieces) - 1
            if bits == ALONE | FIRST or (is_form and len(pieces[n - 1]) <= _LONGEST_FOR):
                is_last = n + 2 == len(pieces) and not lexicon[pieces[n + 1]] & NO_NAME
                end = starts[n] + len(piece) + (len(pieces[n + 1]) if is_last else 0)
                yield Span("person", start + starts[n], start + end, 0.5)
                break


def _begins(tag: str, i: int) -> bool:
    """Whether a word of a hashtag begins at letter i: RIP, Johnny, Winter."""
    if not tag[i].isupper():
        return False
    return not tag[i - 1].isupper() or tag[i + 1 : i + 2].islower()


def _spans(reading: Reading, found: list[Found], kept: list[Found]) -> Iterator[Span]:
    """Offsets of the names, and of their parts where those stand alone in the post."""
    kept_words = _words(reading, kept)
    taken = {i for hit in kept for i in range(hit.first, hit.last + 1)}
    parts: set[str] = set()
    for hit in found:
        name = range(hit.first, hit.last + 1)
        if kept_words and kept_words.issuperset(map(reading.folded, name)):
            continue  # Herr Ludwig, after Bürgermeister Michael Ludwig
        parts |= _parts(reading, hit)
        taken.update(name)
        yield _span(reading, hit.first, hit.last, hit.score)
    parts -= kept_words
    if not parts:
        return
    for i, bits in enumerate(reading.bits[: reading.crowded]):
        if bits & (CAPITAL | CASELESS) and i not in taken:
            folded = reading.folded(i)
            if folded in parts or (folded[-1:] == "s" and folded[:-1] in parts):
                yield _span(reading, i, i, 0.6)


def _crowd(reading: Reading) -> Iterator[Span]:
    """Where more may be names than any post names: whatever has a capital or is a listed name,
    with the few words between two of them, in one span."""
    first = last = -1
    for i in range(reading.crowded, len(reading.bits)):
        bits = reading.bits[i]
        if first >= 0 and (
            i - last > _MOST_BETWEEN or not _PLACEHOLDER.isdisjoint(reading.gaps[i - 1])
        ):
            yield _span(reading, first, last, 0.5)
            first = -1
        if bits & (CAPITAL | CASELESS) or (bits & NAME and not bits & (WEAK | NOTNAME)):
            last = i
            if first < 0:
                first = i
    if first >= 0:
        yield _span(reading, first, last, 0.5)


def _span(reading: Reading, first: int, last: int, score: float) -> Span:
    start, end = reading.starts[first], reading.end(last)
    is_prefixed = first and len(reading.words[first - 1]) == 1 and reading.bits[first - 1] & CAPITAL
    if is_prefixed and reading.gaps[first - 1] in APOSTROPHES:  # O'Brien
        start = reading.starts[first - 1]
    if len(reading.words[last]) == 1 and reading.is_dotted(last):
        end += 1
    return Span("person", start, end, score)


def _words(reading: Reading, hits: list[Found]) -> set[str]:
    return {reading.folded(i) for hit in hits for i in range(hit.first, hit.last + 1)}


def _parts(reading: Reading, hit: Found) -> set[str]:
    words = ((i, reading.folded(i)) for i in range(hit.first, hit.last + 1))
    unsure = WEAK | NOTNAME | PARTICLE
    return {word for i, word in words if len(word) > 2 and not reading.bits[i] & unsure}


RECOGNISER = Person
