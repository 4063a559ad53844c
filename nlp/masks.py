"""Words masked on purpose: what looks like one, and how it may be read.

Comes in: a folded line; then what is written. Goes out: where masked words may stand; the
readings of one, folded, the likeliest first. Whether a reading is a word is for the lists to say.
Digits and signs stand for letters (`r3fugee`, `mu$lim`), stars for vowels (`m*slim`), letters
stand apart (`r e f u g e e`).
Each pattern is bounded: a text of any length is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import numpy as np
import numpy.typing as npt

from base.text import words
from nlp.line import Line

_LEAST = 4  # letters and signs
_SIGNS = "@$€!|*"
_IS_SIGN = np.zeros(0x110000, np.bool_)  # by code point
_IS_SIGN[list(map(ord, _SIGNS))] = True
_REACH = 60  # characters on both sides of a sign
_VOWELS = "aeiou"  # what a star mostly hides
_MOST_STARS = 2
_SIGNED = re.compile(r"(?<![\w@$€!|*/.#])\w{1,20}(?:[@$€!|*]{1,2}\w{1,20}){1,6}(?![\w@$€!|*/])")
_APART = re.compile(r"(?<![\w.-])(?:[^\W\d_][ .\-·]){3,20}[^\W\d_](?![\w-])")
_MEANT = str.maketrans("013457@$€!|", "oieastaseii")
_MEANT_L = str.maketrans("013457@$€!|", "oleastasell")


def masked(folded: Line) -> Iterator[tuple[int, int, int]]:
    """(its last word in the line, start, end in the joined texts) of what may be a masked word."""
    spaces = folded.spaces
    is_digit = np.concatenate([[0], np.cumsum((folded.points >= 48) & (folded.points <= 57))])
    sizes = np.diff(spaces) - 1
    digits = is_digit[spaces[1:]] - is_digit[spaces[:-1] + 1]
    for word in np.flatnonzero((digits > 0) & (2 * digits < sizes) & (sizes >= _LEAST)).tolist():
        yield word, *folded.span(word)
    # a sign between letters parts two words by itself
    ends, starts = folded.at[spaces[1:-1]], folded.at[spaces[1:-1] + 1]
    gaps = np.flatnonzero((starts > ends) & (starts - ends <= 2))
    signed = gaps[_IS_SIGN[folded.source[ends[gaps]]]]
    yield from _around(folded, np.unique(ends[signed]), _SIGNED)
    single = sizes == 1
    apart = single[:-3] & single[1:-2] & single[2:-1] & single[3:]
    yield from _around(folded, folded.at[spaces[np.flatnonzero(apart)] + 1], _APART)


def _around(
    folded: Line, signs: npt.NDArray[np.int64], pattern: re.Pattern[str]
) -> Iterator[tuple[int, int, int]]:
    """What a pattern finds about some places of the joined texts."""
    begin = 0
    for sign in signs.tolist():
        found = pattern.search(folded.joined, max(begin, sign - _REACH), sign + _REACH)
        if found is None or found.end() <= begin:
            continue
        begin = found.end()
        word = int(np.searchsorted(folded.at[folded.spaces[1:]], begin))
        if word < len(folded.spaces) - 1 and folded.span(word)[0] < begin:
            yield word, found.start(), begin


def unmasked(written: str) -> list[str]:
    """How a masked word may be read."""
    if _APART.fullmatch(written):
        return words("".join(c for c in written if c.isalpha()))
    readings = [written.translate(table) for table in (_MEANT, _MEANT_L)]
    if 0 < (stars := written.count("*")) <= _MOST_STARS:
        readings = [
            reading.replace("*", "{}").format(*letters)
            for reading in readings if not set("{}") & set(reading)
            for letters in product(_VOWELS, repeat=stars)
        ]  # fmt: skip
    return list(dict.fromkeys(one for reading in readings for one in _single(reading)))


def _single(reading: str) -> list[str]:
    found = words(reading)
    return found if len(found) == 1 and found[0].isalpha() else []
