"""The stream of all of Bluesky, filtered as it passes.

Jetstream (https://github.com/bluesky-social/jetstream) sends every event of the network as JSON
over a WebSocket. A post is kept only where the caller's `keep` ties its text to a city of the
registry; all others are counted and gone. Posts that are taken back and accounts that are closed
are passed on. A reader that is slow slows the sender down: nothing piles up here.

A connection that breaks is opened again a few seconds before the last event, and what has passed
by then is not given again: the cursor remembers it. So a kill loses nothing and doubles nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from base.time import now as wall_clock
from collectors.bluesky_events import CLOSED, DELETED, OPENED, REWRITTEN, Event, may_matter, read
from collectors.bluesky_item import reading
from collectors.bluesky_socket import messages
from collectors.collector import Cursor, Page, Rejected, Window
from collectors.errors import Unmappable
from collectors.items import Row, page_items, settle
from collectors.shape_bluesky import fields

ADDRESS = "wss://jetstream2.us-east.bsky.network/subscribe"
MOST = 500  # posts of a page
MOST_GONE = 5_000  # deletions and closed accounts of a page
PAGE_SECONDS = 30.0
REWIND_US = (
    5_000_000  # other machines of the network tell events in another order and at other times
)
MOST_REMEMBERED = 5_000
_AHEAD_US = 86_400_000_000  # how far the stream's clock may be before ours
_GAP_US = 60_000_000  # a silence of the whole network that long is a gap

Keep = Callable[[str], str | None]


@dataclass(frozen=True)
class StreamPage:
    """What passed between two moments.

    page: the posts that were kept; `fetched` counts all posts that passed. homes: the city of
    each kept post, in their order. deleted: native ids of posts that were taken back, or rewritten
    so that no city is tied to them. closed: authors whose accounts were closed; their posts are
    public no more. Both apply after the page's posts. dropped: posts tied to no city. events: all
    messages, of whatever kind. span: what was looked at by the stream's clock, from the end of
    the page before; a longer silence, or what the server no longer had, belongs to none.
    """

    page: Page
    homes: tuple[str, ...]
    deleted: tuple[str, ...]
    closed: tuple[str, ...]
    dropped: int
    events: int
    span: Window


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
) -> Iterator[StreamPage]:
    """Pages of the stream from the cursor on; without one, from now.

    keep: the city that a text is about, None if none. until: the moment of the stream to end
    at; else it ends when `stop` says so. A page comes at least every `page_seconds`; whoever
    takes it commits its cursor after the merge. Raises Unreachable when the stream cannot be
    opened again and again, RateLimited, AccessRefused, Gone, WrongShape, BadInput; what was
    gathered comes before.
    """
    last = _moment_of(cursor)
    end_us = None if until is None else int(until.timestamp() * 1_000_000)
    gathered = _Gathered(keep, last, _remembered(cursor), now)
    stream = messages(
        address, lambda: gathered.last_us and gathered.last_us - REWIND_US, now=now, sleep=sleep
    )
    began = time.monotonic()
    try:
        for message in stream:
            if message is not None:
                gathered.events += 1
                if may_matter(message) and not gathered.take(message, end_us):
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


@dataclass
class _Gathered:
    """What has passed since the last page."""

    keep: Keep
    last_us: int | None
    remembered: dict[str, int]  # digest of what was passed on lately → its moment
    now: Callable[[], datetime]
    events: int = 0
    posts: int = 0
    dropped: int = 0
    first_us: int | None = None  # where the page begins
    rows: dict[str, tuple[str, str, Row]] = field(default_factory=dict)  # city, account, row
    deleted: dict[str, None] = field(default_factory=dict)
    closed: dict[str, None] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= MOST or len(self.deleted) + len(self.closed) >= MOST_GONE

    def take(self, message: bytes, end_us: int | None) -> bool:
        """Take in a message; false when it belongs after the end."""
        try:
            event = read(message)
            if event is None:
                return True
            if event.time_us > self.now().timestamp() * 1e6 + _AHEAD_US:
                raise Unmappable("a moment in the future", column="time_us")
        except Unmappable as error:
            self._reject(error)
            return True
        if end_us is not None and event.time_us >= end_us:
            return False
        is_news = self.last_us is None or event.time_us > self.last_us
        if is_news:
            self._move(event.time_us)
        if is_news or event.digest not in self.remembered:
            self._sort(event, is_news)
        return True

    def _move(self, time_us: int) -> None:
        if self.first_us is None:
            before = self.last_us
            is_gap = before is None or time_us - before > _GAP_US
            self.first_us = time_us if is_gap or before is None else before + 1
        self.last_us = time_us

    def _sort(self, event: Event, is_news: bool) -> None:
        if event.kind in (CLOSED, OPENED):
            self._account(event)
            return
        if event.kind == DELETED:
            self._delete(event)
            return
        text = event.record.get("text")
        home = self.keep(text) if isinstance(text, str) else None
        self.posts += is_news
        if home is None:
            self.dropped += is_news
            if event.kind == REWRITTEN:
                self._delete(event)
            return
        try:
            row = settle(fields(event.view()), reading(self.now()))
        except Unmappable as error:
            self._reject(error)
            return
        self.rows[event.name] = (home, event.account, row)
        self.deleted.pop(event.name, None)
        self._remember(event)

    def _delete(self, event: Event) -> None:
        self.rows.pop(event.name, None)
        self.deleted[event.name] = None
        self._remember(event)

    def _account(self, event: Event) -> None:
        self.closed.pop(event.account, None)
        if event.kind == CLOSED:
            self.closed[event.account] = None
            for name in [n for n, (_, who, _) in self.rows.items() if who == event.account]:
                del self.rows[name]
        self._remember(event)

    def _remember(self, event: Event) -> None:
        self.remembered[event.digest] = event.time_us

    def _reject(self, error: Unmappable) -> None:
        if len(self.rejected) < MOST:
            self.rejected.append(Rejected(self.events, error.column, error.what))

    def page(self) -> StreamPage:
        """The page of what was gathered; what is gathered next is another."""
        last = self.last_us or int(self.now().timestamp() * 1_000_000)
        kept = {d: at for d, at in self.remembered.items() if at > last - REWIND_US}
        self.remembered = dict(list(kept.items())[-MOST_REMEMBERED:])
        state = {"time_us": str(last), "remembered": " ".join(
            f"{digest}:{last - at}" for digest, at in self.remembered.items())}  # fmt: skip
        # without an event there is no moment to go on from
        cursor = None if self.last_us is None else Cursor(state)
        page = Page(page_items([row for _, _, row in self.rows.values()]), cursor, self.posts,
                    tuple(self.rejected))  # fmt: skip
        found = StreamPage(
            page,
            tuple(home for home, _, _ in self.rows.values()),
            tuple(self.deleted),
            tuple(self.closed),
            self.dropped,
            self.events,
            Window(_moment(self.first_us or last), _moment(last + 1)),
        )
        self.events = self.posts = self.dropped = 0
        self.first_us = None
        self.rows, self.deleted, self.closed, self.rejected = {}, {}, {}, []
        return found


def _moment(time_us: int) -> datetime:
    seconds, rest = divmod(time_us, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def _moment_of(cursor: Cursor | None) -> int | None:
    given = cursor.state.get("time_us", "") if cursor else ""
    return int(given) if given.isascii() and given.isdigit() else None


def _remembered(cursor: Cursor | None) -> dict[str, int]:
    """Digest → moment. Moments are written as microseconds before the cursor's."""
    last = _moment_of(cursor)
    if cursor is None or last is None:
        return {}
    pairs = (part.partition(":") for part in cursor.state.get("remembered", "").split())
    return {digest: last - int(ago) for digest, _, ago in pairs if ago.lstrip("-").isdigit()}
