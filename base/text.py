"""Text as every room sees it: NFC for keeping, folded words for finding.

`nfc` is what is stored. `words` is the one notion of a word in the house: the index, the
matcher and text search use it, so that what one of them finds the others find too.
Offsets are Unicode code points, half-open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Letters that Unicode does not take apart but people type without their stroke or ligature.
_STROKES = str.maketrans(
    {
        "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "ŧ": "t", "ħ": "h",
        "ð": "d", "þ": "th", "ß": "ss", "ς": "σ", "ـ": "", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا",
        "ى": "ي", "ة": "ه", "ʼ": "'", "’": "'", "‘": "'",
    }
)  # fmt: skip

# A word: letters, digits and marks of any script; an apostrophe or hyphen ends it.
# Soft hyphens and zero-width signs inside a word are part of it and fold away.
_INVISIBLES = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670"
    "\u0900-\u0903\u093a-\u094f"
)
_LETTER = r"[^\W_ʼ]"  # the letter apostrophe parts words as the typed one does
_WORD = re.compile(rf"{_LETTER}+(?:[{_MARKS}{_INVISIBLES}]+{_LETTER}*)*")
_FIRST_MARKS = re.compile(f"^[{_MARKS}]+")
_NO_LETTER = re.compile(rf"[^\w{_MARKS}]|_")
_INVISIBLE = re.compile(f"[{_INVISIBLES}]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def nfc(text: str) -> str:
    """The text in the form that is kept: NFC, without lone surrogates and NUL."""
    if text.isascii() and "\0" not in text:
        return text
    try:
        text.encode()  # ten times as fast as a search
    except UnicodeEncodeError:
        text = _SURROGATE.sub("\ufffd", text)
    return unicodedata.normalize("NFC", text.replace("\0", "\ufffd"))


@lru_cache(maxsize=200_000)
def _fold_word(word: str) -> str:
    visible = _INVISIBLE.sub("", word)
    # taken apart first: letters of mathematics (𝗥𝗮𝘂𝘀) have no lower case of their own
    lower = unicodedata.normalize("NFKD", visible).casefold()
    decomposed = unicodedata.normalize("NFKD", lower)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.translate(_STROKES))


def fold(text: str) -> str:
    """Lower case, no diacritics, no strokes, no tatweel: `Malmö` → `malmo`, `Łódź` → `lodz`.

    Not length-preserving; use `words` where offsets matter.
    """
    if text.isascii():
        return text.lower()
    return _fold_word(text) if len(text) < 64 else _fold_word.__wrapped__(text)


@lru_cache(maxsize=200_000)
def _one_word(word: str) -> str:
    # what folds to several words stays one (ﷺ, ¼, ŉ)
    found = _NO_LETTER.sub("", _fold_word.__wrapped__(word))
    return _FIRST_MARKS.sub("", found)  # what stood on a tatweel stands on nothing


def words(text: str) -> list[str]:
    """The folded words of a text, in order. Empty list when there are none."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    folded = (_one_word(w) for w in _WORD.findall(text))
    return [w for w in folded if w]


def spans(text: str) -> Iterator[tuple[str, int, int]]:
    """(folded word, start, end) for each word; offsets into `text` as given."""
    for found in _WORD.finditer(text):
        folded = _one_word(found.group())
        if folded:
            yield folded, found.start(), found.end()


_ASCII_WORD = re.compile(r"[a-z0-9]+")


def phrase(text: str) -> str:
    """The folded words with one space between: what phrases are compared by."""
    return " ".join(words(text))


def words_line(text: str) -> str:
    """The folded words with one space before, between and after: what phrase search reads."""
    return f" {phrase(text)} "
