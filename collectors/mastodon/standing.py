"""Whether statuses are still public, asked at the server where each was written.

The ActivityPub address of a status names its server and, at Mastodon, its number there: those are
asked twenty at a time (Mastodon 4.3 and later), and once more one by one where the answer leaves
some out, for it also leaves out accounts that were only made less visible. At other software the
address itself is asked for its ActivityPub object. A server that refuses or is silent says
nothing about its posts, nor does one where nothing is there and which is no such server any more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from base.errors import BadInput, UniteError
from collectors.collector import Access
from collectors.errors import AccessRefused, Gone, WrongShape
from collectors.http import Http
from collectors.http.address import is_private, origin, read_address
from collectors.mastodon.server import asked, connect

BATCH = 20  # the most statuses a server gives by number
_AT_MASTODON = re.compile(r"/(?:ap/)?users/[^/]+/statuses/(\d+)")
_OBJECT = {"accept": "application/activity+json"}


def still_public(native_ids: Sequence[str], access: Access) -> dict[str, bool]:
    """Whether each status is still public; what its server does not tell is left out.

    Raises what a server raised (CollectError) where none told anything.
    """
    found: dict[str, bool] = {}
    error: UniteError | None = None
    for base, statuses in _by_server(native_ids).items():
        try:
            found |= _ask_server(base, statuses, access.http)
        except UniteError as failure:
            error = failure
    if error is not None and not found:
        raise error
    return found


def _by_server(native_ids: Sequence[str]) -> dict[str, dict[str, str | None]]:
    """Native ids by their server, each with its number there, if it is a Mastodon's."""
    servers: dict[str, dict[str, str | None]] = {}
    for native in native_ids:
        try:
            address = read_address(native)
        except BadInput:
            continue
        if is_private(address.host):  # a stranger's word is no key to a private network
            continue
        number = _AT_MASTODON.fullmatch(address.path)
        servers.setdefault(origin(address), {})[native] = number[1] if number else None
    return servers


def _ask_server(base: str, statuses: Mapping[str, str | None], http: Http) -> dict[str, bool]:
    api = connect(base, Access(http), None)
    numbered = [(native, number) for native, number in statuses.items() if number]
    others = [native for native, number in statuses.items() if not number]
    told: dict[str, bool | None] = {}
    for start in range(0, len(numbered), BATCH):
        batch = numbered[start : start + BATCH]
        there = _there(api, base, [number for _, number in batch])
        for native, number in batch:
            told[native] = number in there or _stands(base, partial(api.status, number))
    for native in others:
        told[native] = _stands(base, partial(http.get, native, headers=_OBJECT))
    found = {native: is_there for native, is_there in told.items() if is_there is not None}
    if any(found.values()) or not found or _is_server(base, http):
        return found
    return {}


def _there(api: Any, base: str, numbers: list[str]) -> frozenset[str]:
    """Those that the server gives when asked for all at once; none where it cannot."""
    try:
        answer = asked(base, lambda: api.statuses(numbers))
    except (Gone, WrongShape):  # before 4.3
        return frozenset()
    if not isinstance(answer, list):
        return frozenset()
    return frozenset(str(dict.get(s, "id")) for s in answer if isinstance(s, dict))


def _stands(base: str, ask: Callable[[], object]) -> bool | None:
    """Whether one status is there; None where the server refuses to tell."""
    try:
        asked(base, ask)
    except Gone:
        return False
    except (AccessRefused, WrongShape):
        return None
    return True


def _is_server(base: str, http: Http) -> bool:
    """Whether such a server still stands there: each says what it runs."""
    try:
        found = http.get(f"{base}/.well-known/nodeinfo").json()
    except UniteError:
        return False
    return isinstance(found, dict) and "links" in found
