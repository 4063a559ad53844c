"""Whether a post still stands at its source: by its address, or as its platform tells.

A collector may offer `still_public(native_ids, access)` beside `collect`: it asks the platform's
own interface, several posts at a time, with the keys that its `STILL_NEEDS` names, and about the
ids that its `is_askable` takes: a file may bring others. Other posts are asked by address, within
robots.txt.
An address that came with a post is a stranger's word: one in a private network is not asked,
unless a listed source of the registry stands at the same host.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Protocol

import httpx

from base.errors import BadInput, UniteError
from collectors.collector import Access, Source
from collectors.errors import AccessRefused, RateLimited, Unreachable
from collectors.http import Http
from collectors.http.address import is_private, read_address

_GONE = (404, 410, 451)
_NOWHERE = (".example", ".invalid", ".test")  # reserved names (RFC 6761): samples, nobody's hosts


class Standing(StrEnum):
    """What asking told. All but THERE and GONE mean: not known, ask again another day."""

    THERE = "still public"
    GONE = "gone"
    REFUSED = "refused"
    ROBOTS = "robots.txt"
    WAIT = "asked to wait"
    SILENT = "no answer"
    FRONT = "led to the front page"
    ODD = "odd answer"
    LEFT = "host left alone"
    PRIVATE = "private address"
    FOREIGN = "no id or address to ask by"
    CLOSED = "vault row cannot be opened"


NOT_ASKED = (Standing.LEFT, Standing.PRIVATE, Standing.FOREIGN, Standing.CLOSED)


class StillPublic(Protocol):
    """A collector's own way: whether each post is still public; what is left out is unknown.

    Raises CollectError, as `collect` does.
    """

    def __call__(self, native_ids: Sequence[str], access: Access) -> Mapping[str, bool]: ...


def own_way(platform: str) -> StillPublic | None:
    """How the platform's collector asks, if it has a way of its own."""
    found: StillPublic | None = getattr(_collector(platform), "still_public", None)
    return found


def needed_keys(platform: str) -> Sequence[str]:
    """The keys without which the platform's own way is refused."""
    found: Sequence[str] = getattr(_collector(platform), "STILL_NEEDS", ())
    return found


def takes(platform: str, native_id: str) -> bool:
    """Whether the platform's own way can ask about a post of that native id."""
    if own_way(platform) is None:
        return False
    is_askable = getattr(_collector(platform), "is_askable", None)
    return is_askable is None or bool(is_askable(native_id))


@cache
def _collector(platform: str) -> ModuleType | None:
    name = f"collectors.{platform}"
    module = import_module(name) if find_spec(name) else None
    return module if getattr(module, "COLLECTOR", None) == platform else None


def ask_platform(
    way: StillPublic, native_ids: Sequence[str], access: Access
) -> dict[str, Standing]:
    """The standing of each post, asked in the platform's own way."""
    try:
        told = way(native_ids, access)
    except AccessRefused:  # a key that is missing or refused
        return dict.fromkeys(native_ids, Standing.REFUSED)
    except Exception as error:  # whatever a platform sends must not stop the others
        return dict.fromkeys(native_ids, _reason(error))
    meaning = {True: Standing.THERE, False: Standing.GONE}
    return {
        native: meaning[told[native]] if native in told else Standing.ODD for native in native_ids
    }


def ask_address(address: httpx.URL, http: Http) -> Standing:
    """The standing of the post at an address."""
    try:
        answer = http.status(str(address), robots=True)
    except (UniteError, ValueError) as error:
        return _reason(error)
    if answer.status in _GONE:
        return Standing.GONE
    if not answer.is_unchanged and not 200 <= answer.status < 300:
        return Standing.REFUSED if answer.status in (401, 402, 403, 407) else Standing.ODD
    if httpx.URL(answer.address).path in ("", "/") and address.path not in ("", "/"):
        return Standing.FRONT  # a post that went, or a page of consent: nobody can tell
    return Standing.THERE


def _reason(error: Exception) -> Standing:
    if isinstance(error, AccessRefused):
        return Standing.ROBOTS  # of an address: the only refusal that is raised
    if isinstance(error, RateLimited):
        return Standing.WAIT
    return Standing.SILENT if isinstance(error, Unreachable) else Standing.ODD


def host_of(address: httpx.URL) -> str:
    """Host and port, as a person would type them."""
    return address.netloc.decode("ascii")


def read(address: str | None, listed: frozenset[str]) -> httpx.URL | None:
    """An address of the vault as it may be asked; None for a private one or none at all."""
    try:
        found = read_address(address or "")
    except BadInput:
        return None
    is_nowhere = is_private(found.host) or found.host.endswith(_NOWHERE)
    return None if is_nowhere and host_of(found) not in listed else found


def listed_hosts(sources: Iterable[Source]) -> frozenset[str]:
    """Hosts that somebody wrote into the registry."""
    found = set()
    for source in sources:
        try:
            found.add(host_of(read_address(source.address)))
        except BadInput:  # the name of a community, not an address
            continue
    return frozenset(found)
