"""What a post loses unread when it is crowded with numbers, signs, links or capitals.

Comes in: one long text. Goes out: the text, in which every word that holds a digit (an `@`, a
link, a capital) is a placeholder where there are more of them than any post has, and how many
were taken. Without it a megabyte of `@a.` would cost seconds: each find has its price. A document
with that many numbers loses all of them: rather that than one person's left in.
"""

from __future__ import annotations

import re

LONG = 4_000  # characters: a shorter text holds too few to cost anything


def _token(mark: str) -> str:
    """A word between spaces that holds the mark; each letter is read twice at most."""
    return rf"(?<![^\s<>])[^\s<>]*{mark}[^\s<>]*"


# type of the placeholder, what is counted, from how many on, what is taken
_KINDS = tuple(
    (name, re.compile(mark), most, re.compile(_token(mark), re.IGNORECASE))
    for name, mark, most in (
        ("link", r"(?://|www\.|[a-z0-9]/)", 1_000),
        ("handle", r"(?:@|(?<![^\W_])u(?:ser)?/)", 1_000),
        ("id", r"\d", 12_000),
    )
)
_WORD = re.compile(r"<[A-Z]+>|[^\W\d_]+")
_MOST_CAPITALS = 20_000  # words that begin with a capital, or of a script without any


def thinned(text: str) -> tuple[str, dict[str, int]]:
    """The text without what it is crowded with, and how many of each type were taken."""
    taken: dict[str, int] = {}
    if len(text) < LONG:
        return text, taken
    for name, mark, most, token in _KINDS:
        if len(mark.findall(text)) > most:
            text, taken[name] = token.subn(f"<{name.upper()}>", text)
    if sum(_is_capital(word) for word in _WORD.findall(text)) > _MOST_CAPITALS:
        text, taken["person"] = _without_capitals(text)
    return text, {name: count for name, count in taken.items() if count}


def _is_capital(word: str) -> bool:
    """Whether a word begins with no small letter; placeholders do not count."""
    return word[0] != "<" and not word[0].islower()


def _without_capitals(text: str) -> tuple[str, int]:
    """The text with a placeholder for every word that does not begin with a small letter."""
    count = 0

    def replaced(found: re.Match[str]) -> str:
        nonlocal count
        word = found.group()
        if not _is_capital(word):
            return word
        count += 1
        return "<PERSON>"

    return _WORD.sub(replaced, text), count
