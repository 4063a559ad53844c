"""A place on Mastodon followed as it happens: new statuses, edits, and those taken back.

The stream is opened first, then what was missed is caught up from the cursor (`mastodon.collect`),
then the events are told. A stream that breaks is opened again in the same way, so nothing is lost
in between; what comes twice is merged into one. Streams need a token since Mastodon 4.2.

Source: https://docs.joinmastodon.org/methods/streaming/; events are read by Mastodon.py.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any
from urllib.parse import quote, urlsplit

from base.errors import BadInput
from collectors.collector import Access, Cursor, Page, Source, Window
from collectors.errors import Unreachable, WrongShape
from collectors.http.address import is_private
from collectors.http.stream import events, stream
from collectors.items import page_items
from collectors.mastodon import collect, cursor_at, read_reached
from collectors.mastodon.paging import native_id
from collectors.mastodon.reader import Reader, newer
from collectors.mastodon.server import (
    PLATFORM,
    Place,
    Status,
    asked,
    closed,
    connect,
    read_place,
    token,
)
from collectors.session import told

GATHERED = timedelta(seconds=30)  # how long statuses are held to make a page
MOST_HELD = 200
MOST_KNOWN = 10_000  # statuses whose deletion can be told by their native id
QUIET = 60.0  # seconds; servers give a sign of life every 15
_MOST_BYTES = 1_000_000
_ANY_TIME = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True)
class TakenBack:
    """Statuses that their authors or servers have deleted: native ids, as in ITEM."""

    native_ids: tuple[str, ...]


def follow(
    source: Source,
    cursor: Cursor | None,
    access: Access,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Page | TakenBack]:
    """Pages and deletions for as long as the caller listens, or until `stop` says so.

    Opens again what breaks; what cannot be opened raises CollectError, as `collect` does. Raises
    BadInput for an account, which has no stream. A deletion is told where the status came by in
    this stream among the last MOST_KNOWN; `still_public` finds the others.
    """
    place = read_place(source, access.service)
    if place.account:
        raise BadInput("an account has no stream", where=f"source {source.code!r}",
                       expected="a hashtag or a local timeline")  # fmt: skip
    access.key(PLATFORM, "token")
    key = token(access.keys["token"], place.server)
    address = _address(place, access, key)
    headers = {"authorization": f"Bearer {key}"} if key else {}
    told_of = _Told(source, place, access)
    while True:
        with (
            told(source.where, closed()),
            stream(access.http, address, headers=headers, quiet=QUIET) as pieces,
        ):
            now = access.http.now()
            for page in collect(source, Window(now - GATHERED, now), cursor, access):
                cursor = page.cursor or cursor
                yield page
            is_alive = False
            try:
                blocks = takewhile(lambda _: not stop(), events(pieces, _MOST_BYTES))
                for found in told_of.read(blocks, cursor):
                    if isinstance(found, Page):
                        cursor = found.cursor or cursor
                    if found is not None:
                        yield found
                    is_alive = True
            except Unreachable:
                if not is_alive:
                    raise
            if stop():
                return
            if not is_alive:
                raise Unreachable("the stream closed at once", where=place.server)


class _Told:
    """What the events of a stream tell, gathered into pages."""

    def __init__(self, source: Source, place: Place, access: Access) -> None:
        self._source = source
        self._place = place
        self._now = access.http.now
        self._listener = _listener()
        self._known: OrderedDict[str, str] = OrderedDict()  # number on the server: native id

    def read(
        self, blocks: Iterator[bytes], cursor: Cursor | None
    ) -> Iterator[Page | TakenBack | None]:
        """Pages and deletions; None for a sign of life. What is held is told at the end."""
        held: list[Status] = []
        since = self._now()
        for block in blocks:
            for kind, what in self._listener.read(block):
                if kind == "delete":
                    held = [s for s in held if native_id(s) != what]
                    if native := self._known.pop(what, None):
                        yield TakenBack((native,))
                else:
                    held.append(what)
                    self._remember(what)
            if not held:
                since = self._now()
            elif len(held) >= MOST_HELD or self._now() - since >= GATHERED:
                page = self._page(held, cursor)
                held, since, cursor = [], self._now(), page.cursor or cursor
                yield page
            yield None
        if held:
            yield self._page(held, cursor)

    def _page(self, held: list[Status], cursor: Cursor | None) -> Page:
        page = Reader(self._place, self._source, _ANY_TIME, None, self._now()).read(held)
        reached = newer(read_reached(cursor, self._source), page.reached)
        after = cursor_at(self._source, reached, None)
        return Page(page_items(page.rows), after, len(held), page.rejected, page.dropped)

    def _remember(self, status: Status) -> None:
        number, address = native_id(status), status and dict.get(status, "uri")
        if number and address:
            self._known[number] = str(address)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)


def _address(place: Place, access: Access, key: str | None) -> str:
    """Where the server says that its streams stand, and the one of the place."""
    api = connect(place.base, access, key)
    found: Any = asked(place.server, api.instance_v2)
    for name in ("configuration", "urls", "streaming"):
        found = dict.get(found, name) if isinstance(found, dict) else None
    parts = urlsplit(str(found or place.base))
    host = parts.hostname or ""
    if is_private(host) and not is_private(urlsplit(place.base).hostname or ""):
        raise WrongShape("streams said to be in a private network", where=place.server)
    scheme = {"wss": "https", "ws": "http"}.get(parts.scheme, parts.scheme)
    base = f"{scheme}://{parts.netloc}/api/v1/streaming"
    if place.tag is None:
        return f"{base}/public/local"
    scope = "/local" if place.local else ""
    return f"{base}/hashtag{scope}?tag={quote(place.tag)}"


def _listener() -> Any:
    """The library's reader of events, which hands over what it read instead of calling back."""
    from mastodon import MastodonMalformedEventError, StreamListener

    class Listener(StreamListener):  # type: ignore[misc]  # the library's types are not read
        def read(self, block: bytes) -> list[tuple[str, Any]]:
            self._found: list[tuple[str, Any]] = []
            try:
                self.handle_stream(_Block(block))
            except MastodonMalformedEventError:
                self._found.append(("update", None))  # counted and rejected with the others
            return self._found

        def on_update(self, status: Any) -> None:
            self._found.append(("update", status))

        def on_status_update(self, status: Any) -> None:
            self._found.append(("update", status))

        def on_delete(self, status_id: Any) -> None:
            self._found.append(("delete", str(status_id)))

    return Listener()


@dataclass(frozen=True)
class _Block:
    """One event as the library reads a response."""

    block: bytes

    def iter_content(self, chunk_size: int) -> Iterator[bytes]:
        del chunk_size
        yield self.block
