"""How much speaks for words with a capital, beside all lists and rules, being a person's name.

`data/names/signs.csv` says it: signs of the words (their pieces, how the lists know them, by which
rule they were found) and of what stands beside them, each with its points. The points of a run
of words are added up; they are tenths of the logarithm of the odds, found in labelled texts by
`data/names/weigh.py`, which asks this module for the signs.
"""

from __future__ import annotations

from collections.abc import Iterator

from nlp.recognisers.bits import (
    ALONE,
    CAPITAL,
    CUE,
    FAMILY,
    FIRST,
    FORM,
    HOUSE,
    LAST,
    LIKELY,
    NO_NAME,
    NOTNAME,
    OFFICE,
    PARTICLE,
    PLACE,
    SPEECH,
    STREET,
    TITLE,
    WEAK,
)  # fmt: skip
from nlp.recognisers.reading import JOINS, SPACES, Found, Reading

_LONGEST_NEIGHBOUR = 12
_MOST_WORDS = 6  # of a run that is read as one name
_LETTERS = (
    ("F", FIRST), ("L", LAST), ("W", WEAK), ("N", NOTNAME), ("C", CUE), ("S", STREET),
    ("H", HOUSE), ("f", FAMILY), ("P", PLACE), ("O", OFFICE), ("A", ALONE), ("i", FORM),
)  # fmt: skip
_MOST_PARTICLES = 4
_BESIDE = _LETTERS[:3]


def run(reading: Reading, i: int, taken: set[int]) -> tuple[int, int]:
    """First and last word of the words with a capital around word i that no name has taken."""
    first = last = i
    gaps = reading.gaps
    while first > 0 and i - first < _MOST_WORDS and gaps[first - 1] in SPACES:
        if first - 1 in taken or not is_part(reading, first - 1):
            break
        first -= 1
    while last + 1 < len(gaps) and last - i < _MOST_WORDS and gaps[last] in SPACES:
        if last + 1 in taken or not is_part(reading, last + 1):
            break
        last += 1
    return first, last


def is_part(reading: Reading, i: int) -> bool:
    """Whether the word may be part of a name of no list. A place, or what is an everyday word
    at the beginning of a sentence, is none alone, and so begins none."""
    bits = reading.bits[i]
    if not bits & TITLE or bits & NO_NAME:
        return False
    return not (bits & PLACE or (bits & WEAK and reading.begins_sentence(i)))


def is_in_other(reading: Reading, first: int, last: int) -> bool:
    """Whether a word with a capital that is no part of a name stands right beside the words:
    St Patrick, Nova Ves, Parku Matice: they are part of what that names."""
    bits, gaps = reading.bits, reading.gaps
    before, after = first - 1, last + 1
    if before >= 0 and gaps[before] in SPACES and bits[before] & CAPITAL and bits[before] & NO_NAME:
        return not bits[before] & CUE
    is_next = after < len(bits) and gaps[last] in SPACES and bits[after] & CAPITAL
    return bool(is_next and bits[after] & (STREET | HOUSE))


def with_particles(reading: Reading, first: int, taken: set[int]) -> int:
    """The first word of a name whose last part was found: Valente de Oliveira."""
    k = first - 1
    bits, gaps = reading.bits, reading.gaps
    while k >= 0 and first - k < _MOST_PARTICLES and bits[k] & PARTICLE and gaps[k] in JOINS:
        if bits[k] & CAPITAL or reading.lexicon.is_before_place(reading.words[k]):
            return first
        k -= 1
    if k < 0 or k == first - 1 or k in taken or gaps[k] not in SPACES or not is_part(reading, k):
        return first
    longer = run(reading, k, taken)[0]
    return longer if weighed(reading, longer, first) >= 0 else first


