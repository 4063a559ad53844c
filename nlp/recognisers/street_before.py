"""The street in front of a house number: `Via Roma 7`, `Pärnu mnt 112`, `na Dlouhé 12`."""

from __future__ import annotations

import re

from base.text import fold
from nlp.recognisers.house import Houses, is_closed, is_composite, is_large
from nlp.recognisers.street_alone import alone, opened, small
from nlp.recognisers.street_named import glued, named_before, named_behind
from nlp.recognisers.street_run import LONGEST, Before, Run
from nlp.recognisers.streets import AFTER, GLUED, SURE_AFTER, SURE_BEFORE, Streets, has_capital

_MARKS = ".,:;!?()/-„“”\"»«‘’'"


def street_before(at: Before, streets: Streets, houses: Houses) -> int:
    """Where the street begins that ends before the number; -1 if none does."""
    before = at.buffer[at.least : at.start]
    # one word at most stands before it in its line, or a number that few things but houses have
    is_told = is_composite(at.number) or (is_large(at.number) and is_closed(at.buffer, at.end))
    is_likely = is_told or before.strip().isalpha()
    if not is_likely and not _may_end_a_street(before.split()[-LONGEST:], streets, houses):
        return -1
    found = at.words()
    last = len(found) - 1
    while last >= 0 and not houses.between.fullmatch(at.buffer, found[last].end(), at.start):
        if fold(found[last].group()) not in houses.words or last < len(found) - 2:
            return -1
        last -= 1
    if last < 0:
        return -1
    sign = fold(found[last].group())
    if last == len(found) - 1 and sign in houses.words:
        at = at._replace(is_numbered=True, is_signed=sign in houses.signs)
        shortened = _read(at, found[:last], streets, houses) if last else -1
        if shortened >= 0:  # Via Roma n. 7
            return shortened
    return _read(at, found[: last + 1], streets, houses)


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


def _read(at: Before, found: list[re.Match[str]], streets: Streets, houses: Houses) -> int:
    """Where the street begins whose last word is the last of `found`."""
    if not houses.between.fullmatch(at.buffer, found[-1].end(), at.start):
        return -1
    is_name = has_capital(found[-1].group())
    near = 0
    for word in found[-LONGEST - 1 : -1]:
        near |= streets[word.group()]
    # most numbers stand after a small word that has nothing to do with a street
    if not (is_name or streets[found[-1].group()] & (AFTER | GLUED) or near & SURE_BEFORE):
        return small(at, found[-1], streets, houses)
    if houses.counts(at.buffer, at.end) and not is_composite(at.number):
        return -1
    run = Run(at, found, streets, houses)
    for reading in (named_behind, named_before, glued, opened):
        start = reading(run)
        if start >= 0:
            return _with_quarter(at.buffer, found, start, streets)
    return alone(run) if is_name else small(at, found[-1], streets, houses)


def _with_quarter(buffer: str, found: list[re.Match[str]], start: int, streets: Streets) -> int:
    """Where the address begins if a quarter stands in front of the street: Lale Mah. Gül Sok. 3."""
    k = next(i for i, word in enumerate(found) if word.start() == start) - 1
    while k > 0 and streets[found[k].group()] & SURE_AFTER:
        is_beside = not buffer[found[k].end() : start].strip(" .,")
        if not is_beside or not has_capital(found[k - 1].group()):
            break
        k -= 1
        while k and found[k - 1].group()[:1].isupper():
            if buffer[found[k - 1].end() : found[k].start()] != " ":
                break
            k -= 1
        start = found[k].start()
        k -= 1
    return start
