"""One look at one source: what was asked, how far it came, and what of its window that covers.

Comes in: the pages of a look, one by one. Goes out, at any moment: the parts of its window that
were looked at since the last time somebody asked, with their counts, and the cursor to go on from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from base.time import day_of, midnight, zone
from collectors.collector import Cursor, Gap, Page, Source, Window
from monitor.database import Quarantined, Span

Row = tuple[str, str, datetime, datetime, int, int, int, str | None, str]


@dataclass(frozen=True)
class Look:
    """One look at one source: what was asked and the pages that came.

    window: None for a file, whose window runs from its first to its last post. part: what of
    the source the pages are, where more than one look shares a source: a file's content. cities:
    of a stream, the cities whose posts are kept, where these are not all.
    """

    source: Source
    window: Window | None
    pages: Iterable[Page]
    author_rule: str = "source"
    part: str | None = None
    cities: frozenset[str] | None = None


@dataclass
class Progress:
    """How far a look came.

    Counts are those that no window tells yet. first, last: of the posts. since: from where on the
    window is still to be told.
    """

    look: Look
    fetched: int = 0
    unmapped: int = 0
    dropped: int = 0
    rejected: list[Quarantined] = field(default_factory=list)
    cursor: Cursor | None = None
    reached: datetime | None = None
    first: datetime | None = None
    last: datetime | None = None
    has_ended: bool = False
    broke_off: bool = False
    _gaps: list[Gap] = field(default_factory=list)
    _since: datetime | None = None

    def took(self, page: Page) -> None:
        """A page whose items are held or merged."""
        self.fetched += page.fetched
        self.unmapped += len(page.rejected)
        self.dropped += page.dropped
        self.rejected += [Quarantined(r.position, r.column, r.reason) for r in page.rejected]
        self.cursor = page.cursor or self.cursor
        self.reached = page.reached or self.reached
        self._gaps += page.gaps

    def saw(self, first: datetime, last: datetime) -> None:
        """Posts were created between these moments."""
        self.first = min(self.first or first, first)
        self.last = max(self.last or last, last)

    @property
    def is_file(self) -> bool:
        return self.look.window is None

    @property
    def unfinished(self) -> Span | None:
        """Where a look that is not over began and how far it came."""
        window = self.look.window
        if window is None or self.reached is None or (self.has_ended and not self.broke_off):
            return None
        return (window.since, self.reached) if self.reached > window.since else None

    @property
    def part(self) -> str:
        """What tells the look's quarantine from that of others of its source."""
        window = self.look.window or self._window()
        return self.look.part or ("" if window is None else window.since.isoformat())

    def rows(self) -> Iterator[Row]:
        """The rows of `windows` that nobody was told yet; their counts begin anew."""
        window = self._window()
        if window is None:  # a file without one usable row, or nothing that is known to be whole
            return
        self._since = window.until
        source, homes = self.look.source, [self.look.source.home]
        if self.look.cities is not None:
            homes = sorted(self.look.cities)
        counts = (self.fetched, self.unmapped, self.dropped)
        self.fetched = self.unmapped = self.dropped = 0
        for home in homes:
            for part, reason in looked_at(
                window, [g for g in self._gaps if g.since < window.until]
            ):
                yield (home, source.code, part.since, part.until, *counts, reason,
                       self.look.author_rule)  # fmt: skip
                counts = (0, 0, 0)
        self._gaps = [g for g in self._gaps if g.until > window.until]

    def _window(self) -> Window | None:
        """What was looked at and not told; of a file the whole local days of its posts."""
        asked = self.look.window
        if asked is None:
            return self._days() if self.has_ended else None
        since = self._since or asked.since
        until = asked.until if self.has_ended and not self.broke_off else self.reached
        if until is None or until <= since:
            return None
        return Window(since, min(until, asked.until))

    def _days(self) -> Window | None:
        if self.first is None or self.last is None:
            return None
        local = zone(self.look.source.time_zone)
        after = day_of(self.last, local) + timedelta(days=1)
        return Window(midnight(day_of(self.first, local), local), midnight(after, local))


def looked_at(window: Window, gaps: Sequence[Gap]) -> Iterator[tuple[Window, str | None]]:
    """The parts of a window, the newest that was looked at first, and why the others were not."""
    end = window.until
    for gap in sorted(gaps, key=lambda g: g.until, reverse=True):
        if gap.until < end:
            yield Window(max(gap.until, window.since), end), None
        end = min(end, gap.since)
    if window.since < end:
        yield Window(window.since, end), None
    for gap in gaps:
        yield Window(gap.since, gap.until), gap.reason
