"""The stream of all of Bluesky, filtered as it passes.

Jetstream (https://github.com/bluesky-social/jetstream) sends every event of the network as JSON
over a WebSocket. A post is kept only where the caller's `keep` ties its text to a city of the
registry; all others are counted and gone. Posts that are taken back and accounts that are closed
are passed on. A reader that is slow slows the sender down: nothing piles up here.

The network's own stream is read the same way: an address of a relay, or of a single server, that
ends in `com.atproto.sync.subscribeRepos`.

A connection that breaks is opened again a few seconds before the last event, and what has passed
by then is not given again: the cursor remembers it. So a kill loses nothing and doubles nothing.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from base.time import now as wall_clock
from collectors.bluesky import events as bluesky_events
from collectors.bluesky.events import COLLECTION, Event
from collectors.bluesky.passing import REWIND_US, Keep, StreamPage, going_on
from collectors.bluesky.socket import MOST_BYTES, messages
from collectors.collector import Cursor

ADDRESS = "wss://jetstream2.us-east.bsky.network/subscribe"
PAGE_SECONDS = 30.0
_REPOS = "/com.atproto.sync.subscribeRepos"


def follow(
    keep: Keep,
    *,
    address: str = ADDRESS,
    cursor: Cursor | None = None,
    until: datetime | None = None,
    stop: Callable[[], bool] = lambda: False,
    page_seconds: float = PAGE_SECONDS,
    now: Callable[[], datetime] = wall_clock,
    sleep: Callable[[float], None] = time.sleep,
    tls: ssl.SSLContext | None = None,
) -> Iterator[StreamPage]:
    """Pages of the stream from the cursor on; without one, from now.

    keep: the city that a text is about, None if none. until: the moment of the stream to end
    at; else it ends when `stop` says so. tls: whom the connection believes. A page comes at
    least every `page_seconds`; whoever takes it commits its cursor after the merge. Raises
    Unreachable when the stream cannot be opened again and again, RateLimited, AccessRefused,
    Gone, WrongShape, BadInput; what was gathered comes before.
    """
    end_us = None if until is None else int(until.timestamp() * 1_000_000)
    way = _way(address)
    gathered = going_on(keep, way.read, cursor, now)
    stream = messages(
        lambda: way.opening(address, gathered.position), now=now, sleep=sleep, tls=tls
    )
    began = time.monotonic()
    try:
        for message in stream:
            if message is not None:
                gathered.events += 1
                if way.may_matter(message) and not gathered.take(message, end_us):
                    break
            if stop() or (until is not None and now() > until and message is None):
                break
            if gathered.is_full or time.monotonic() - began >= page_seconds:
                if gathered.events:
                    yield gathered.page()
                began = time.monotonic()
    except Exception:
        if gathered.events:
            yield gathered.page()
        raise
    finally:
        stream.close()
    if gathered.events:
        yield gathered.page()


class _Way(Protocol):
    """How one kind of stream is opened and its messages read."""

    def opening(self, address: str, position: int | None) -> str:
        """The address to open, so that what follows the position comes."""

    def may_matter(self, message: bytes) -> bool: ...

    def read(self, message: bytes) -> tuple[Event, ...]: ...


class _Jetstream:
    """Positions are moments: other machines have others, so it is opened a little before."""

    may_matter, read = staticmethod(bluesky_events.may_matter), staticmethod(bluesky_events.read)

    def opening(self, address: str, position: int | None) -> str:
        query = {"wantedCollections": COLLECTION, "maxMessageSizeBytes": str(MOST_BYTES)}
        if position is not None:
            query["cursor"] = str(max(0, position - REWIND_US))
        return _with(address, query)


class _Repos:
    """Positions are the server's own numbers; it goes on after the one it is given."""

    def __init__(self) -> None:
        # the decoder takes a second to import: not before a stream needs it
        from collectors.bluesky import repos as bluesky_repos

        self.may_matter, self.read = bluesky_repos.may_matter, bluesky_repos.read

    def opening(self, address: str, position: int | None) -> str:
        return _with(address, {} if position is None else {"cursor": str(position)})


def _way(address: str) -> _Way:
    return _Repos() if urlsplit(address).path.endswith(_REPOS) else _Jetstream()


def _with(address: str, query: dict[str, str]) -> str:
    if not query:
        return address
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"
