"""Streets without a street word: `na Dlouhé 12`, `Am Graben 5`, `Mladost 1, bl. 54`.

How a name begins or ends, and what stands around it, must tell of an address.
"""

from __future__ import annotations

import re

from base.text import fold
from nlp.recognisers.house import Houses, is_closed, is_composite, is_large
from nlp.recognisers.street_run import Before, Run
from nlp.recognisers.streets import AT, ENDED, OPENING, SURE_ENDED, Streets, has_capital

_LEAST_SMALL = 4  # letters of a name in small letters
_ALWAYS = frozenset(("24/7", "7/24", "24/24", "50/50"))
_JUST_BEFORE = 20
_LIVES = 40  # characters in which a word says that somebody lives there
_FIGURE = re.compile(r"\d")
_SENTENCE = re.compile(r"(?:^|[.!?\n\0]\s*)$")


def small(at: Before, word: re.Match[str], streets: Streets, houses: Houses) -> int:
    """A name in small letters: a line that is nothing but an address, `hlavná 88, košice`, or what
    stands right after a word that says that somebody lives there: `adresa mi je vukovarska 31/4`.
    """
    start = word.start()
    if not is_large(at.number) or len(word.group()) < _LEAST_SMALL or at.number in _ALWAYS:
        return -1
    if at.begins_line(start) and at.has_town() and streets.is_ended(word.group()):
        return start
    is_end = is_closed(at.buffer, at.end) or houses.has_unit(at.buffer, at.end)
    if not is_end or houses.counts(at.buffer, at.end):
        return -1
    before = at.buffer[max(at.least, start - _JUST_BEFORE) : start]
    is_name = fold(word.group()) not in houses.units and not _FIGURE.search(before)
    return start if is_name and houses.lives(before) else -1


def _before(at: Before, start: int) -> str:
    return at.buffer[max(at.least, start - _LIVES) : start]


def opened(run: Run) -> int:
    """A name that begins as streets do: Am Graben 5, Unter den Eichen 76, Na Příkopě 859."""
    at, last = run.at, run.last
    if not has_capital(run.words[last]):
        return -1
    for k in range(max(0, last - 4), last):
        word, bits = run.words[k], run.bits[k]
        if not bits & (OPENING | AT) or not word[:1].isupper():
            continue
        if bits & OPENING:
            folded = [fold(w) for w in run.words[k:last]]
            if not any(tuple(folded[:n]) in run.streets.openings for n in (1, 2)):
                continue
        elif last - k > 2 or not run.streets.names_with_at:
            continue
        is_first = _SENTENCE.search(at.buffer, max(at.least, run.start(k) - 4), run.start(k))
        is_sure = is_composite(at.number) or run.houses.has_postcode(at.buffer, at.end)
        is_sure = is_sure or (last - k > 1 and at.has_town())
        if is_first and not is_sure:
            continue
        if is_sure or run.is_end:
            return run.start(k)
    return -1


def alone(run: Run) -> int:
    """A name by itself: what stands around must tell of an address."""
    at, last = run.at, run.last
    word, bits = run.words[last], run.bits[last]
    if word.isdigit() or (len(word) < 4 and not at.is_signed):
        return -1
    if not bits & SURE_ENDED and not run.is_end:
        return -1
    first = last
    while first and run.words[first - 1][:1].isupper() and not run.bits[first - 1] & AT:
        first -= 1
    if first and run.gap(first - 1) == ". ":
        first -= 1  # ks. Skorupki
    if first > 1 and len(run.words[first - 1]) < 3 and run.words[first - 2].isdigit():
        first -= 2  # 8-й Советской
    if first and at.is_signed and run.words[first - 1].isdigit():
        return run.start(first - 1)  # 8 Марта, д. 27
    start = run.start(first)
    if at.is_signed or run.houses.has_unit(at.buffer, at.end):
        return start  # Mladost 1, bl. 54
    lives = run.houses.lives(_before(at, start))
    if lives and (run.is_large or at.is_numbered) and run.is_end:
        return start if bits & ENDED or not run.streets.has_nouns else run.start(last)
    is_at = bool(first and run.bits[first - 1] & AT)
    if not bits & ENDED:
        return start if is_at and run.is_large and run.is_end and run.streets.has_cases else -1
    signs = 2 * (lives or is_at)
    signs += at.begins_line(start)
    signs += is_composite(at.number) + run.is_large
    signs += at.has_town() or run.houses.has_postcode(at.buffer, at.end)
    return start if signs >= 2 else -1
