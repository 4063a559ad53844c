"""What passed in one stream and is held until it is brought in.

Comes in: what a reader heard, in order. Goes out: posts in the lake, windows, posts forgotten, and
last the cursor: whatever happens before that is told by the stream again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic

import pyarrow as pa
import pyarrow.compute as pc

from base import points
from base.errors import UniteError
from collectors.collector import Cursor, Page, Source, Window
from collectors.http import Http
from monitor import pipeline
from monitor.pipeline import Look, Taken
from monitor.retention import taken_back
from monitor.sources import quotas
from monitor.streams.telling import Told
from monitor.workspace import Workspace

SILENT = 600.0  # seconds without a page after which somebody is told
_MOST_GONE = 20_000  # deletions that are held
_NOTHING_BETWEEN = timedelta(seconds=1)  # spans that are no further apart are one

Tell = Callable[[str], None]


@dataclass
class Held:
    """One stream: what passed and was not brought in yet."""

    workspace: Workspace
    source: Source
    cities: frozenset[str] | None
    tell: Tell
    held: list[Told] = field(default_factory=list)
    deleted: dict[str, None] = field(default_factory=dict)
    closed: dict[str, None] = field(default_factory=dict)
    since: float = field(default_factory=monotonic)
    heard: float = field(default_factory=monotonic)
    is_silent: bool = False
    until: datetime | None = None  # where what was brought in ends
    taken: Taken = field(default_factory=Taken)
    passed: int = 0
    dropped: int = 0
    forgotten: int = 0
    error: UniteError | None = None

    @property
    def cursor(self) -> Cursor | None:
        """Where it stood when it was brought in last."""
        state = self.workspace.database.cursor(self.source.home, self.source.code)
        return None if state is None else Cursor(state)

    def say(self, what: str) -> None:
        self.tell(f"{self.source.code}: {what}")

    def take(self, told: Told) -> None:
        """Hold what was told."""
        if not self.held:
            self.since = monotonic()
        self.heard, self.is_silent = monotonic(), False
        self.held.append(told)
        self.passed += told.page.fetched
        self.dropped += told.page.dropped
        for native in told.page.items["native_id"].to_pylist():
            self.deleted.pop(native, None)  # written anew under the same name
        self.deleted |= dict.fromkeys(told.deleted)
        self.closed |= dict.fromkeys(told.closed)

    def is_due(self, held: float) -> bool:
        """Whether it is time to bring in."""
        if not self.held:
            return False
        count = sum(t.page.items.num_rows for t in self.held)
        is_much = count >= self.workspace.settings.nlp_batch
        is_much |= len(self.deleted) + len(self.closed) >= _MOST_GONE
        return is_much or monotonic() - self.since >= held

    def put_off(self, why: str) -> None:
        """Bring in another time: others write into the lake just now."""
        self.since = monotonic()
        self.say(why)

    def say_if_silent(self) -> None:
        """Once for each silence."""
        if self.error is None and not self.is_silent and monotonic() - self.heard >= SILENT:
            self.is_silent = True
            self.say(f"silent: nothing was heard for {SILENT / 60:g} minutes")

    def bring_in(self, http: Http) -> None:
        """Merge what is held, forget what was taken back, then commit the cursor."""
        if not self.held:
            return
        untied: list[str] = []
        taken = pipeline.take(self.workspace, self._looks(), untied=untied)
        pipeline.mark_gaps(self.workspace, self._gaps())
        source = self.source
        # one that is about no city any more may have been about one before it was rewritten
        gone = taken_back.forget(
            self.workspace, source.platform, self.deleted, self.closed, rewritten=untied
        )
        cursors = [told.page.cursor for told in self.held if told.page.cursor is not None]
        if cursors:
            database = self.workspace.database
            database.commit_cursor(source.home, source.code, cursors[-1].state)
            points.reached("cursor-committed")
        quotas.remember(self.workspace.database, source.platform, http)
        pipeline.refresh(self.workspace)
        self.taken += taken
        self.forgotten += gone
        self.held, self.deleted, self.closed = [], {}, {}
        kept = taken.new + taken.known
        self.say(f"{kept:,} kept of {self.passed:,} that passed so far, {gone:,} forgotten")

    def _looks(self) -> Iterator[Look]:
        """A look for each time without a break."""
        gone = pa.array(list(self.deleted), pa.string())
        for window, run in self._runs():
            pages = [_without(t.page, gone) for t in run]
            yield Look(self.source, window, pages, cities=self.cities)

    def _gaps(self) -> Iterator[tuple[Source, Window, str]]:
        """What lies between: told by no server any more."""
        homes = [self.source.home] if self.cities is None else sorted(self.cities)
        for window, _ in self._runs():
            before, self.until = self.until, window.until
            if before is not None and before + _NOTHING_BETWEEN < window.since:
                for home in homes:
                    source = replace(self.source, home=home)
                    yield source, Window(before, window.since), "the stream was interrupted"

    def _runs(self) -> list[tuple[Window, list[Told]]]:
        found: list[tuple[Window, list[Told]]] = []
        for told in self.held:
            span = told.span
            if found and (span is None or span.since <= found[-1][0].until + _NOTHING_BETWEEN):
                window, run = found.pop()
                until = window.until if span is None else max(window.until, span.until)
                found.append((Window(window.since, until), [*run, told]))
            elif span is not None:
                found.append((span, [told]))
        return found


def _without(page: Page, gone: pa.Array) -> Page:
    """The page without posts that were taken back since; its cursor is committed later."""
    is_gone = pc.fill_null(pc.is_in(page.items["native_id"], value_set=gone), False)
    return replace(page, items=page.items.filter(pc.invert(is_gone)), cursor=None)
