"""What platforms said of the quota that is left, in words, by platform."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from base.time import now
from monitor.database import METADATA, Database
from monitor.sources.failures import moment

_TABLE = "quotas"  # written by whoever collects; an installation may have none


def left(database: Database, at: datetime | None = None) -> Mapping[str, str]:
    """By platform: how much of how much is left, where a host said so and it still holds."""
    table = METADATA.tables.get(_TABLE)
    if table is None:
        return {}
    with database.connected() as connection:
        rows = connection.execute(sa.select(table).order_by(table.c.platform, table.c.host)).all()
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.resets_at is not None and moment(row.resets_at) <= (at or now()):
            continue  # counted anew since
        of = "" if row.limit is None else f" of {row.limit:,.0f}"
        until = "" if row.resets_at is None else f" until {moment(row.resets_at):%Y-%m-%d %H:%M}"
        found.setdefault(row.platform, []).append(f"{row.left:,.0f}{of} at {row.host}{until}")
    return {platform: "; ".join(said) for platform, said in found.items()}
