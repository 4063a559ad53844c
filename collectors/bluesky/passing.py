"""What passes in Bluesky's stream, gathered into pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from collectors.bluesky.events import CLOSED, DELETED, OPENED, REWRITTEN, Event
from collectors.bluesky.item import reading
from collectors.collector import Cursor, Page, Rejected, Window
from collectors.errors import Unmappable
from collectors.items import Row, page_items, settle
from collectors.shapes.bluesky import fields

MOST = 500  # posts of a page
MOST_GONE = 5_000  # deletions and closed accounts of a page
REWIND_US = 5_000_000  # other machines of the network tell events in another order
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


@dataclass
class Passing:
    """What has passed since the last page."""

    keep: Keep
    read: Callable[[bytes], tuple[Event, ...]]
    last_us: int | None
    position: int | None
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
            events = self.read(message)
            if events and events[0].time_us > self.now().timestamp() * 1e6 + _AHEAD_US:
                raise Unmappable("a moment in the future", column="time_us")
        except Unmappable as error:
            self._reject(error)
            return True
        if not events:
            return True
        first = events[0]
        if end_us is not None and first.time_us >= end_us:
            return False
        is_news = self.position is None or first.position > self.position
        if is_news:
            self.position = first.position
            self._move(first.time_us)
        for event in events:
            if is_news or event.digest not in self.remembered:
                self._sort(event, is_news)
        return True

    def _move(self, time_us: int) -> None:
        if self.first_us is None:
            before = self.last_us
            is_gap = before is None or time_us - before > _GAP_US
            self.first_us = time_us if is_gap or before is None else before + 1
        self.last_us = max(time_us, self.last_us or time_us)

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
        state = {"time_us": str(last), "position": str(self.position), "remembered": " ".join(
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


def going_on(
    keep: Keep,
    read: Callable[[bytes], tuple[Event, ...]],
    cursor: Cursor | None,
    now: Callable[[], datetime],
) -> Passing:
    """Nothing gathered yet, and what the cursor remembers."""
    last, position = _number(cursor, "time_us"), _number(cursor, "position")
    return Passing(keep, read, last, position, _remembered(cursor), now)


def _number(cursor: Cursor | None, name: str) -> int | None:
    given = cursor.state.get(name, "") if cursor else ""
    return int(given) if given.isascii() and given.isdigit() else None


def _remembered(cursor: Cursor | None) -> dict[str, int]:
    """Digest → moment. Moments are written as microseconds before the cursor's."""
    last = _number(cursor, "time_us")
    if cursor is None or last is None:
        return {}
    pairs = (part.partition(":") for part in cursor.state.get("remembered", "").split())
    return {digest: last - int(ago) for digest, _, ago in pairs if ago.lstrip("-").isdigit()}
