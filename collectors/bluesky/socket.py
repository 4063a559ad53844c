"""One WebSocket of a stream that is opened again when it breaks.

What a broken connection or a refusal means stands in the one map of `http_errors`.
"""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from datetime import datetime
from urllib.parse import urlsplit

from websockets.exceptions import (
    ConnectionClosed,
    InvalidProxy,
    InvalidStatus,
    InvalidURI,
    ProxyError,
    WebSocketException,
)
from websockets.sync.client import ClientConnection, connect

from base.errors import BadInput, Transient, UniteError
from collectors.errors import Unreachable, WrongShape
from collectors.http import AGENT
from collectors.http.errors import PROXIES, refusal, translate
from collectors.http.trust import trust

MOST_BYTES = 2_000_000  # of one message; the server is asked to leave out larger ones
TRIES = 6  # to open it without one message in between
LONGEST_PAUSE = 60.0
SILENCE = 60.0  # seconds without a message after which a connection counts as broken
_TURN = 1.0  # seconds of waiting for a message before the reader is asked whether to go on
_TOO_LARGE = 1009


def messages(
    address: Callable[[], str],
    *,
    now: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
    silence: float = SILENCE,
    tls: ssl.SSLContext | None = None,
) -> Generator[bytes | None]:
    """Messages, whichever connection brings them, and None when none came for a moment.

    address: asked at each opening. tls: whom it believes, of a wss address. Raises CollectError,
    BadInput. Closing the generator closes the connection.
    """
    host = urlsplit(address()).hostname or "the stream"
    failures = 0
    while True:
        try:
            with _connection(address(), tls) as connection:
                for message in _read(connection, silence):
                    failures = 0 if message is not None else failures
                    yield message
        except (WebSocketException, OSError) as error:
            ours = _ours(error, host, now())
            failures += 1
            if not isinstance(ours, Transient) or failures >= TRIES:
                raise ours from error
            pause = min(LONGEST_PAUSE, 2.0 ** (failures - 1)) * random.uniform(0.5, 1.0)
            sleep(max(ours.retry_after or 0.0, pause))
            yield None


def _connection(
    address: str, tls: ssl.SSLContext | None
) -> AbstractContextManager[ClientConnection]:
    is_sealed = address.startswith("wss:")
    found: AbstractContextManager[ClientConnection] = connect(
        address,
        ssl=(tls or trust()) if is_sealed else None,
        max_size=2 * MOST_BYTES,
        compression=None,
        open_timeout=20,
        close_timeout=1,
        user_agent_header=AGENT,
    )
    return found


def _read(connection: ClientConnection, silence: float) -> Generator[bytes | None]:
    heard = time.monotonic()
    while True:
        try:
            message = connection.recv(timeout=_TURN, decode=False)
        except TimeoutError:
            if time.monotonic() - heard > silence:
                raise
            yield None
            continue
        yield message if isinstance(message, bytes) else message.encode()
        heard = time.monotonic()


def _ours(error: Exception, host: str, now: datetime) -> UniteError:
    if isinstance(error, InvalidURI):
        return BadInput("no address of a stream", expected="wss://…")
    if isinstance(error, (ProxyError, InvalidProxy)):
        return Unreachable("the proxy refused the connection", where=host, hint=PROXIES)
    if isinstance(error, InvalidStatus):
        answer = error.response
        found = refusal(answer.status_code, answer.headers, host, now)
        return found or WrongShape("no WebSocket stands there", where=host)
    if isinstance(error, ConnectionClosed) and error.sent and error.sent.code == _TOO_LARGE:
        return WrongShape(
            "a message too large", where=host, expected=f"at most {MOST_BYTES:,} bytes"
        )
    if isinstance(error, OSError):
        return translate(error, host)
    return Unreachable("the stream broke off", where=host)
