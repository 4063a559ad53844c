"""Alerts of watch lists: enough new posts met a list within its days.

An alert stays open until somebody acknowledges it; what comes meanwhile joins it. What comes
afterwards is counted anew. Everything is worked out from the posts that were noted, so a process
that was killed between noting and alerting loses nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from base.errors import unknown
from base.time import now
from monitor.database import Database, on_conflict_ignored, utc
from monitor.tables import WATCH_ALERTS, WATCH_HITS
from monitor.watching.lists import WatchList, every


@dataclass(frozen=True)
class WatchAlert:
    """One alert. posts: that are still kept. since, seen_at: its first and last post came."""

    number: int
    name: str
    posts: int
    since: datetime
    seen_at: datetime
    acknowledged_by: str | None
    acknowledged_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.acknowledged_at is None


def follow(database: Database, at: datetime | None = None) -> list[WatchAlert]:
    """Raise what is due; the alerts that are open, by number."""
    bring_up(database, at)
    return alerts(database)


def bring_up(database: Database, at: datetime | None = None) -> None:
    """Raise what is due."""
    at = at or now()
    for watch in every(database):
        with database.connected() as connection:
            _follow(connection, watch, at)


def alerts(database: Database, *, known: bool = False) -> list[WatchAlert]:
    """The alerts that wait for somebody, by number. known: those that were acknowledged, too."""
    names = {watch.number: watch.name for watch in every(database, ended=True)}
    which = sa.true() if known else WATCH_ALERTS.c.acknowledged_at.is_(None)
    posts = (
        sa.select(sa.func.count())
        .where(WATCH_HITS.c.alert == WATCH_ALERTS.c.number)
        .scalar_subquery()
    )
    query = sa.select(WATCH_ALERTS, posts.label("posts")).where(which)
    with database.connected() as connection:
        rows = connection.execute(query.order_by(WATCH_ALERTS.c.number)).all()
    return [
        WatchAlert(r.number, names[r.list], r.posts, utc(r.since), utc(r.seen_at),
                   r.acknowledged_by, utc(r.acknowledged_at))
        for r in rows
    ]  # fmt: skip


def acknowledge(database: Database, number: int, who: str) -> WatchAlert:
    """Say that somebody knows. Raises BadInput for a number that is no open alert."""
    waiting = {a.number: a for a in alerts(database)}
    if number not in waiting:
        raise unknown("alert of a watch list", str(number), map(str, waiting))
    with database.connected() as connection:
        connection.execute(
            sa.update(WATCH_ALERTS)
            .where(WATCH_ALERTS.c.number == number)
            .values(acknowledged_by=who, acknowledged_at=now())
        )
    database.log_access(who, "acknowledge", purpose=None, view={"watch alert": number}, rows=0)
    return next(a for a in alerts(database, known=True) if a.number == number)


def by_day(database: Database, watch: WatchList, days: int) -> Sequence[tuple[str, int]]:
    """(day of collection in UTC, posts) of the last days on which posts met the list."""
    with database.connected() as connection:
        moments = connection.execute(
            sa.select(WATCH_HITS.c.at).where(WATCH_HITS.c.list == watch.number)
        ).scalars()
        found = [utc(at).date().isoformat() for at in moments]
    return sorted(Counter(found).items())[-days:]


def _follow(connection: sa.Connection, watch: WatchList, at: datetime) -> None:
    mine = WATCH_HITS.c.list == watch.number
    waiting = sa.and_(mine, WATCH_HITS.c.alert.is_(None))
    number = _open_alert(connection, watch)
    if number is None:
        recent = sa.and_(waiting, WATCH_HITS.c.at > at - timedelta(days=watch.days))
        span = sa.select(
            sa.func.count(), sa.func.min(WATCH_HITS.c.at), sa.func.max(WATCH_HITS.c.at)
        )
        count, first, last = connection.execute(span.where(recent)).one()
        if count < watch.least:
            return
        row = {"list": watch.number, "since": first, "seen_at": last}
        connection.execute(on_conflict_ignored(connection, WATCH_ALERTS, row))
        number = _open_alert(connection, watch)
        waiting = recent
    connection.execute(sa.update(WATCH_HITS).where(waiting).values(alert=number))
    last = sa.select(sa.func.max(WATCH_HITS.c.at)).where(mine, WATCH_HITS.c.alert == number)
    connection.execute(
        sa.update(WATCH_ALERTS)
        .where(WATCH_ALERTS.c.number == number)
        .values(seen_at=sa.func.coalesce(last.scalar_subquery(), WATCH_ALERTS.c.seen_at))
    )


def _open_alert(connection: sa.Connection, watch: WatchList) -> int | None:
    query = sa.select(WATCH_ALERTS.c.number).where(
        WATCH_ALERTS.c.list == watch.number, WATCH_ALERTS.c.acknowledged_at.is_(None)
    )
    return connection.execute(query).scalar_one_or_none()
