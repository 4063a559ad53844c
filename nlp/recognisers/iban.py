"""IBANs, with and without spaces; length by country and checksum decide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from stdnum import iban, numdb

from nlp.recognisers import Lists, Span

_CANDIDATE = re.compile(r"(?<![^\W_])[A-Za-z]{2}[ \u00a0]?\d{2}(?:[ \u00a0.-]?[A-Za-z0-9]){11,30}")
_LENGTHS = re.compile(r"(\d+)!")


@lru_cache(maxsize=256)
def _length(country: str) -> int:
    """How many signs the country's IBAN has; 0 where there is none."""
    for _, properties in numdb.get("iban").info(country):
        if "bban" in properties:
            return 4 + sum(map(int, _LENGTHS.findall(properties["bban"])))
    return 0


class Iban:
    hint = r"[A-Za-z]{2}[ \x{a0}]?\d{2}[ \x{a0}.-]?[A-Za-z0-9]{2}"

    def __init__(self, lists: Lists) -> None:
        del lists

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        at = 0
        while found := _CANDIDATE.search(buffer, at):
            at = found.start() + 2
            length = _length(found.group()[:2].upper())
            signs = [i for i, c in enumerate(found.group()) if c.isalnum()][:length]
            if not length or len(signs) < length:
                continue
            end = found.start() + signs[-1] + 1
            if buffer[end : end + 1].isalnum():
                continue
            if iban.is_valid("".join(found.group()[i] for i in signs), check_country=False):
                yield Span("iban", found.start(), end, 1.0)
                at = end


RECOGNISER = Iban
