"""Alerts about sources: one for each event, from when it is found until it is over.

Comes in: what is wrong with each source now (`monitor.sources.health`). Goes out: the table of
alerts brought up to it. An event that goes on keeps its alert, one that is over ends it, and one
that comes back is another alert. Acknowledging silences the alarm, not the fact: figures leave a
silent stretch out until the source recovers, or until somebody says that it was silent in truth.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

import sqlalchemy as sa

from base.errors import BadInput, unknown
from base.time import now
from monitor.database import Database, fitting, on_conflict_ignored, utc
from monitor.tables import ALERTS

What = Literal["failing", "unmapped", "silent", "job", "disk"]
SILENT: What = "silent"


@dataclass(frozen=True)
class Trouble:
    """Something wrong with a source that somebody should know. since: when it began."""

    what: What
    since: datetime
    says: str


class Looked(Protocol):
    """What is asked of a source here, or of a job or the disk (`monitor.jobs.troubles`).

    last_post: the newest day with a post.
    """

    @property
    def home(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def troubles(self) -> tuple[Trouble, ...]: ...
    @property
    def last_post(self) -> date | None: ...


@dataclass(frozen=True)
class Alert:
    """One alert. is_true: somebody knows that the source itself was silent."""

    number: int
    home: str
    source: str
    what: str
    since: datetime
    seen_at: datetime
    says: str
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    is_true: bool
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.ended_at is None and self.acknowledged_at is None


def follow(database: Database, found: Sequence[Looked], at: datetime | None = None) -> list[Alert]:
    """Bring the alerts of these sources up to date; those that are not over, by number."""
    at = at or now()
    by_source = {(s.home, s.source): s for s in found}
    wanted: dict[tuple[str, str, str], Trouble] = {}
    wanted |= {(s.home, s.source, t.what): t for s in found for t in s.troubles}

    def bring_up(connection: sa.Connection) -> list[Alert]:
        new = dict(wanted)
        for alert in _read(connection, ALERTS.c.ended_at.is_(None)):
            source = by_source.get((alert.home, alert.source))
            trouble = new.pop((alert.home, alert.source, alert.what), None)
            if source is None:
                continue
            changes: dict[str, Any] = {"seen_at": at}
            if trouble is not None:
                changes["says"] = trouble.says
            elif not _stays_true(alert, source):
                changes = {"ended_at": at}
            connection.execute(
                sa.update(ALERTS)
                .where(ALERTS.c.number == alert.number)
                .values(fitting(ALERTS, changes))
            )
        for (home, code, what), trouble in sorted(new.items(), key=lambda item: item[0]):
            row = {"home": home, "source": code, "what": what, "since": trouble.since,
                   "seen_at": at, "says": trouble.says, "is_true": False}  # fmt: skip
            connection.execute(on_conflict_ignored(connection, ALERTS, row))
        return _read(connection, ALERTS.c.ended_at.is_(None))

    return database.run(bring_up)


def acknowledge(database: Database, number: int, who: str, *, is_true: bool = False) -> Alert:
    """Say that somebody knows. is_true: the source itself was silent, so nothing was lost.

    Raises BadInput for a number that is no open alert, and where something else than silence
    is said to be true.
    """
    known = {a.number: a for a in alerts(database)}
    if number not in known:
        raise unknown("alert", str(number), map(str, known))
    if is_true and known[number].what != SILENT:
        raise BadInput(
            f"alert {number} is not about silence", expected=f"an alert that says {SILENT!r}"
        )
    changes = {"acknowledged_by": who, "acknowledged_at": now(), "is_true": is_true}
    with database.connected() as connection:
        connection.execute(sa.update(ALERTS).where(ALERTS.c.number == number).values(changes))
        (alert,) = _read(connection, ALERTS.c.number == number)
    database.log_access(
        who, "acknowledge", purpose=None, view={"alert": number, "is_true": is_true}, rows=0
    )
    return alert


def alerts(database: Database, *, ended: bool = False) -> list[Alert]:
    """The alerts that are not over, by number. ended: those that are, too."""
    with database.connected() as connection:
        return _read(connection, sa.true() if ended else ALERTS.c.ended_at.is_(None))


def truly_silent(database: Database) -> Collection[Alert]:
    """The silences that somebody knows to be true, over or not."""
    with database.connected() as connection:
        return _read(connection, ALERTS.c.is_true)


def stamp(database: Database) -> str:
    """Changes with every silence that is said to be true, or that ends."""
    columns = (sa.func.count(), sa.func.max(ALERTS.c.acknowledged_at),
               sa.func.max(ALERTS.c.ended_at))  # fmt: skip
    with database.connected() as connection:
        count, *moments = connection.execute(sa.select(*columns).where(ALERTS.c.is_true)).one()
    return str((count, *map(utc, moments)))


def _stays_true(alert: Alert, source: Looked) -> bool:
    """A silence known to be true is no trouble any more, yet over only with the next post."""
    return alert.is_true and (source.last_post is None or source.last_post < alert.since.date())


def _read(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Alert]:
    rows = connection.execute(sa.select(ALERTS).where(which).order_by(ALERTS.c.number)).all()
    return [
        Alert(
            r.number, r.home, r.source, r.what, utc(r.since), utc(r.seen_at), r.says,
            r.acknowledged_by, utc(r.acknowledged_at), r.is_true, utc(r.ended_at),
        )
        for r in rows
    ]  # fmt: skip
