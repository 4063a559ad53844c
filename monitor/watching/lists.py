"""Watch lists: a saved Query, the purpose it serves, and how many posts raise an alert.

A list stops when it is ended or its purpose is. It watches words, areas, places; never a person.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from base.errors import BadInput, unknown
from base.time import now
from monitor import purposes
from monitor.database import Database, utc
from monitor.purposes import Purpose
from monitor.tables import WATCH_LISTS
from monitor.watching.persons import check_no_person
from monitor.workspace import Workspace
from store.query import Query

_LONGEST_NAME = 64


@dataclass(frozen=True)
class WatchList:
    """One list. least, days: so many posts collected within so many days raise an alert."""

    number: int
    name: str
    query: Query
    purpose: str
    least: int
    days: int
    who: str
    since: datetime
    ended_at: datetime | None


def add(
    workspace: Workspace, sheet: Purpose, name: str, query: Query, *, least: int, days: int,
    who: str,
) -> WatchList:  # fmt: skip
    """Save a list. Raises BadInput for a name that is taken, a Query with a period, one that
    asks nothing or asks for a person."""
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise BadInput("this cannot name a watch list", expected=f"1 to {_LONGEST_NAME} characters")
    if query.since or query.until:
        raise BadInput("a watch list has no period", expected="filters without since and until")
    if query.replace(cities=(), relevant=True) == Query():
        raise BadInput(
            "this would watch every post", expected="words, an area, a group or another filter"
        )
    check_no_person(workspace.scrubber, query)
    row = {"name": name, "purpose": sheet.name, "view": json.dumps(query.to_json()),
           "least": least, "days": days, "who": who, "since": now()}  # fmt: skip
    with workspace.database.connected() as connection:
        taken = sa.select(WATCH_LISTS.c.name).where(
            WATCH_LISTS.c.name == name, WATCH_LISTS.c.ended_at.is_(None)
        )
        if connection.execute(taken).first() is not None:
            raise BadInput(f"there is a watch list {name!r} already", hint="choose another name")
        connection.execute(sa.insert(WATCH_LISTS).values(row))
    workspace.database.log_access(
        who, "watch", purpose=sheet.name, view={"name": name} | query.to_json(), rows=0
    )
    return named(workspace.database, name)


def end(database: Database, name: str, who: str) -> None:
    """Stop a list; what it found stays written down. Raises BadInput for an unknown one."""
    found = named(database, name)
    with database.connected() as connection:
        connection.execute(
            sa.update(WATCH_LISTS)
            .where(WATCH_LISTS.c.number == found.number)
            .values(ended_at=now())
        )
    database.log_access(who, "unwatch", purpose=found.purpose, view={"name": name}, rows=0)


def named(database: Database, name: str) -> WatchList:
    """The list of that name that has not ended. Raises BadInput with the names there are."""
    known = {found.name: found for found in every(database)}
    if name not in known:
        raise unknown("watch list", name, known)
    return known[name]


def every(database: Database, *, ended: bool = False) -> list[WatchList]:
    """The lists that have not ended, by number. ended: those that have, too."""
    which = sa.true() if ended else WATCH_LISTS.c.ended_at.is_(None)
    with database.connected() as connection:
        rows = connection.execute(
            sa.select(WATCH_LISTS).where(which).order_by(WATCH_LISTS.c.number)
        ).all()
    return [
        WatchList(r.number, r.name, Query.from_json(json.loads(r.view)), r.purpose, r.least,
                  r.days, r.who, utc(r.since), utc(r.ended_at))
        for r in rows
    ]  # fmt: skip


def active(workspace: Workspace, today: date) -> Iterator[tuple[WatchList, Purpose]]:
    """The lists whose purpose holds today, each with its sheet."""
    found = every(workspace.database)
    sheets = {s.name: s for s in purposes.every(workspace.home / "purposes")} if found else {}
    for watch in found:
        sheet = sheets.get(watch.purpose)
        if sheet is not None and today < sheet.end:
            yield watch, sheet