def shared(reading: Reading, first: int, last: int) -> Iterator[str]:
    """The signs that mean the same in every language, but for the pieces."""
    bits, gaps, lexicon = reading.bits, reading.gaps, reading.lexicon
    begins = reading.begins_sentence(first)
    shape = f"{min(last - first + 1, 3)}{'B' if begins else 'm'}"
    before, after = first - 1, last + 1
    is_after, is_before = before >= 0, after < len(bits)
    gap, next_gap = gaps[before] if is_after else "", gaps[last]
    yield f"={shape}"
    yield f"=0{shape}{_letters(bits[first], _LETTERS)}"
    yield f"=1{shape}{_letters(bits[last], _LETTERS)}"
    yield f"=l{min(len(reading.words[last]), 9)}"
    yield f"<{gap.strip()[:1]}"
    yield f">{next_gap.strip()[:1]}"
    if is_after:
        if gap in SPACES:
            yield f"=<{min(len(reading.words[before]), 8)}"
            if lexicon.is_before_place(reading.words[before]):
                yield "=place"
                yield f"=place{shape}"
        if bits[before] & SPEECH:
            yield "=<said"
    if is_before and next_gap in SPACES:
        yield f"=>{min(len(reading.words[after]), 8)}"
        if bits[after] & SPEECH:
            yield "=>said"
            yield f"=>said{shape}"
    yield f"=<<{_beside(bits, before)}"
    yield f"=>>{_beside(bits, after)}"
    yield f"=<2{_beside(bits, before - 1)}{gap.strip()[:1]}"
    yield f"=>2{_beside(bits, after + 1)}{next_gap.strip()[:1]}"


def own(reading: Reading, first: int, last: int) -> Iterator[str]:
    """The signs of one language, but for the pieces: the neighbours and how they end."""
    if first > 0 and "\n" not in reading.gaps[first - 1]:
        word, mark = reading.folded(first - 1), reading.gaps[first - 1].strip()[:1]
        yield f"<{word[:_LONGEST_NEIGHBOUR]} {mark}"
        yield f"<-{word[-3:]} {mark}"
    if last + 1 < len(reading.words):
        word, mark = reading.folded(last + 1), reading.gaps[last].strip()[:1]
        yield f">{word[:_LONGEST_NEIGHBOUR]} {mark}"
        yield f">-{word[-3:]} {mark}"
        yield f">-{word[-2:]} {mark}"


def of_rule(reading: Reading, found: Found) -> Iterator[str]:
    """By which rule the name was found, told by its score."""
    place = "B" if reading.begins_sentence(found.first) else "m"
    score = round(found.score * 100)
    yield f"=r{score}{'l' if found.is_lone else ''}{place}"
    yield f"=R{score}{_letters(reading.bits[found.first], _LETTERS)}"


def runs(reading: Reading, taken: set[int]) -> Iterator[tuple[int, int]]:
    """The runs that may be names by the letters of one of their words."""
    end = -1
    for i, bits in enumerate(reading.bits[: reading.crowded]):
        if bits & LIKELY and i > end and i not in taken and is_part(reading, i):
            first, end = run(reading, i, taken)
            yield first, end


def weighed(reading: Reading, first: int, last: int) -> int:
    """The points of the words from first to last."""
    lexicon = reading.lexicon
    points = lexicon.points
    total = points.get("", 0) + lexicon.weight(reading.words[first])
    if last > first:
        total += lexicon.weight(reading.words[last])
    for signs in (shared(reading, first, last), own(reading, first, last)):
        total += sum(points.get(sign, 0) for sign in signs)
    return total


def weighed_rule(reading: Reading, found: Found) -> int:
    """The points of what a rule has found."""
    points = reading.lexicon.points
    told = sum(points.get(sign, 0) for sign in of_rule(reading, found))
    return told + weighed(reading, found.first, found.last)


def _letters(bits: int, letters: tuple[tuple[str, int], ...]) -> str:
    return "".join(letter for letter, bit in letters if bits & bit)


def _beside(bits: list[int], k: int) -> str:
    if not 0 <= k < len(bits):
        return "E"
    return ("C" if bits[k] & CAPITAL else "x") + _letters(bits[k], _BESIDE)
