"""One long answer, piece by piece as it comes: what a server says the moment it happens.

It may last for days, so only silence ends it: `quiet` seconds without a piece. Raises what
`collectors/http` raises, and nothing is repeated here: whoever follows knows where to go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from collectors.errors import WrongShape
from collectors.http import Http
from collectors.http.address import REDIRECTS, read_address
from collectors.http.errors import FOREIGN, refusal, translate


@contextmanager
def stream(
    http: Http, address: str, *, headers: Mapping[str, str], quiet: float
) -> Iterator[Iterator[bytes]]:
    """The pieces of an answer while they come. Raises CollectError, also while they are read."""
    url = read_address(address)
    try:
        with http.opened(url, headers, httpx.Timeout(quiet, connect=http.limits.connect)) as found:
            if found.status_code in REDIRECTS:
                raise WrongShape("a stream was redirected", where=url.host)
            refused = refusal(found.status_code, found.headers, url.host, http.now())
            if refused is not None:
                raise refused
            yield _pieces(found, url.host)
    except FOREIGN as error:
        raise translate(error, url.host) from error


def _pieces(found: httpx.Response, host: str) -> Iterator[bytes]:
    # translated here, where the reader can still catch it and open again
    try:
        yield from found.iter_raw()
    except FOREIGN as error:
        raise translate(error, host) from error


def events(pieces: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Server-sent events as they are written, an empty line at the end of each.

    A comment (a line that begins with a colon: a sign of life) comes out alone. Raises
    WrongShape for an event over `most` bytes.
    """
    held = b""
    for piece in pieces:
        held = (held + piece).lstrip(b"\n")
        while True:
            end = b"\n" if held.startswith(b":") else b"\n\n"
            whole, found, rest = held.partition(end)
            if not found:
                break
            yield whole + found
            held = rest.lstrip(b"\n")
        if len(held) > most:
            raise WrongShape("an event is too large", expected=f"at most {most:,} bytes")
