"""The street in front of a house number: `Via Roma 7`, `Pärnu mnt 112`, `na Dlouhé 12`."""

from __future__ import annotations

import re
from typing import NamedTuple

from base.text import fold
from nlp.recognisers.house import Houses, is_closed, is_composite, is_large
from nlp.recognisers.streets import (
    ABROAD,
    AFTER,
    AT,
    BEFORE,
    ENDED,
    GLUED,
    OPENING,
    SURE_AFTER,
    SURE_BEFORE,
    SURE_ENDED,
    SURE_GLUED,
    Streets,
    has_capital,
)  # fmt: skip

WORD = re.compile(r"[^\W_ºª]+")
JOINS = frozenset((" ", "-", "'", "’", "\u00a0", ".-", ".", ":"))
_QUOTES = re.compile(r"[„“”\"»«‘ºª]")
_LONGEST = 7  # words of a street's name with its street word
_ABBREVIATED = 5
_LONG_WORD = 4  # a street word of so many letters needs no end behind its number
_LONG_GLUED = 8
_MOST_SMALL = 3  # words of a name in small letters
_LIVES = 40  # characters in which a word says that somebody lives there
_SENTENCE = re.compile(r"(?:^|[.!?\n\0]\s*)$")
_LINE = re.compile(r"(?:^|[:,\n\0(]\s*)$")
_TOWN = re.compile(r", ?[^\W\d_]{3,}(?![^\W\d_]| ?\d)")
_PARTICLES = frozenset(("van", "von", "t"))  # begin a name in small letters
_ARTICLES = frozenset(("de", "den", "der", "het"))  # only behind one of them: van der Helst
_LONGEST_PARTICLE = 3
_MARKS = ".,:;!?()/-„“”\"»«‘’'"
_OF = frozenset(("des", "der", "am", "zum", "zur"))
_DECLINED = ("er", "e", "en", "es", "em")  # Alte, Berliner: what stands before a German name


class Before(NamedTuple):
    """A number and the text in front of it: buffer[least:start]."""

    buffer: str
    least: int
    start: int
    number: str
    is_signed: bool = False  # a word for houses alone stands before the number: д. 5

    @property
    def end(self) -> int:
        return self.start + len(self.number)


class _Run:
    """The words that end in front of the number and may be one street's name."""

    def __init__(self, words: list[re.Match[str]], streets: Streets) -> None:
        self.found = words
        self.words = [word.group() for word in words]
        self.bits = [streets[word] for word in self.words]

    def start(self, at: int) -> int:
        return self.found[at].start()


def street_before(at: Before, streets: Streets, houses: Houses) -> int:
    """Where the street begins that ends before the number; -1 if none does."""
    if not _is_first(at) and not _may_end_a_street(
        at.buffer[at.least : at.start].split()[-_LONGEST:], streets, houses
    ):
        return -1
    found = list(WORD.finditer(at.buffer, at.least, at.start))
    last = len(found) - 1
    while last >= 0 and not houses.between.fullmatch(at.buffer, found[last].end(), at.start):
        if fold(found[last].group()) not in houses.words or last < len(found) - 2:
            return -1
        last -= 1
    if last < 0:
        return -1
    if last == len(found) - 1 and fold(found[last].group()) in houses.words:
        sign = fold(found[last].group())
        at = at._replace(is_signed=sign in houses.signs)
        shortened = _read(at, found, last - 1, streets, houses) if last else -1
        if shortened >= 0:  # Via Roma n. 7
            return shortened
    return _read(at, found, last, streets, houses)


def _is_first(at: Before) -> bool:
    """Whether one word at most stands before the number in its line."""
    return at.buffer[at.least : at.start].strip().isalpha()


def _small(at: Before, found: list[re.Match[str]], last: int, streets: Streets) -> int:
    """A line that is nothing but an address in small letters: `hlavná 88, košice`."""
    start = found[last].start()
    is_line = _LINE.search(at.buffer, max(at.least, start - 3), start) is not None
    is_told = is_large(at.number) and _TOWN.match(at.buffer, at.end) is not None
    return start if is_line and is_told and streets.is_ended(found[last].group()) else -1


