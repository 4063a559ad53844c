"""Addresses: which ones are asked, and where a redirect may lead.

A redirect stays in its scheme (http may rise to https), and from a public host it never leads
into a private network: an address in a list of sources must not become a key to the town hall.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

import httpx

from base.errors import BadInput
from collectors.errors import WrongShape

REDIRECTS = (301, 302, 303, 307, 308)


def read_address(given: str, params: Mapping[str, str | int] | None = None) -> httpx.URL:
    """The address to ask. Raises BadInput, without repeating what may hold a token."""
    try:
        address = httpx.URL(given)
        if params:
            address = address.copy_merge_params(dict(params))
    except (httpx.InvalidURL, ValueError) as error:
        raise BadInput("the address cannot be read", expected="https://…") from error
    # a bracket that is not closed comes back as %5B: no host has such a letter
    if address.scheme not in ("http", "https") or not address.host or "%" in address.host:
        raise BadInput("the address is not http or https", expected="https://…")
    return address


def onward(address: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads. Raises WrongShape where we do not follow."""
    host = address.host
    if not location:
        raise WrongShape("redirected to no address", where=host)
    try:
        target = address.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise WrongShape("redirected to no address", where=host) from error
    if target.scheme != address.scheme and (address.scheme, target.scheme) != ("http", "https"):
        raise WrongShape("redirected to another scheme", where=host, expected=address.scheme)
    if is_private(target.host) and not is_private(host):
        raise WrongShape("redirected into a private network", where=host)
    return target


def is_private(host: str) -> bool:
    """Whether a host is this machine or a private network by its name or number."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return False


def origin(address: httpx.URL) -> str:
    """Scheme, host and port."""
    return f"{address.scheme}://{address.netloc.decode('ascii')}"
