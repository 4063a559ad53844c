"""The street behind a house number: `12 High Street`, `12 bis, rue Victor Hugo`."""

from __future__ import annotations

import re

from nlp.recognisers.house import Houses, is_closed
from nlp.recognisers.streets import (
    ABROAD,
    AFTER,
    AT,
    BEFORE,
    SURE_AFTER,
    SURE_BEFORE,
    Streets,
    has_capital,
)  # fmt: skip

_LIST = r"[^\W\d_][^\W\d_'’.-]*"
_AFTER = re.compile(
    rf"[,،]? (?:(?:bis|ter|quater)[,]? )?"
    rf"(?:(?:de la|du|des) |de l['’])?({_LIST}\.?(?:[ '’-]{{1,2}}{_LIST}\.?){{0,6}})"
)
_DATED = re.compile(
    r",? ([^\W\d_]+) (?:du|del|da) \d{1,2}(?:er)? [^\W\d_]{3,10}(?: (?:19|20)\d\d)?"
)
_ORDINAL = re.compile(
    r" (?:(?:[NSEW]{1,2}\.?|North|South|East|West) )?\d{1,3}(?:st|nd|rd|th) ([^\W\d_]+)"
)
_ROAD = re.compile(  # 75 State Hwy 9
    r" (?:[A-Z][a-z]+ ){0,2}(?:Route|Rte|Hwy|Highway|Road|Rd)\.? \d{1,4}(?!\w|[.,]\d)"
)
_COMPASS = re.compile(r"\.? (?:North|South|East|West|[NS][EW]?|[EW])(?!\w)")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_WINDOW = 80
_MOST_NAME = 5  # words of a name in front of its street word
_LEAST_NAME = 4  # letters of a name in small letters
_MOST_CASELESS = 2  # words of a name in a script without capitals
_PARTICLES = frozenset(("de", "des", "du", "la", "le", "les", "l", "d", "da", "do", "dos", "na"))
_CAPITAL_WITHIN = 3
_TOLD = 24  # characters in which a word says that an address follows


def street_after(
    buffer: str, least: int, start: int, end: int, streets: Streets, houses: Houses
) -> int:
    """Where the street ends that follows the number at [start, end); 0 if none does."""
    stop = _numbered(buffer, end, streets)
    if stop:
        return stop
    after = _AFTER.match(buffer, end, end + _WINDOW)
    if after is None:
        return 0
    found = list(WORD.finditer(buffer, after.start(1), after.end(1)))
    for k, match in enumerate(found[: _MOST_NAME + 1]):
        word = match.group()
        bits = streets[word]
        if k == 0 and bits & BEFORE and (streets.numbers_first or bits & ABROAD):
            stop = _name_end(found, bool(bits & SURE_BEFORE))
            if stop:
                return stop
        if k and bits & AFTER:
            names = [m.group() for m in found[:k]]
            if _goes_on(found[k + 1 : k + 3], streets):
                continue  # Church Hill Road
            if all(map(has_capital, names)) and (word[:1].isupper() or bits & SURE_AFTER):
                is_sure = bits & SURE_AFTER or is_closed(buffer, match.end())
                told = is_sure or _is_told(buffer, least, start, streets, houses)
                return _with_compass(buffer, match.end()) if told else 0
            if k <= 2 and not any(map(has_capital, names)):
                told = _is_told(buffer, least, start, streets, houses)
                is_sure = told == 2 or (
                    is_closed(buffer, match.end())
                    and (told if bits & SURE_AFTER else _lives(buffer, least, start, houses))
                )
                return match.end() if is_sure and len(names[-1]) > 2 else 0
        if streets.numbers_first and word[:1].isupper() and houses.has_door(buffer, match.end()):
            return match.end()  # 4512 Oakwood Unit 12
        if not word[:1].isupper() and _has_no_sure_word(found[k:], streets):
            return 0
    return _only_named(buffer, least, start, found, streets, houses)


def _only_named(
    buffer: str,
    least: int,
    start: int,
    found: list[re.Match[str]],
    streets: Streets,
    houses: Houses,
) -> int:
    """The end of a name without a street word, where all else tells: I live at 15 Rosewood."""
    if not streets.numbers_first or len(found) > 2 or not is_closed(buffer, found[-1].end()):
        return 0
    if not all(m.group().istitle() for m in found):
        return 0
    return found[-1].end() if _is_told(buffer, least, start, streets, houses) == 2 else 0


def _numbered(buffer: str, end: int, streets: Streets) -> int:
    """A street with a number or a date in its name: 4 rue du 8 mai 1945, 45 W 34th Street."""
    dated = _DATED.match(buffer, end, end + _WINDOW)
    if dated and streets[dated[1]] & BEFORE:
        return dated.end()
    first = buffer[end + 1 : end + 2]
    if not streets.numbers_first or not (first.isdigit() or first.isupper()):
        return 0
    ordinal = _ORDINAL.match(buffer, end, end + _WINDOW)
    if ordinal and streets[ordinal[1]] & AFTER and has_capital(ordinal[1]):
        return _with_compass(buffer, ordinal.end())
    road = _ROAD.match(buffer, end, end + _WINDOW)
    return road.end() if road else 0


def _with_compass(buffer: str, at: int) -> int:
    """Main Street South, 3rd Ave. NW: where the point of the compass ends."""
    found = _COMPASS.match(buffer, at)
    return found.end() if found else at


def _goes_on(found: list[re.Match[str]], streets: Streets) -> bool:
    """Whether the name goes on to another street word: St John's Wood High Street."""
    for match in found:
        if not match.group()[:1].isupper():
            return False
        if streets[match.group()] & AFTER:
            return True
    return False


def _has_no_sure_word(found: list[re.Match[str]], streets: Streets) -> bool:
    return not any(streets[m.group()] & SURE_AFTER for m in found[1:3])


def _name_end(found: list[re.Match[str]], is_sure: bool) -> int:
    """Where the name ends that follows the street word found[0]: rue des Lilas."""
    words = [m.group() for m in found]
    if len(words) > 1 and not words[1][:1].islower() and not words[1][:1].isupper():
        return found[min(_MOST_CASELESS, len(found) - 1)].end()
    named = [m for m in found[1:] if not m.group()[:_CAPITAL_WITHIN].islower()]  # na bhFiailí
    if named:
        return named[-1].end()
    k = 1
    while k < len(words) and words[k] in _PARTICLES:
        k += 1
    is_short = k == 1 and len(words) == 2 and len(words[k]) < _LEAST_NAME
    if not is_sure or k >= len(words) or is_short:
        return 0
    return found[min(k + 1, len(found) - 1)].end()


def _is_told(buffer: str, least: int, start: int, streets: Streets, houses: Houses) -> int:
    """How many tell: a small word such as `at` before it, a word that somebody lives there."""
    words = WORD.findall(buffer, max(least, start - _TOLD), start)
    is_at = bool(words and streets[words[-1]] & AT)
    return is_at + _lives(buffer, least, start, houses)


def _lives(buffer: str, least: int, start: int, houses: Houses) -> bool:
    return houses.lives(buffer[max(least, start - _TOLD) : start])
