"""The filter of a stream at loopback: a Jetstream in another process, its reader on one core."""

from __future__ import annotations

import json
import multiprocessing
import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.sync.server import ServerConnection, serve

from benchmarks.measuring import one_core
from benchmarks.posts import SINCE, UNTIL
from collectors.bluesky.stream import follow
from monitor.sample import CITIES, sample
from monitor.settings import Settings
from monitor.streams.ties import Ties
from monitor.workspace import Workspace
from nlp.match import Match

LEAST = 20_000  # events a second
_START = datetime(2026, 9, 21, tzinfo=UTC)
_START_US = int(_START.timestamp() * 1e6)
_READY = 300_000  # events that are made before the clock runs
_AT_ONCE = 200  # messages written at a time: the server must not be what is measured
# Of the events of the network about as many are of somewhere else as the sample's are not.
_ELSEWHERE = 9


def measure(events: int = 300_000, texts: int = 5_000) -> dict[str, Any]:
    """Events a second from socket to page; share that passes the filter."""
    mine, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs, events, texts), daemon=True
    )
    server.start()
    port = mine.recv()
    one_core()
    workspace = Workspace(Settings())
    patterns = next(s for s in workspace.tagger.steps if isinstance(s, Match)).patterns
    ties = Ties(patterns, workspace.registry)
    end = _START + timedelta(microseconds=events - 1)  # a commit: what tells of others ends nothing
    seen = kept = early = 0
    began = spent = 0.0
    address = f"ws://127.0.0.1:{port}/subscribe"
    # the clock stands at the stream's beginning: a pause of the server is no end
    for page in follow(ties, address=address, until=end, now=lambda: _START):
        if not began:  # the first words are met and the socket is open
            began, spent = time.perf_counter(), time.process_time()
            continue
        seen += page.events
        kept += page.page.items.num_rows
        early = early or (_peak_mb() if seen >= events / 10 else 0)
    wall, cpu = time.perf_counter() - began, time.process_time() - spent
    server.terminate()
    return {
        "events": seen,
        "passes": round(kept / seen, 4),
        "per_s": round(seen / wall),
        "per_s_of_processor": round(seen / cpu),
        "peak_at_a_tenth_mb": early,
        "peak_at_the_end_mb": _peak_mb(),
        "least": LEAST,
    }


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def _serve(told: Connection, events: int, texts: int) -> None:
    """Send the events as fast as they are taken; the first are ready before anybody asks."""
    given = list(_texts(texts))

    def part(first: int) -> bytes:
        last = min(first + _AT_ONCE, events + 1)
        return b"".join(_frame(_event(n, given[n % len(given)])) for n in range(first, last))

    ready = [part(n) for n in range(0, min(events + 1, _READY), _AT_ONCE)]

    def send(connection: ServerConnection) -> None:
        try:
            for bytes_ in ready:
                connection.socket.sendall(bytes_)
            for first in range(len(ready) * _AT_ONCE, events + 1, _AT_ONCE):
                connection.socket.sendall(part(first))
            time.sleep(60)
        except (ConnectionClosed, OSError):
            return

    # no pings of its own: they would fall between two halves of what is sent here
    server = serve(send, "127.0.0.1", 0, compression=None, ping_interval=None)
    told.send(server.socket.getsockname()[1])
    server.serve_forever()


def _frame(message: bytes) -> bytes:
    return Frame(Opcode.TEXT, message).serialize(mask=False)


def _texts(count: int) -> Iterator[str]:
    """Invented posts, most of them of somewhere else: place names give way to other words."""
    pages = sample(count, 11, CITIES, SINCE, UNTIL, candidates=0.25)
    for number, item in enumerate(i for page in pages for i in page.items):
        words = item["text"].split()
        is_elsewhere = number % (_ELSEWHERE + 1)
        yield " ".join(w for w in words if not w[:1].isupper()) if is_elsewhere else item["text"]


def _event(number: int, text: str) -> bytes:
    """A commit as Jetstream sends it; one in twenty tells of something else."""
    event: dict[str, Any] = {"did": f"did:plc:{number % 5_000:024d}", "time_us": _START_US + number}
    if number % 20 == 0:
        event |= {"kind": "identity", "identity": {"did": event["did"], "seq": number}}
        return json.dumps(event, separators=(",", ":")).encode()
    record = {
        "$type": "app.bsky.feed.post", "createdAt": "2026-09-21T00:00:00.000Z", "langs": ["de"],
        "text": text, "reply": {"root": {"cid": "bafyreierfunden", "uri": f"at://did:plc:x/{number}"},
                                "parent": {"cid": "bafyreierfunden", "uri": f"at://did:plc:y/{number}"}},
    }  # fmt: skip
    event |= {
        "kind": "commit",
        "commit": {"rev": f"3l{number:011d}", "operation": "create", "rkey": f"3k{number:011d}",
                   "collection": "app.bsky.feed.post", "record": record, "cid": "bafyreierfunden"},
    }  # fmt: skip
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
