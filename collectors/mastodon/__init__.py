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

from collections.abc import Iterator
from datetime import datetime, timedelta

from collectors.collector import Access, Cursor, Page, Source, Window
from collectors.items import page_items
from collectors.mastodon.paging import from_id, from_moment, has_moment, id_at
from collectors.mastodon.reader import Reached, Reader, newer
from collectors.mastodon.server import Place, opened, read_place
from collectors.mastodon.standing import still_public
from collectors.still import is_askable

COLLECTOR = "mastodon"
LATE = timedelta(hours=6)  # how long after its date a post of another server may come

__all__ = ["COLLECTOR", "check_address", "collect", "is_askable", "still_public"]


def collect(
    source: Source, window: Window, cursor: Cursor | None, access: Access
) -> Iterator[Page]:
    """Statuses of one place since the cursor, or of the window, oldest first.

    What is dated after the window waits for the next. Raises RateLimited, Unreachable
    (Transient), AccessRefused, Gone, WrongShape, and BadInput for an address or option that
    cannot be one.
    """
    place = read_place(source, access.service)
    reached = read_reached(cursor, source)
    account_id = cursor.state.get("account") if cursor and reached else None
    server = opened(place, source, access, account_id)
    if reached is None or window.since < reached.at:
        pages, since = from_moment(server.ask, window.since), window.since
    else:
        pages, since = from_id(server.ask, _after(reached, place)), None
    reader = Reader(place, source, window, since, access.http.now())
    is_empty = True
    for statuses in pages:
        page = reader.read(statuses)
        reached = newer(reached, page.reached)
        after = cursor_at(source, reached, server.account_id)
        upto = None if page.reached is None else page.reached.at
        yield Page(
            page_items(page.rows), after, len(statuses), page.rejected, page.dropped, reached=upto
        )
        is_empty = False
        if page.is_after:
            break
    if is_empty:
        yield Page(page_items([]), cursor, 0)


def check_address(source: Source) -> None:
    """Raises BadInput for an address that names no place of Mastodon."""
    read_place(source)


def _after(reached: Reached, place: Place) -> str:
    """The id to go on from: the newest taken, or one some hours older where posts come late."""
    if place.is_late and has_moment(reached.id, reached.at):
        return id_at(reached.at - LATE)
    return reached.id


def read_reached(cursor: Cursor | None, source: Source) -> Reached | None:
    """How far a cursor of the source reaches; None for one of another address."""
    if cursor is None or cursor.state.get("address") != source.address:
        return None
    return Reached(cursor.state["id"], datetime.fromisoformat(cursor.state["at"]))


def cursor_at(source: Source, reached: Reached | None, account_id: str | None) -> Cursor | None:
    """The cursor behind a status. account_id: of a source that is an account."""
    if reached is None:
        return None
    state = {"address": source.address, "id": reached.id, "at": reached.at.isoformat()}
    return Cursor(state | ({"account": account_id} if account_id else {}))
