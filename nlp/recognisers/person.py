"""Names of private persons, by lists and rules; no model.

A name is: a first and a last name of the lists, or one of them beside a word with a capital; a
word with a capital after Frau or Mr; after `ich heiße`; a listed first name after `mein Nachbar`;
`M. Yilmaz`, `Ahmed K.`; without capitals two listed names that are no everyday words; a listed
first name alone, with a capital and no other such word beside it; so also a form of it or what
sounds like it (Zuzanu, Ясир), not at the beginning of a sentence. What was found once in a post is
found there again.
Kept: public names, a name after an office (`Bürgermeisterin …`), names of streets, words of the
notname list, a word between quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from base.text import words
from nlp.recognisers import BREAK, Lists, Span
from nlp.recognisers.lexicon import (
    ALONE,
    CAPITAL,
    CASELESS,
    FORM,
    LAST,
    NAME,
    NOTNAME,
    PARTICLE,
    WEAK,
    Lexicon,
)  # fmt: skip
from nlp.recognisers.reading import APOSTROPHES, Found, Reading, word_pattern
from nlp.recognisers.rules import Rules

_MOST_BETWEEN = 4
_TAG = re.compile(r"#([^\W\d_]{4,60})")
_PLACEHOLDER = frozenset("<>")


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
                    yield Span(span.type, span.start + at, span.end + at, span.score)
            at += len(post) + 1
        yield from _tags(buffer, lexicon)

    def _names(self, reading: Reading) -> Iterator[Span]:
        """The names of one post."""
        found: list[Found] = []
        kept: list[Found] = []
        for hit in Rules(reading).hits():
            is_kept = hit.is_kept or reading.is_street(hit) or self._is_public(reading, hit)
            (kept if is_kept else found).append(hit)
        yield from _spans(reading, found, kept)
        yield from _crowd(reading)

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


def _tags(buffer: str, lexicon: Lexicon) -> Iterator[Span]:
    """First names among the words of a hashtag, with a last name after it: #FreeKarim."""
    for tag in _TAG.finditer(buffer) if "#" in buffer else ():
        start, word = tag.start(1), tag.group(1)
        starts = [0, *(i for i in range(1, len(word)) if word[i].isupper() > word[i - 1].isupper())]
        pieces = [word[i:j] for i, j in pairwise([*starts, len(word)])]
        if len(pieces) == 1:
            continue
        for n, piece in enumerate(pieces):
            if lexicon[piece] & (ALONE | FORM) == ALONE:
                is_last = pieces[n + 1 :] and lexicon[pieces[n + 1]] & (LAST | WEAK) == LAST
                end = starts[n] + len(piece) + (len(pieces[n + 1]) if is_last else 0)
                yield Span("person", start + starts[n], start + end, 0.5)
                break


def _spans(reading: Reading, found: list[Found], kept: list[Found]) -> Iterator[Span]:
    """Offsets of the names, and of their parts where those stand alone in the post."""
    kept_words = {reading.folded(i) for hit in kept for i in range(hit.first, hit.last + 1)}
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
            i - last > _MOST_BETWEEN or not _PLACEHOLDER.isdisjoint(reading.gap(i - 1))
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
    if is_prefixed and reading.gap(first - 1) in APOSTROPHES:  # O'Brien
        start = reading.starts[first - 1]
    if len(reading.words[last]) == 1 and reading.is_dotted(last):
        end += 1
    return Span("person", start, end, score)


def _parts(reading: Reading, hit: Found) -> set[str]:
    words = ((i, reading.folded(i)) for i in range(hit.first, hit.last + 1))
    unsure = WEAK | NOTNAME | PARTICLE
    return {word for i, word in words if len(word) > 2 and not reading.bits[i] & unsure}


RECOGNISER = Person
