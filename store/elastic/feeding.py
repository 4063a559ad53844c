"""Bulk requests with back-pressure: bounded in bytes, a few under way at once, patient.

What the server is too busy for (429) or cannot take at this moment (a node that is gone, a
master being chosen) is sent again, later and later: documents are written whole under their own
id, so that twice is once. What it refuses for good is told with reason and field, never with
content, and the others go on.

Raises what the client raises when patience is over.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

from elasticsearch import ApiError, ConnectionError, Elasticsearch

from store.elastic.translate import of_item

MOST_BYTES = 5 << 20
UNDER_WAY = 2
PATIENCE = 10  # tries; the last waits about a minute
_BUSY = frozenset({408, 429, 502, 503, 504})
_FIELD = re.compile(r"field \[([\w.]+)\]|mapping set to strict.*\[([\w.]+)\]")
_ANSWERED = ("errors", "items.*.status", "items.*.error.type", "items.*.error.reason")


@dataclass(frozen=True)
class RefusedRow:
    """A row that the index cannot hold. key: `id:home`; reason: the server's word for it."""

    key: str
    reason: str
    field: str


@dataclass(frozen=True)
class Action:
    """What to do with one document. lines: as a bulk request wants them."""

    key: str
    lines: bytes


class Feeder:
    """Sends actions to one index after another; close it to be sure that all is there.

    alive: called before each request; what it raises ends the feeding. refused: called for each
    row that the server refuses.
    """

    def __init__(
        self,
        client: Elasticsearch,
        alive: Callable[[], None],
        refused: Callable[[RefusedRow], None],
    ) -> None:
        self._client = client.options(max_retries=0)
        self._alive, self._refused = alive, refused
        self._pool = ThreadPoolExecutor(UNDER_WAY, thread_name_prefix="feed")
        self._under_way: list[Future[list[RefusedRow]]] = []
        self._index, self._size = "", 0
        self._waiting: list[Action] = []

    def __enter__(self) -> Feeder:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def feed(self, index: str, actions: Iterable[Action]) -> None:
        """Send them, by and by: what waits and what is under way is bounded, see `settle`."""
        if index != self._index:
            self._flush()
            self._index = index
        for action in actions:
            self._waiting.append(action)
            self._size += len(action.lines)
            if self._size >= MOST_BYTES:
                self._flush()

    def settle(self) -> None:
        """Wait until all that was fed is there."""
        self._flush()
        while self._under_way:
            self._take(self._under_way.pop(0))

    def _flush(self) -> None:
        if self._waiting:
            self._alive()
            if len(self._under_way) >= UNDER_WAY:
                self._take(self._under_way.pop(0))
            sending = self._pool.submit(self._send, self._index, self._waiting)
            self._under_way.append(sending)
            self._waiting, self._size = [], 0

    def _take(self, sent: Future[list[RefusedRow]]) -> None:
        for refused in sent.result():
            self._refused(refused)

    def _send(self, index: str, chunk: Sequence[Action]) -> list[RefusedRow]:
        refused: list[RefusedRow] = []
        for turn in range(PATIENCE):
            if turn:
                # the last sleeps are long: a server that restarts needs its time
                time.sleep(min(15.0, 0.1 * 2**turn) * random.uniform(0.5, 1.0))
            is_last = turn == PATIENCE - 1
            try:
                answer = self._client.bulk(
                    index=index,
                    operations=cast("list[dict[str, Any]]", [action.lines for action in chunk]),
                    filter_path=_ANSWERED,
                )
            except ConnectionError:
                if is_last:
                    raise
                continue
            except ApiError as error:
                if error.status_code not in _BUSY or is_last:
                    raise
                continue
            if not answer["errors"]:
                return refused
            again = []
            for action, item in zip(chunk, answer["items"], strict=True):
                told = next(iter(item.values()))
                wrong = told.get("error", {})
                if told["status"] in _BUSY and not is_last:
                    again.append(action)
                elif wrong and (fault := of_item(told["status"], wrong)):
                    raise fault  # not the row is wrong: it must not be lost
                elif wrong:
                    refused.append(_refused(action, wrong))
            if not again:
                return refused
            chunk = again
        return refused


def _refused(action: Action, error: dict[str, Any]) -> RefusedRow:
    """The server's reason may quote the document: its kind and the field are told, no more."""
    found = _FIELD.search(error.get("reason", ""))
    named = next((name for name in found.groups() if name), "") if found else ""
    return RefusedRow(action.key, str(error.get("type")), named)
