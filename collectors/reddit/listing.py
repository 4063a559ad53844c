"""One of Reddit's listings, read from its newest down to what was seen before.

Reddit lists the newest first and ends after about 1,000, the bound of what is held here. An
item is wanted when it is in the window, or before it and newer than the mark: the newest that
an earlier look saw. Full names count up in time, so that this holds also when the item at the
mark was deleted. Where the listing ends above what is wanted, the rest of the window is a gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from collectors.collector import Gap, Rejected, Window
from collectors.errors import Unmappable
from collectors.items import Reading, Row, moment, settle
from collectors.reddit.access import Api
from collectors.shapes.reddit import fields

AT_ONCE = 100  # items an answer holds at most
MOST_ANSWERS = 20  # twice what Reddit gives
# A listing that ends after fewer has come to its beginning, not to Reddit's limit.
SURELY_WHOLE = 200
_BOT = "AutoModerator"  # Reddit's own, in every community; no person can have the name


@dataclass(frozen=True)
class Listing:
    """name: its part of the cursor. kind: of the full names in it. what: for messages."""

    name: str
    kind: str
    path: str
    what: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Found:
    """rows: oldest first. fetched: wanted items, the bot's and the rejected among them.

    newest: full name of the newest wanted, or the mark. position: of the last item, counted on.
    """

    newest: str | None
    position: int
    rows: list[Row] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    fetched: int = 0
    gap: Gap | None = None


def read_down(
    api: Api, listing: Listing, window: Window, mark: str | None, reading: Reading, position: int
) -> Found:
    """What of the listing is wanted. mark: full name of the newest seen before."""
    found = Found(mark, position)
    last_seen = None if mark is None else _number(mark, listing.kind)
    rows: list[tuple[int, Row]] = []
    seen: set[int] = set()
    oldest, newest = window.until, -1 if last_seen is None else last_seen
    after, is_passed, is_whole = None, False, False
    for _ in range(MOST_ANSWERS):
        params = {**listing.params, "limit": AT_ONCE}
        children, following = api.listing(
            listing.path, params if after is None else {**params, "after": after}
        )
        known = len(seen)
        for child in children:
            found.position += 1
            try:
                number, created = _place(child, listing.kind, reading)
                if number in seen:
                    continue
                seen.add(number)
                oldest = min(oldest, created)
                # of the last one that can be read: an odd date above it ends nothing
                is_passed = created < window.since and (last_seen is None or number <= last_seen)
                if is_passed or created >= window.until:
                    continue
                found.fetched += 1
                if number > newest:
                    newest, found.newest = number, f"{listing.kind}_{child['data']['id']}"
                if child["data"].get("author") != _BOT:
                    rows.append((number, settle(fields(child["data"], is_escaped=False), reading)))
            except Unmappable as error:
                found.rejected.append(Rejected(found.position, error.column, error.what))
        is_whole = following is None
        if is_passed or is_whole or (children and len(seen) == known):
            break
        after = following
    is_cut = not is_whole or len(seen) >= SURELY_WHOLE
    if is_cut and not is_passed and oldest > window.since:
        found.gap = Gap(window.since, oldest, f"Reddit lists only the newest {listing.what}")
    rows.sort(key=lambda pair: pair[0])
    found.rows = [row for _, row in rows]
    return found


def _place(child: Any, kind: str, reading: Reading) -> tuple[int, datetime]:
    """Where an item stands: its number and its moment. Raises Unmappable."""
    data = child.get("data") if isinstance(child, dict) else None
    if not isinstance(data, dict) or child.get("kind") != kind:
        raise Unmappable("not what the listing promises", column="kind")
    number = _number(f"{kind}_{data.get('id')}", kind)
    if number is None:
        raise Unmappable("an id that cannot be read", column="native_id")
    return number, moment(data.get("created_utc"), reading)


def _number(full_name: str, kind: str) -> int | None:
    """The number that a full name writes to the base 36."""
    given, _, short = full_name.partition("_")
    is_one = given == kind and short.isascii() and short.isalnum() and len(short) < 14
    return int(short, 36) if is_one else None
