"""What a person reads when a look at a source fails: which source it is, and what to do about it.

A collector says what it knows; what it leaves open is filled in here, once for all of them.
"""

from __future__ import annotations

from base.errors import UniteError
from collectors.collector import Source, where_to_get
from collectors.errors import AccessRefused, Gone, RateLimited, Unreachable, WrongShape

_NOTHING_LOST = "nothing is lost: the next look begins where this one did"
_HINTS: tuple[tuple[type[UniteError], str], ...] = (
    (RateLimited, f"look again later; {_NOTHING_LOST}"),
    (Unreachable, f"look again later; {_NOTHING_LOST}"),
    (WrongShape, "open the address: if it shows what it did, the platform has changed; report it"),
    (Gone, "open the address; if nothing is there any more, take the source out"),
)


def tell_source(error: UniteError, source: Source) -> None:
    """Let an error say its source; the host that was asked comes in front of what is wrong."""
    if error.where != source.where:
        error.what = error.what if error.where is None else f"{error.where}: {error.what}"
        error.where = source.where
    if error.hint is None:
        error.hint = next((hint for kind, hint in _HINTS if isinstance(error, kind)), None)
    if isinstance(error, WrongShape) and error.expected is None:
        error.expected = f"an answer as {source.platform} promises it"
    page = where_to_get(source.platform)
    if isinstance(error, AccessRefused) and page not in (error.hint or ""):
        error.hint = f"{error.hint}; {page}" if error.hint else page
