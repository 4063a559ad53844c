"""One page of a Mastodon timeline: what is kept, what is not, and how far it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from base.time import zone
from collectors.collector import Rejected, Source, Window
from collectors.errors import Unmappable
from collectors.items import Reading, Row, settle
from collectors.mastodon.item import fields, is_boost, is_withheld, read_status
from collectors.mastodon.paging import created, native_id, order
from collectors.mastodon.server import PLATFORM, Place, Status

_GRACE = timedelta(days=1)  # dates further ahead are wrong (`items.settle`)


@dataclass(frozen=True)
class Reached:
    """The newest status taken: its id on the server and its moment."""

    id: str
    at: datetime


def newer(one: Reached | None, other: Reached | None) -> Reached | None:
    """Whichever stands later on the server."""
    found = [r for r in (one, other) if r is not None]
    return max(found, key=lambda r: order(r.id), default=None)


@dataclass(frozen=True)
class Read:
    """What one page came to. is_after: everything in it is dated after the window."""

    rows: list[Row]
    rejected: tuple[Rejected, ...]
    dropped: int
    reached: Reached | None
    is_after: bool


class Reader:
    """Maps page after page of one look, and sees to the edges of the window."""

    def __init__(
        self, place: Place, source: Source, window: Window, since: datetime | None, now: datetime
    ) -> None:
        self._place = place
        self._reading = Reading(
            zone(source.time_zone), now, fallback=PLATFORM, home_platform=source.platform
        )
        self._since = since
        self._until = window.until
        self._latest = now + _GRACE
        self._fetched = 0
        self._holds_back = False

    def read(self, statuses: list[Status]) -> Read:
        """The rows of one page, and what became of the rest."""
        rows: list[Row] = []
        rejected: list[Rejected] = []
        dropped = later = 0
        reached: Reached | None = None
        for position, given in enumerate(statuses, start=self._fetched + 1):
            try:
                status = read_status(given)
                at = created(status)
                if at is not None and self._until <= at <= self._latest:
                    later += 1
                    self._holds_back = True  # the cursor stays before it
                    continue
                if at is not None and at <= self._latest and not self._holds_back:
                    reached = Reached(native_id(status), at)
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
        return Read(rows, tuple(rejected), dropped, reached, later == len(statuses))
