"""The job table: how far each part of a job was done, when it is tried again, its last runs.

It holds counts and errors' sentences, never a text of a post. Whoever writes holds the part's lock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from base.errors import Transient, UniteError
from collectors.collector import Window
from monitor.database import Database, utc
from monitor.jobs.job import Counts
from monitor.jobs.schedule import pause
from monitor.tables import JOBS, RUNS

Who = Literal["clock", "airflow", "person"]
_KEPT = 50  # runs that are kept of each part
_MOST = 512


@dataclass(frozen=True)
class State:
    """Where a part of a job stands. covered: up to when it is done. not_before: it is not tried
    again before. tries: runs in a row that did not end well, killed ones too. is_waiting:
    somebody must mend something first."""

    covered: datetime | None = None
    not_before: datetime | None = None
    tries: int = 0
    is_waiting: bool = False
    is_paused: bool = False
    run: int | None = None


@dataclass(frozen=True)
class Run:
    """One run. ended: None where it was killed, or still runs. error, says: how it failed."""

    number: int
    name: str
    part: str
    window: Window
    who: str
    began: datetime
    ended: datetime | None
    counts: Counts = field(default_factory=dict)
    error: str | None = None
    says: str | None = None


class Table:
    """The job table of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def states(self) -> dict[tuple[str, str], State]:
        """By job and part, what is known; a part that never ran is not there."""
        with self._database.connected() as connection:
            return {(r.name, r.part): _state(r) for r in connection.execute(sa.select(JOBS))}

    def state(self, name: str, part: str) -> State:
        """Where one part stands."""
        with self._database.connected() as connection:
            row = connection.execute(sa.select(JOBS).where(_of(name, part))).one_or_none()
        return State() if row is None else _state(row)

    def begin(self, name: str, part: str, window: Window, who: Who, at: datetime) -> int:
        """A run begins: its number. Killed now, it is repeated at once, and then ever later."""
        state = self.state(name, part)
        wait = pause(state.tries) if state.tries else None
        row = {"name": name, "part": part, "since": window.since, "until": window.until,
               "who": who, "began": at}  # fmt: skip
        with self._database.connected() as connection:
            inserted = sa.insert(RUNS).values(row).returning(RUNS.c.number)
            number = int(connection.execute(inserted).scalar_one())
        self._put(name, part, {
            "tries": state.tries + 1, "is_waiting": False, "run": number,
            "not_before": None if wait is None else at + wait,
        })  # fmt: skip
        return number

    def done(
        self, number: int, name: str, part: str, counts: Counts, covered: datetime | None,
        at: datetime,
    ) -> None:  # fmt: skip
        """A run came to its end. covered: up to when the part is done now."""
        self._end(number, {"ended": at, "counts": json.dumps(dict(counts))})
        self._put(name, part, {
            "covered": covered, "not_before": None, "tries": 0, "is_waiting": False,
        })  # fmt: skip
        self._forget_old(name, part)

    def failed(self, number: int, name: str, part: str, error: UniteError, at: datetime) -> None:
        """A run failed: it is tried again soon where that may help, else it waits for somebody."""
        says = error.what if error.hint is None else f"{error.what} ({error.hint})"
        kind = type(error).__name__
        self._end(number, {"ended": at, "error": kind[:64], "says": says[:_MOST]})
        may_pass = isinstance(error, Transient)
        wait = pause(self.state(name, part).tries, getattr(error, "retry_after", None))
        self._put(name, part, {
            "is_waiting": not may_pass, "not_before": at + wait if may_pass else None,
        })  # fmt: skip
        self._forget_old(name, part)

    def hold(self, name: str, part: str, *, is_paused: bool) -> None:
        """Pause a part, or let it go on; what it waited for counts as mended."""
        self._put(name, part, {
            "is_paused": is_paused, "is_waiting": False, "not_before": None, "tries": 0,
        })  # fmt: skip

    def runs(self, name: str | None = None, part: str | None = None, most: int = 100) -> list[Run]:
        """The newest runs first."""
        query = sa.select(RUNS).order_by(RUNS.c.number.desc()).limit(most)
        for column, value in ((RUNS.c.name, name), (RUNS.c.part, part)):
            query = query if value is None else query.where(column == value)
        with self._database.connected() as connection:
            return [_run(r) for r in connection.execute(query)]

    def last_runs(self) -> dict[tuple[str, str], Run]:
        """The last run of each part."""
        query = sa.select(RUNS).join(JOBS, JOBS.c.run == RUNS.c.number)
        with self._database.connected() as connection:
            return {(r.name, r.part): _run(r) for r in connection.execute(query)}

    def _put(self, name: str, part: str, changes: Mapping[str, Any]) -> None:
        fresh = {"tries": 0, "is_waiting": False, "is_paused": False}
        row = {"name": name, "part": part, **fresh, **changes}
        self._database.put(JOBS, [row], only=list(changes))

    def _end(self, number: int, changes: Mapping[str, Any]) -> None:
        with self._database.connected() as connection:
            connection.execute(sa.update(RUNS).where(RUNS.c.number == number).values(changes))

    def _forget_old(self, name: str, part: str) -> None:
        mine = (RUNS.c.name == name) & (RUNS.c.part == part)
        oldest = sa.select(RUNS.c.number).where(mine).order_by(RUNS.c.number.desc()).offset(_KEPT)
        with self._database.connected() as connection:
            first = connection.execute(oldest.limit(1)).scalar_one_or_none()
            if first is not None:
                connection.execute(sa.delete(RUNS).where(mine, RUNS.c.number <= first))


def _of(name: str, part: str) -> sa.ColumnElement[bool]:
    return (JOBS.c.name == name) & (JOBS.c.part == part)


def _state(r: Any) -> State:
    return State(utc(r.covered), utc(r.not_before), r.tries, r.is_waiting, r.is_paused, r.run)


def _run(r: Any) -> Run:
    return Run(
        r.number, r.name, r.part, Window(utc(r.since), utc(r.until)), r.who, utc(r.began),
        utc(r.ended), json.loads(r.counts or "{}"), r.error, r.says,
    )  # fmt: skip
