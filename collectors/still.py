"""Whether posts whose native ids are addresses still stand, asked one by one at their servers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from base.errors import BadInput
from collectors.collector import Access
from collectors.errors import AccessRefused, Gone, RateLimited, Unreachable, WrongShape
from collectors.http.address import is_private, read_address


def is_askable(native_id: str) -> bool:
    """Whether a native id is an address; a file may bring another."""
    try:
        read_address(native_id)
    except BadInput:
        return False
    return True


def still(
    native_ids: Sequence[str], access: Access, ask: Callable[[str], bool | None]
) -> dict[str, bool]:
    """What each server told; a refusal, silence or None tells nothing and is left out.

    An id came with a post and is a stranger's word: one in a private network is not asked,
    unless the installation's own service stands there.
    """
    ours = read_address(access.service).host if access.service else None
    told = {}
    for native in native_ids:
        try:
            host = read_address(native).host
            found = None if is_private(host) and host != ours else ask(native)
        except Gone:
            found = False
        except (AccessRefused, BadInput, RateLimited, Unreachable, WrongShape):
            found = None
        if found is not None:
            told[native] = found
    return told
