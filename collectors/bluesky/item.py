"""Posts of an answer or of the stream, made rows and a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from collectors.collector import Page, Rejected
from collectors.errors import Unmappable
from collectors.items import Reading, Row, page_items, settle
from collectors.shapes.bluesky import created, fields, instant

PLATFORM = "bluesky"
_UTC = ZoneInfo("UTC")  # of dates without a zone: the network reads them so


def reading(now: datetime) -> Reading:
    """How dates of the network are read."""
    return Reading(_UTC, now.astimezone(UTC), fallback=PLATFORM, home_platform=PLATFORM)


def sorted_at(post: object) -> datetime | None:
    """The moment under which the network sorts a post: its date, or when it was seen if earlier."""
    if not isinstance(post, Mapping):
        return None
    return instant(created(post)) or instant(post.get("indexedAt"))


@dataclass
class Gathered:
    """Rows of one page and what was rejected on the way."""

    read: Reading
    rows: list[Row] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    fetched: int = 0

    def take(self, posts: Iterable[Any], position: int = 1) -> None:
        """Map posts in their order; `position` counts from the look's first item."""
        for number, post in enumerate(posts, start=position):
            try:
                if not isinstance(post, Mapping):
                    raise Unmappable("no object", column="post")
                self.rows.append(settle(fields(post), self.read))
            except Unmappable as error:
                self.rejected.append(Rejected(number, error.column, error.what))

    def page(self) -> Page:
        """The page, without a cursor."""
        return Page(page_items(self.rows), None, self.fetched, tuple(self.rejected))
