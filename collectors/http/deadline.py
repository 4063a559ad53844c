"""The end of one exchange: a time-out for the whole of it, not only for each read.

A server that sends one byte now and then never trips a read time-out. When the time is over
the socket is shut down from a timer, so that the read that waits on it returns at once.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

import httpx


class Deadline:
    """`with Deadline(...) as d`, and `extensions={"trace": d.trace}` on the request."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._end = clock() + seconds
        self._stream: Any = None
        self.is_over = False
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Learns the connection in use from httpcore's trace of events."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = info["return_value"]
            if self.is_over:
                self._shut()

    def check(self) -> None:
        """Raises httpx.ReadTimeout when the time is over."""
        if self.is_over or self._clock() > self._end:
            raise httpx.ReadTimeout("the whole answer took too long")

    def _shut(self) -> None:
        self.is_over = True
        stream = self._stream
        if stream is not None:
            with contextlib.suppress(OSError, AttributeError):
                # past SSLSocket.shutdown, which would take the session from the reader's hands
                socket.socket.shutdown(stream.get_extra_info("socket"), socket.SHUT_RDWR)
