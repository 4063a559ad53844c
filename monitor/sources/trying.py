"""A source, tried: what it would bring, of which nothing is kept.

Comes in: a source, a workspace, the network. Goes out: how new it is, posts a day, the share that
touches an integration area, or what went wrong. Its pages are scrubbed and tagged in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from base.errors import UniteError
from base.time import now
from collectors.collector import Source, Window
from collectors.http import Http
from monitor import collecting
from monitor.workspace import Workspace

_LOOKED_AT = timedelta(days=14)
_MOST_ITEMS = 300  # enough to say how much there is, and how much of it is ours


@dataclass(frozen=True)
class Tried:
    """What a source gave in its last two weeks. a_day: posts. touching: share 0 to 1 of the posts
    that touch an area, None without posts or where nobody judged them. reasons: why part of the
    time was not shown. error: what went wrong, then nothing else is known."""

    source: Source
    posts: int = 0
    last: datetime | None = None
    a_day: float = 0.0
    touching: float | None = None
    rejected: int = 0
    reasons: tuple[str, ...] = ()
    error: UniteError | None = None

    @property
    def is_reached(self) -> bool:
        """Whether it answered as it should."""
        return self.error is None

    def __str__(self) -> str:
        if self.error is not None:
            return " · ".join(str(self.error).split("\n  "))
        more = [f"{self.rejected} could not be read"] if self.rejected else []
        if not self.posts or self.last is None:
            return "; ".join(["answers, with nothing in the last two weeks", *more, *self.reasons])
        said = f"last post {self.last:%Y-%m-%d}, {self.a_day:.1f} a day"
        if self.touching is not None:
            said += f", {self.touching:.0%} of {self.posts} touch an area"
        return "; ".join([said, *more, *self.reasons])


def trial(workspace: Workspace, source: Source, http: Http, *, is_judged: bool = True) -> Tried:
    """Ask a source once. Never raises a UniteError: it is what was found.

    is_judged: also tag what comes, to tell how much of it touches an area.
    """
    at = now()
    window = Window(at - _LOOKED_AT, at)
    posts, rejected, touching = 0, 0, 0
    reasons: dict[str, None] = {}
    first: datetime | None = None
    last: datetime | None = None
    try:
        for page in collecting.pages(workspace, source, window, http, is_trial=True):
            rejected += len(page.rejected)
            reasons.update((gap.reason, None) for gap in page.gaps)
            items = page.items.slice(0, _MOST_ITEMS - posts)
            if not items.num_rows:
                continue
            posts += items.num_rows
            touching += _touching(workspace, source, items, at) if is_judged else 0
            ends = pc.min_max(items["created"]).as_py()
            first = min((m for m in (first, ends["min"]) if m is not None), default=None)
            last = max((m for m in (last, ends["max"]) if m is not None), default=None)
            if posts >= _MOST_ITEMS:
                break
    except UniteError as error:
        return Tried(source, error=error)
    if not posts:
        return Tried(source, rejected=rejected, reasons=tuple(reasons))
    # a feed that shows its newest alone is measured by what it shows
    days = max((at - (first or window.since)) / timedelta(days=1), 1.0)
    share = touching / posts if is_judged else None
    return Tried(source, posts, last or at, posts / days, share, rejected, tuple(reasons))


def _touching(workspace: Workspace, source: Source, items: pa.RecordBatch, at: datetime) -> int:
    """How many of these touch an area."""
    sealed = workspace.sealer(items, source, at, "source")
    tagged = workspace.tagger(sealed.posts)
    return int(pc.sum(pc.greater(pc.list_value_length(tagged["areas"]), 0)).as_py() or 0)