def _may_end_a_street(words: list[str], streets: Streets, houses: Houses) -> bool:
    """Whether a capital or a street word stands there: most numbers follow other words."""
    if not words:
        return False
    last = words[-1].strip(_MARKS)
    if not last.islower() or fold(last) in houses.words:
        return True
    for word in words:
        bits = streets[word.strip(_MARKS)]
        if "." in word:
            bits |= streets[word.partition(".")[0]]
        if bits & (SURE_BEFORE | AFTER | GLUED):
            return True
    return False


def _read(
    at: Before, found: list[re.Match[str]], last: int, streets: Streets, houses: Houses
) -> int:
    if not houses.between.fullmatch(at.buffer, found[last].end(), at.start):
        return -1
    word = found[last].group()
    is_name = has_capital(word)
    bits = streets[word]
    near = 0
    for k in range(max(0, last - _LONGEST), last):
        near |= streets[found[k].group()]
    # most numbers stand after a small word that has nothing to do with a street
    if not (is_name or bits & (AFTER | GLUED) or near & SURE_BEFORE):
        return _small(at, found, last, streets)
    if houses.counts(at.buffer, at.end) and not is_composite(at.number):
        return -1
    run = _run(at.buffer, found, last, streets)
    for reading in (_named_behind, _named_before, _glued, _opened):
        start = reading(at, run, streets, houses)
        if start >= 0:
            return _with_what_stands_before(at, found, start, streets)
    return _alone(at, run, streets, houses) if is_name else -1


def _run(buffer: str, found: list[re.Match[str]], last: int, streets: Streets) -> _Run:
    first = last
    while first and first > last - _LONGEST:
        word = found[first - 1].group()
        gap = _QUOTES.sub("", buffer[found[first - 1].end() : found[first].start()])
        if gap not in JOINS:
            is_short = gap == ". " and (
                len(word) < _ABBREVIATED or word.isdigit() or streets[word] & (BEFORE | AFTER)
            )
            is_slash = gap in ("/ ", "/") and streets[word] & BEFORE  # C/ Mayor 5
            if not is_short and not is_slash:
                break
        first -= 1
    return _Run(found[first : last + 1], streets)


def _named_behind(at: Before, run: _Run, streets: Streets, houses: Houses) -> int:
    """A street word with its name behind it: Via Roma 7, ul. 3 Maja 27."""
    last = len(run.words) - 1
    for k in range(last - 1, -1, -1):
        bits = run.bits[k]
        if not bits & BEFORE and not _is_pair(at, run, k, streets):
            continue
        name = [w for w in run.words[k + 1 :]]
        if name[0].isdigit() and len(name) == 1:
            continue
        if all(fold(w) in houses.words for w in name):
            continue  # plaza número 3
        if streets.has_nouns and not bits & ABROAD and name[0] not in _OF:
            continue  # Platz der Republik 1
        if _is_named(name) or (
            bits & SURE_BEFORE
            and len(name) <= _MOST_SMALL
            and (len(run.words[k]) > 1 or at.buffer[run.found[k].end()] == "/")
            and len(name[-1]) > 2
            and (_is_end(at, houses) or is_large(at.number))
        ):
            return run.start(_first_street_word(at, run, k, streets))
    return -1


def _first_street_word(at: Before, run: _Run, k: int, streets: Streets) -> int:
    """The street word that begins the name: P.zza Vittorio, rue du Faubourg Saint-Denis."""
    if k and _is_pair(at, run, k - 1, streets):
        return k - 1
    for j in range(k - 1, max(-1, k - 3), -1):
        if run.bits[j] & BEFORE:
            return j
        if len(run.words[j]) > _LONGEST_PARTICLE:
            break
    return k


