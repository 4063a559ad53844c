"""E-mail addresses, plain and spelled out: `a.b@c.de`, `name (at) domain punkt de`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.recognisers import Lists, Span

# Read backwards from the sign, at most as long as a local part may be.
_LOCAL = re.compile(r"[\w.+\-'%~]{1,64}")
_LOCAL_LENGTH = 64
_PLAIN = re.compile(r"(?<=[\w+\-'%~])@(?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}")
_OPEN, _CLOSE = r"\s{0,2}[(\[{<]\s{0,2}", r"\s{0,2}[)\]}>]\s{0,2}"


def _spelled(at: str, dot: str) -> re.Pattern[str]:
    """The sign in brackets, or the word between two others before a spelled-out dot."""
    return re.compile(
        rf"(?:{_OPEN}{at}{_CLOSE}|\s{{0,2}}(?<=\s)at(?=\s)\s{{0,2}})(?P<domain>[\w-]{{1,63}}"
        rf"(?:(?P<dot>{_OPEN}(?:\.|{dot}){_CLOSE}|\s{dot}\s|\.)[\w-]{{2,63}}){{1,5}})",
        re.IGNORECASE,
    )


class Email:
    def __init__(self, lists: Lists) -> None:
        at = lists.numbers.one_of("at")
        self._spelled = _spelled(at, lists.numbers.one_of("dot"))
        self.hint = rf"@|(?i)\W(?:at|{at})\W"

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        for found in _PLAIN.finditer(buffer):
            at = found.start()
            local = _local(buffer, at).lstrip(".'")
            if local.rstrip(".'"):
                yield Span("email", at - len(local), found.end(), 1.0)
        for found in self._spelled.finditer(buffer):
            start = found.start()
            local = _local(buffer, start)
            bracketed = buffer[start : found.start("domain")].strip()[:1] in "([{<"
            if local and (bracketed or found["dot"].strip() != "."):
                yield Span("email", start - len(local), found.end(), 0.9)


def _local(buffer: str, end: int) -> str:
    """The local part that ends at `end`; empty if none does."""
    found = _LOCAL.match(buffer[max(0, end - _LOCAL_LENGTH) : end][::-1])
    return found.group()[::-1] if found else ""


RECOGNISER = Email
