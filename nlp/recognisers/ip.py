"""IP addresses of version 4 and 6; version numbers and clock times are none."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from nlp.recognisers import Lists, Span

_FOUR = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_SIX = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")
_NO_VERSION = 100


class Ip:
    hint = r"\d\.\d{1,3}\.\d{1,3}\.\d|[0-9A-Fa-f]:[0-9A-Fa-f]{0,4}:|::"

    def __init__(self, lists: Lists) -> None:
        version = lists.numbers.one_of("version")
        self._version = re.compile(rf"(?<!\w){version}\s?$", re.IGNORECASE)

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        for found in _FOUR.finditer(buffer):
            parts = [int(part) for part in found.group().split(".")]
            if max(parts) > 255 or max(parts) < 10:
                continue  # 1.2.3.4 counts chapters and versions
            before = buffer[max(0, found.start() - 10) : found.start()]
            # no program and no law counts its parts from a hundred on
            if parts[0] >= _NO_VERSION or not self._version.search(before):
                yield Span("ip", found.start(), found.end(), 0.9)
        for found in _SIX.finditer(buffer):
            if len(found.group()) < 6:
                continue
            try:
                ipaddress.IPv6Address(found.group())
            except ValueError:
                continue
            yield Span("ip", found.start(), found.end(), 0.9)


RECOGNISER = Ip