def _is_pair(at: Before, run: _Run, k: int, streets: Streets) -> bool:
    """Whether word k and the next are one shortened street word: p.zza, b-dul, C.so."""
    if k + 1 >= len(run.words) - 1:
        return False
    return bool(streets[at.buffer[run.start(k) : run.found[k + 1].end()]] & BEFORE)


def _is_named(name: list[str]) -> bool:
    """Whether a name ends, or begins, with a capital."""
    letters = [w for w in name if not w.isdigit()]
    if not letters:
        return False
    return has_capital(letters[-1]) or (has_capital(letters[0]) and len(name) < 5)


def _named_before(at: Before, run: _Run, streets: Streets, houses: Houses) -> int:
    """A name with a street word behind it: Pärnu mnt 112, Brīvības ielā 14."""
    last = len(run.words) - 1
    bits = run.bits[last]
    if not last or not bits & AFTER:
        return -1
    word, before = run.words[last], run.words[last - 1]
    is_dotted = at.buffer[run.found[last].end()] == "."
    if has_capital(before) and not (before.isdigit() and not last - 1 and not is_dotted):
        if bits & ABROAD and not bits & SURE_AFTER and not has_capital(word):
            return -1
        if before.isdigit() and at.buffer[run.found[last - 1].end()] != ".":
            is_numbered = last > 1 and run.bits[last - 2] & AFTER  # Lale mah. 64012 sok.
            return run.start(last - 1) if is_numbered else -1
        return run.start(_name_start(at, run, last - 1, streets))
    is_long = len(word) > 2 or is_dotted or (len(word) > 1 and is_large(at.number))
    is_told = len(word) >= _LONG_WORD or _is_end(at, houses) or is_large(at.number)
    is_small = not word[:1].isupper()  # auf Platz 3
    if bits & SURE_AFTER and is_small and is_long and len(before) > 2 and is_told:
        is_dated = last > 1 and run.words[last - 2].isdigit()  # 13. janvāra iela
        return run.start(last - 1 - is_dated)
    return -1


def _glued(at: Before, run: _Run, streets: Streets, houses: Houses) -> int:
    """A name that ends with its street word: Lindenstraße 14, vaasankadulla 16."""
    last = len(run.words) - 1
    bits, word = run.bits[last], run.words[last]
    if not bits & GLUED:
        return -1
    if not has_capital(word):
        # abroad and small: in any language a part of some word
        is_told = len(word) >= _LONG_GLUED or _is_end(at, houses) or is_large(at.number)
        if not bits & SURE_GLUED or not is_told:
            return -1
        return run.start(last)
    return run.start(_name_start(at, run, last, streets))


def _opened(at: Before, run: _Run, streets: Streets, houses: Houses) -> int:
    """A name that begins as streets do: Am Graben 5, Unter den Eichen 76, Na Příkopě 859."""
    last = len(run.words) - 1
    if not has_capital(run.words[last]):
        return -1
    for k in range(max(0, last - 4), last):
        word, bits = run.words[k], run.bits[k]
        if not bits & (OPENING | AT) or not word[:1].isupper():
            continue
        if bits & OPENING:
            small = [fold(w) for w in run.words[k:last]]
            if not any(tuple(small[:n]) in streets.openings for n in (1, 2)):
                continue
        elif last - k > 2 or not streets.names_with_at:
            continue
        is_first = _SENTENCE.search(at.buffer, max(at.least, run.start(k) - 4), run.start(k))
        is_sure = is_composite(at.number) or houses.has_postcode(at.buffer, at.end)
        is_sure = is_sure or (last - k > 1 and _TOWN.match(at.buffer, at.end) is not None)
        if is_first and not is_sure:
            continue
        if _is_end(at, houses) or is_sure:
            return run.start(k)
    return -1


