"""The body of one answer, read piece by piece under a limit.

The limit holds for the bytes on the wire and for what they unfold to, and it is asked before
memory is: a compressed answer is unfolded at most up to one byte beyond the limit.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

import httpx

from collectors.errors import Unreachable, WrongShape

ENCODINGS = "gzip, deflate"  # what we ask for and can unfold under a limit
_ANY_HEADER = 47  # zlib: gzip or zlib header, told apart by itself
_NO_HEADER = -15  # what some servers send as "deflate"


class _Inflater:
    """Unfolds gzip (also several members) or deflate, never more than asked for."""

    def __init__(self, encoding: str) -> None:
        self._inflate = zlib.decompressobj(_ANY_HEADER)
        self._may_lack_header = encoding == "deflate"
        self.is_started = False

    def unfold(self, data: bytes, most: int) -> bytes:
        """At most `most` + 1 bytes; that many mean there would be more."""
        out = bytearray()
        self.is_started = True
        while data and len(out) <= most:
            if self._inflate.eof:
                if not data.strip(b"\0"):
                    break
                self._inflate = zlib.decompressobj(_ANY_HEADER)
            try:
                out += self._inflate.decompress(data, most + 1 - len(out))
            except zlib.error:
                if not self._may_lack_header:
                    raise
                self._inflate = zlib.decompressobj(_NO_HEADER)
                out += self._inflate.decompress(data, most + 1 - len(out))
            self._may_lack_header = False
            data = self._inflate.unused_data or self._inflate.unconsumed_tail
        return bytes(out)

    @property
    def is_whole(self) -> bool:
        return self._inflate.eof or not self.is_started


def read_body(response: httpx.Response, most: int, where: str, check: Callable[[], None]) -> bytes:
    """The unfolded body. `check` is called at each piece and raises when time is over.

    Raises WrongShape for an answer over the limit or in an encoding that nobody asked for,
    Unreachable for one that is damaged or ends too early.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    inflater = None if encoding in ("identity", "") else _inflater(encoding, where)
    parts: list[bytes] = []
    wire = size = 0
    assert isinstance(response.stream, httpx.SyncByteStream)
    for piece in response.stream:
        check()
        wire += len(piece)
        if inflater is not None:
            try:
                piece = inflater.unfold(piece, most - size)
            except zlib.error as error:
                raise Unreachable("the compressed answer is damaged", where=where) from error
        size += len(piece)
        if max(wire, size) > most:
            raise WrongShape(
                "the answer is too large", where=where, expected=f"at most {most:,} bytes"
            )
        parts.append(piece)
    check()  # a connection shut at the deadline looks like an answer that ended
    if inflater is not None and not inflater.is_whole:
        raise Unreachable("the compressed answer ends too early", where=where)
    return b"".join(parts)


def _inflater(encoding: str, where: str) -> _Inflater:
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise WrongShape("an encoding that was not asked for", where=where, expected=ENCODINGS)
    return _Inflater(encoding)
