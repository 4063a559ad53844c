"""Handles of accounts: `@name`, `@name@server.social`, `u/name`.

`r/name` is a forum, not a person. Handles of institutions are kept by list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.recognisers import Lists, Span

# The server part must look like one, so that `@a@b` in a game of letters is two handles.
_AT = re.compile(r"@(?:\w[\w.-]{0,63}@(?:[\w-]{1,63}\.){1,5}\w{2,63}|\w[\w.-]{0,99})")
_DOMAIN = re.compile(r"\.[^\W\d_]{2,63}$")  # glued to letters, only this makes it an address
_REDDIT = re.compile(r"u(?:ser)?/[A-Za-z0-9_-]{3,20}(?![\w/-])")


class Handle:
    hint = r"@|\bu/|\buser/"

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        for found in _AT.finditer(buffer):
            start = found.start()
            handle = found.group().rstrip(".-")
            before = buffer[start - 1 : start]
            if before == "/" or ((before.isalnum() or before == "_") and _DOMAIN.search(handle)):
                continue  # the path of a link, or the middle of an e-mail address
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


RECOGNISER = Handle
