"""E-mail addresses, plain and spelled out: `a.b@c.de`, `name (at) domain punkt de`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.recognisers import Lists, Span

# Read backwards from the sign, at most as long as a local part may be.
_LOCAL = re.compile(r"[\w.+\-'%~]{1,64}")
_LOCAL_LENGTH = 64
_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}")
# The sign in brackets, or the word between two others before a spelled-out dot.
_SPELLED = re.compile(
    r"\s{0,2}(?:[(\[{<]\s{0,2}(?:at|ät|@|apenstaartje|snabel-?a|chiocciola|arobase)\s{0,2}[)\]}>]"
    r"|(?<=\s)at(?=\s))\s{0,2}(?P<domain>[\w-]{1,63}(?:(?P<dot>\s{0,2}[(\[{]\s{0,2}"
    r"(?:\.|dot|punkt|punt|point|punto|punktum)\s{0,2}[)\]}]\s{0,2}"
    r"|\s(?:dot|punkt|punt|point|punto)\s|\.)[\w-]{2,63}){1,5})",
    re.IGNORECASE,
)


class Email:
    hint = r"@|(?i)\W(?:at|ät|apenstaartje|snabel-?a|chiocciola|arobase)\W"

    def __init__(self, lists: Lists) -> None:
        del lists

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        at = buffer.find("@")
        while at >= 0:
            local = _local(buffer, at)
            domain = _DOMAIN.match(buffer, at + 1) if local else None
            if domain and local.strip(".'"):
                yield Span("email", at - len(local.lstrip(".'")), domain.end(), 1.0)
            at = buffer.find("@", domain.end() if domain else at + 1)
        for found in _SPELLED.finditer(buffer):
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
