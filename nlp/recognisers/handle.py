"""Handles of accounts: `@name`, `@name@server.social`, `u/name`.

`r/name` is a forum, not a person. Handles of institutions are kept by list. A sign between letters
that stands for one of them (`m@slim`) makes no handle: such words are read by `nlp/masks.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from base.text import fold
from nlp.recognisers import Lists, Span

# The server part must look like one, so that `@a@b` in a game of letters is two handles.
_AT = re.compile(r"@(?:\w[\w.-]{0,63}@(?:[\w-]{1,63}\.){1,5}\w{2,63}|\w[\w.-]{0,99})")
_DOMAIN = re.compile(r"\.[^\W\d_]{2,63}$")  # glued to letters, only this makes it an address
_LETTERS = re.compile(r"[^\W\d_]{1,12}")
_REDDIT = re.compile(r"u(?:ser)?/[A-Za-z0-9_-]{3,20}(?![\w/-])")


class Handle:
    hint = r"@|\bu/|\buser/"

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._mail = re.compile(rf"@{lists.numbers.one_of('mail')}", re.IGNORECASE)

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        for found in _AT.finditer(buffer):
            start = found.start()
            handle = found.group().rstrip(".-")
            before = buffer[start - 1 : start]
            if before == "/" or ((before.isalnum() or before == "_") and _DOMAIN.search(handle)):
                continue  # the path of a link, or the middle of an e-mail address
            if before.isalpha() and self._is_letter(handle):
                continue
            if not self._lists.is_institution(handle):
                yield Span("handle", start, start + len(handle), 0.95)
        if "u/" in buffer or "user/" in buffer:
            for found in _REDDIT.finditer(buffer):
                start = found.start()
                if start and buffer[start - 1] == "/":
                    start -= 1
                if start and (buffer[start - 1].isalnum() or buffer[start - 1] in "_/.-"):
                    continue
                if not self._lists.is_institution(found.group()):
                    yield Span("handle", start, found.end(), 0.95)

    def _is_letter(self, handle: str) -> bool:
        """Whether the sign before these letters is one in disguise: no name, no mailbox."""
        if not _LETTERS.fullmatch(handle, 1) or self._mail.fullmatch(handle):
            return False
        names, word = self._lists.names, fold(handle[1:])
        return word not in names.first and word not in names.last


RECOGNISER = Handle
