"""What platforms said of the quota that is left: by platform and host, as of their last answer.

Written once a look by `monitor/collecting.py`; read by whoever shows the health of sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from base.time import now
from collectors.http import Http
from monitor.database import Database, utc
from monitor.tables import QUOTAS


@dataclass(frozen=True)
class Left:
    """left, limit: questions, or the platform's own units. at: when the host said so.

    resets_at: when they are counted anew; what was said before that moment holds no longer.
    """

    platform: str
    host: str
    left: float
    limit: float | None
    resets_at: datetime | None
    at: datetime


def remember(database: Database, platform: str, http: Http) -> None:
    """Write down what the client's hosts said since the last time."""
    at = now()
    rows = [{"platform": platform, "at": at, **vars(quota)} for quota in http.quotas.take()]
    database.put(QUOTAS, rows)


def left(database: Database) -> list[Left]:
    """The quotas that platforms told of, by platform and host."""
    query = sa.select(QUOTAS).order_by(QUOTAS.c.platform, QUOTAS.c.host)
    with database.connected() as connection:
        rows = connection.execute(query).all()
    return [Left(r.platform, r.host, r.left, r.limit, utc(r.resets_at), utc(r.at)) for r in rows]


def told(database: Database, at: datetime | None = None) -> Mapping[str, str]:
    """By platform, in words: how much of how much is left, where a host said so and it holds."""
    found: dict[str, list[str]] = {}
    for one in left(database):
        if one.resets_at is not None and one.resets_at <= (at or now()):
            continue  # counted anew since
        of = "" if one.limit is None else f" of {one.limit:,.0f}"
        until = "" if one.resets_at is None else f" until {one.resets_at:%Y-%m-%d %H:%M}"
        found.setdefault(one.platform, []).append(f"{one.left:,.0f}{of} at {one.host}{until}")
    return {platform: "; ".join(said) for platform, said in found.items()}