def _alone(at: Before, run: _Run, streets: Streets, houses: Houses) -> int:
    """A name without a street word: what stands around must tell of an address."""
    last = len(run.words) - 1
    word, bits = run.words[last], run.bits[last]
    if word.isdigit() or (len(word) < 4 and not at.is_signed):
        return -1
    is_end = _is_end(at, houses)
    if not is_end and not bits & SURE_ENDED:
        return -1
    first = last
    while first and run.words[first - 1][:1].isupper() and not run.bits[first - 1] & AT:
        first -= 1
    if first and at.buffer[run.found[first - 1].end() : run.start(first)] == ". ":
        first -= 1  # ks. Skorupki
    start = run.start(first)
    if first and at.is_signed and run.words[first - 1].isdigit():
        start = run.start(first - 1)  # 8 Марта, д. 27
    has_unit = houses.has_unit(at.buffer, at.end)
    if has_unit or at.is_signed:
        return start  # Mladost 1, bl. 54
    lives = houses.lives(at.buffer[max(at.least, start - _LIVES) : start])
    large = is_large(at.number)
    if lives and large and is_end:
        return run.start(last) if not bits & ENDED else start
    is_at = bool(first and run.bits[first - 1] & AT)
    if not bits & ENDED:
        return start if is_at and large and is_end and streets.has_cases else -1
    signs = 2 * (lives or is_at)
    signs += bool(_LINE.search(at.buffer, max(at.least, start - 3), start))
    signs += is_composite(at.number) + large
    signs += _TOWN.match(at.buffer, at.end) is not None or houses.has_postcode(at.buffer, at.end)
    return start if signs >= 2 else -1


def _is_end(at: Before, houses: Houses) -> bool:
    """Whether the number is the end of what is said, or goes on as house numbers do."""
    return (
        is_composite(at.number)
        or is_closed(at.buffer, at.end)
        or houses.end(at.buffer, at.end) > at.end
    )


def _name_start(at: Before, run: _Run, k: int, streets: Streets) -> int:
    """The first word of a name that ends with word k: capitals before it belong to it."""
    while k:
        gap = at.buffer[run.found[k - 1].end() : run.start(k)]
        word = run.words[k - 1]
        if gap in ("-", "'", "’", ".-", ":", ".") or (gap == ". " and len(word) < _ABBREVIATED):
            k -= 1
            continue
        if k > 1 and len(word) < 3 and run.words[k - 2].isdigit():
            k -= 2  # 1-я Советская
            continue
        is_ordinal = word[:1].isdigit() and not word.isdigit()  # 1e Jan Steenstraat
        is_small = word in _PARTICLES or (
            k > 1 and word in _ARTICLES and _bears_article(run.words[k - 2], streets)
        )
        if word[:1].isupper() and run.bits[k - 1] & OPENING:
            return k - 1  # Am Alten Markt
        if not (word[:1].isupper() or is_ordinal or is_small):
            break
        if streets.has_nouns and not word.endswith(_DECLINED) and not is_ordinal and not is_small:
            break
        k -= 1
    return k


def _bears_article(word: str, streets: Streets) -> bool:
    """van der Helst, Admiraal de Ruijter: what may stand before an article inside a name."""
    is_long = len(word) > _LONGEST_PARTICLE and word[:1].isupper()
    return word in _PARTICLES or (is_long and not streets.has_nouns)


def _with_what_stands_before(
    at: Before, found: list[re.Match[str]], start: int, streets: Streets
) -> int:
    """Where the address begins if a quarter stands in front of the street: Lale Mah. Gül Sok. 3."""
    k = next(i for i, word in enumerate(found) if word.start() == start) - 1
    while k > 0 and streets[found[k].group()] & SURE_AFTER:
        gap = at.buffer[found[k].end() : start]
        if gap.strip(" .,") or not has_capital(found[k - 1].group()):
            break
        k -= 1
        while (
            k
            and found[k - 1].group()[:1].isupper()
            and (at.buffer[found[k - 1].end() : found[k].start()] == " ")
        ):
            k -= 1
        start = found[k].start()
        k -= 1
    return start
