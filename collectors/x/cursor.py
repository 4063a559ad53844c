"""How far X was read: which span a look reads, and the cursors on its way.

State of a cursor: `of` the address (a digest: a changed search begins anew), `until` the moment
before which everything was read, `newest` the highest id, `user` the account's id where the
source is one, and, as long as a look is unfinished, `begun`, its beginning.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from base.time import EARLIEST
from collectors.collector import Cursor, Window
from collectors.x.pages import Item, Span, moment_of, whole

FRESH = timedelta(seconds=30)  # X has not sorted what is younger
_LAG = timedelta(minutes=2)  # at most between a window's end and how far was read for it


def state_of(address: str, cursor: Cursor | None) -> dict[str, str]:
    """The cursor's state; of another address nothing, for it says nothing of this one."""
    of = hashlib.sha256(address.encode()).hexdigest()[:16]
    state = dict(cursor.state) if cursor else {}
    return state if state.get("of") == of else {"of": of}


@dataclass
class Look:
    """One look: its span, and the state that follows what was read of it.

    is_back_fill: it lies before the cursor, which moves at the end only. beyond: the part of the
    window that lies further back than X can be asked.
    """

    span: Span
    state: dict[str, str]
    begun: datetime
    is_back_fill: bool
    beyond: Window | None = None
    _newest: int = field(init=False)

    def __post_init__(self) -> None:
        self._newest = int(self.state.get("newest", "0"))

    @property
    def is_empty(self) -> bool:
        """Nothing is left to read."""
        return self.span.since >= self.span.until

    @property
    def stood(self) -> datetime:
        """How far was read before."""
        given = self.state.get("until")
        return datetime.fromisoformat(given) if given else EARLIEST

    def after(self, item: Item) -> Cursor:
        """The cursor behind a post: what is before its second was read, and ids up to its own."""
        self._newest = max(self._newest, item.id)
        if self.is_back_fill:
            return Cursor(dict(self.state))
        until = max(whole(item.created), self.span.since, self.stood)
        return self._cursor(until, begun=self.begun.isoformat())

    def done(self) -> Cursor:
        """The cursor at the end."""
        is_behind = self.stood >= self.span.until
        return Cursor(dict(self.state)) if is_behind else self._cursor(self.span.until)

    def _cursor(self, until: datetime, **more: str) -> Cursor:
        kept = {k: v for k, v in self.state.items() if k in ("of", "user")}
        newest = {"newest": str(self._newest)} if self._newest else {}
        return Cursor({**kept, **newest, "until": until.isoformat(), **more})


def look(
    state: dict[str, str], window: Window, now: datetime, reach: timedelta | None = None
) -> Look:
    """What to read: from where the cursor stands if the window goes on there, else the window.

    reach: how far back X can be asked; what is older is left out.
    """
    reachable = EARLIEST if reach is None else whole(now - reach) + timedelta(seconds=1)
    until = min(window.until, now - FRESH)
    since, after, begun = window.since, 0, window.since
    is_back_fill = False
    if "until" in state:
        stood = datetime.fromisoformat(state["until"])
        unfinished = datetime.fromisoformat(state["begun"]) if "begun" in state else stood
        is_behind = window.since < stood - _LAG or until <= stood - _LAG
        goes_on = unfinished <= window.since < stood < until
        if is_behind and not goes_on:
            is_back_fill = True
        else:
            after, begun = int(state.get("newest", "0")), min(unfinished, window.since)
            # what X sorted in late stands before, with an id that is higher
            since = min(stood, moment_of(after)) if after else stood
            since = until if stood >= until else since
    # where the window was read already, it need not be reached any more
    first = window.since if is_back_fill else max(window.since, min(since, window.until))
    last = min(reachable, window.until)
    beyond = Window(first, last) if first < last else None
    since = max(since, reachable)
    span = Span(since, until, after, is_open=window.until > now - FRESH)
    return Look(span, state, begun, is_back_fill, beyond)
