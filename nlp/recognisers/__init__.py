"""What identifies a person, one recogniser a file; found by listing this folder.

A file with a constant RECOGNISER is a recogniser: called with `Lists` it gives a value whose
`find` yields spans. Finding stands apart from replacing: what becomes of a span, and of two that
overlap, is decided in `nlp/scrub.py` alone.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from base.text import fold
from nlp.recognisers.names import Names
from nlp.recognisers.naming import Naming
from nlp.recognisers.numbers import Numbers

BREAK = "\0"  # between two posts of one buffer; no text holds it after `base.text.nfc`


class Span(NamedTuple):
    """Where something personal stands: type, half-open code points, how sure (0 to 1)."""

    type: str
    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Lists:
    """What the recognisers know; all of it is data that somebody maintains.

    public_names: folded full names of office holders. institutions: handles that are kept, with
    or without `@`. hotlines: telephone numbers that are kept, in any notation.
    """

    naming: Naming
    names: Names
    numbers: Numbers = field(default_factory=Numbers)
    public_names: frozenset[str] = field(default=frozenset(), repr=False)
    institutions: frozenset[str] = field(default=frozenset(), repr=False)
    hotlines: frozenset[str] = field(default=frozenset(), repr=False)

    def is_institution(self, handle: str) -> bool:
        folded = fold(handle.lstrip("@"))
        return folded in self.institutions or "@" + folded in self.institutions


class Recogniser(Protocol):
    """Finds spans in a buffer: posts of one language with BREAK between them.

    hint: an RE2 expression; a post that it does not match holds nothing to find. No span may
    reach over a BREAK, and time must grow no faster than the buffer.
    """

    @property
    def hint(self) -> str: ...

    def find(self, buffer: str, lang: str) -> Iterator[Span]: ...


def recognisers(lists: Lists) -> tuple[Recogniser, ...]:
    """One of each, in the order of their file names."""
    found: list[Recogniser] = []
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        made: Callable[[Lists], Recogniser] | None = getattr(
            importlib.import_module(f"{__name__}.{module}"), "RECOGNISER", None
        )
        if made is not None:
            found.append(made(lists))
    return tuple(found)
