"""Statuses of Mastodon: a hashtag, a server's local timeline, or an institution's account.

Pages go from the oldest to the newest. The cursor holds the newest status that was taken, as its
server numbers it. A window that begins before it is a back-fill: it is read from its beginning on
and moves the cursor only where it comes further. Posts of other servers reach a hashtag's
timeline late and are put where their date belongs, so the hours before the cursor are read again.

Boosts are passed over. What is not public, and what is by somebody who wants to be left out of
indexes (`mastodon_item.is_withheld`), is counted as dropped and never mapped.

Source: https://docs.joinmastodon.org/methods/timelines/ through Mastodon.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from base.time import zone
from collectors.collector import Access, Cursor, Page, Rejected, Source, Window
from collectors.errors import Unmappable
from collectors.items import Reading, Row, page_items, settle
from collectors.mastodon_item import fields, is_boost, is_withheld, read_status
from collectors.mastodon_paging import (
    created,
    from_id,
    from_moment,
    has_moment,
    id_at,
    native_id,
    order,
)
from collectors.mastodon_server import Place, Status, opened, read_place
from collectors.mastodon_standing import still_public

COLLECTOR = "mastodon"
LATE = timedelta(hours=6)  # how long after its date a post of another server may come
_GRACE = timedelta(days=1)  # dates further ahead are wrong (`items.settle`)

__all__ = ["COLLECTOR", "collect", "still_public"]


@dataclass(frozen=True)
class _Reached:
    """The newest status taken: its id on the server and its moment."""

    id: str
    at: datetime


def collect(
    source: Source, window: Window, cursor: Cursor | None, access: Access
) -> Iterator[Page]:
    """Statuses of one place since the cursor, or of the window, oldest first.

    What is dated after the window waits for the next. Raises RateLimited, Unreachable
    (Transient), AccessRefused, Gone, WrongShape, and BadInput for an address or option that
    cannot be one.
    """
    place = read_place(source, access.service)
    state = dict(cursor.state) if cursor and cursor.state.get("address") == source.address else {}
    reached = _read_reached(state)
    server = opened(place, source, access, state.get("account"))
    if reached is None or window.since < reached.at:
        pages, since = from_moment(server.ask, window.since), window.since
    else:
        pages, since = from_id(server.ask, _after(reached, place)), None
    reader = _Reader(place, source, window, since, access.http.now())
    is_empty = True
    for statuses in pages:
        page = reader.read(statuses)
        reached = _newer(reached, page.reached)
        after = _cursor(source, reached, server.account_id)
        yield Page(page_items(page.rows), after, len(statuses), page.rejected, page.dropped)
        is_empty = False
        if page.is_after:
            break
    if is_empty:
        yield Page(page_items([]), cursor, 0)


@dataclass(frozen=True)
class _Read:
    """What one page came to. is_after: everything in it is dated after the window."""

    rows: list[Row]
    rejected: tuple[Rejected, ...]
    dropped: int
    reached: _Reached | None
    is_after: bool


class _Reader:
    """Maps page after page of one look, and sees to the edges of the window."""

    def __init__(
        self, place: Place, source: Source, window: Window, since: datetime | None, now: datetime
    ) -> None:
        self._place = place
        self._reading = Reading(
            zone(source.time_zone), now, fallback=COLLECTOR, home_platform=source.platform
        )
        self._since = since
        self._until = window.until
        self._latest = now + _GRACE
        self._fetched = 0
        self._holds_back = False

    def read(self, statuses: list[Status]) -> _Read:
        """The rows of one page, and what became of the rest."""
        rows: list[Row] = []
        rejected: list[Rejected] = []
        dropped = later = 0
        reached: _Reached | None = None
        for position, given in enumerate(statuses, start=self._fetched + 1):
            try:
                status = read_status(given)
                at = created(status)
                if at is not None and self._until <= at <= self._latest:
                    later += 1
                    self._holds_back = True  # the cursor stays before it
                    continue
                if at is not None and not self._holds_back:
                    reached = _Reached(native_id(status), at)
                is_before = at is not None and self._since is not None and at < self._since
                if is_before or is_boost(status):
                    continue
                if is_withheld(status, opt_in=self._place.opt_in):
                    dropped += 1
                    continue
                rows.append(settle(fields(status, self._place.server), self._reading))
            except Unmappable as error:
                rejected.append(Rejected(position, error.column, error.what))
        self._fetched += len(statuses)
        return _Read(rows, tuple(rejected), dropped, reached, later == len(statuses))


def _after(reached: _Reached, place: Place) -> str:
    """The id to go on from: the newest taken, or one some hours older where posts come late."""
    if place.is_late and has_moment(reached.id, reached.at):
        return id_at(reached.at - LATE)
    return reached.id


def _newer(one: _Reached | None, other: _Reached | None) -> _Reached | None:
    found = [r for r in (one, other) if r is not None]
    return max(found, key=lambda r: order(r.id), default=None)


def _read_reached(state: Mapping[str, str]) -> _Reached | None:
    if not state.get("id"):
        return None
    return _Reached(state["id"], datetime.fromisoformat(state["at"]))


def _cursor(source: Source, reached: _Reached | None, account_id: str | None) -> Cursor | None:
    if reached is None:
        return None
    state = {"address": source.address, "id": reached.id, "at": reached.at.isoformat()}
    return Cursor(state | ({"account": account_id} if account_id else {}))
