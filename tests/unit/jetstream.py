"""A server on this machine that speaks Jetstream's JSON about invented posts."""

from __future__ import annotations

import contextlib
import http
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

START_US = 1_790_000_000_000_000  # September 2026


def commit(
    number: int, text: str | None = None, *, operation: str = "create", who: str = "jemand",
    key: int | None = None, collection: str = "app.bsky.feed.post", **record: Any,
) -> dict[str, Any]:  # fmt: skip
    """A commit event; its moment is `number` tenths of a second after the start."""
    event: dict[str, Any] = {
        "did": f"did:plc:{who}",
        "time_us": START_US + number * 100_000,
        "kind": "commit",
        "commit": {
            "rev": f"3l{number:09d}", "operation": operation, "collection": collection,
            "rkey": f"3k{number if key is None else key:06d}",
        },
    }  # fmt: skip
    if operation != "delete":
        event["commit"]["cid"] = "bafyreierfunden"
        event["commit"]["record"] = {
            "$type": collection, "createdAt": "2026-09-21T00:00:00.000Z", "text": text, **record,
        }  # fmt: skip
    return event


def account(number: int, who: str, *, active: bool, status: str | None = None) -> dict[str, Any]:
    did = f"did:plc:{who}"
    state = {"active": active, "did": did, "seq": number, "time": "2026-09-21T00:00:00Z"}
    return {"did": did, "time_us": START_US + number * 100_000, "kind": "account",
            "account": state | ({"status": status} if status else {})}  # fmt: skip


@dataclass
class Jetstream:
    """Sends `events` from the cursor on, then waits for more.

    breaks: after how many messages of each connection, in turn, it is cut; none left: never.
    refuses: statuses with which openings are refused, in turn. live: where a connection
    without a cursor begins.
    """

    events: list[dict[str, Any] | bytes] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    refuses: list[int] = field(default_factory=list)
    live: int = 0
    openings: list[dict[str, str]] = field(default_factory=list)
    sent: int = 0
    port: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    on_send: Callable[[int], None] = lambda _: None

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.port}/subscribe"

    def opened(self, connection: ServerConnection, request: Request) -> Response | None:
        query = {k: v[0] for k, v in parse_qs(urlsplit(request.path).query).items()}
        self.openings.append(query)
        if self.refuses:
            return connection.respond(http.HTTPStatus(self.refuses.pop(0)), "no\n")
        return None

    def serve(self, connection: ServerConnection) -> None:
        begin = self.openings[-1].get("cursor")
        limit = self.breaks.pop(0) if self.breaks else None
        position = self.live if begin is None else 0
        number = 0
        with contextlib.suppress(ConnectionClosed, OSError):
            while not self.ended.is_set():
                if position == len(self.events):
                    self.ended.wait(0.01)
                    continue
                event = self.events[position]
                position += 1
                if isinstance(event, dict) and begin and event.get("time_us", 0) < int(begin):
                    continue
                if limit is not None and number == limit:
                    connection.socket.close()  # as a cable that is cut
                    return
                number += 1
                connection.send(
                    event.decode("utf-8", "replace")
                    if isinstance(event, bytes)
                    else json.dumps(event, separators=(",", ":"), ensure_ascii=False)
                )
                self.sent += 1
                self.on_send(self.sent)


@contextmanager
def streaming(**given: Any) -> Iterator[Jetstream]:
    stream = Jetstream(**given)
    server: Server = serve(
        stream.serve, "127.0.0.1", 0, process_request=stream.opened, compression=None
    )
    stream.port = server.socket.getsockname()[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stream
    finally:
        stream.ended.set()
        server.shutdown()
        thread.join()
