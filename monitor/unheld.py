"""Posts that the index cannot hold: written down in quarantine, with the field and never a text.

They stay in the lake. A rebuild tries them all again, so it begins with none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from hashlib import blake2b

import sqlalchemy as sa

from monitor.database import Database, Quarantined
from monitor.tables import QUARANTINE

SOURCE = "index"  # in quarantine, where other rows have the code of a source
_AT_ONCE = 1_000
_BYTES = 7  # of the number that stands for a row


class Unheld:
    """Collects refused rows for the database, which is opened at the first one."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database
        self._waiting: dict[str, list[Quarantined]] = defaultdict(list)

    def add(self, key: str, reason: str, field: str) -> None:
        """One row. key: `id:home`."""
        home = key.partition(":")[2]
        position = int.from_bytes(blake2b(key.encode(), digest_size=_BYTES).digest())
        self._waiting[home].append(Quarantined(position, field or "?", reason))
        if sum(map(len, self._waiting.values())) >= _AT_ONCE:
            self.write()

    def write(self) -> None:
        """Bring what waits into the database; once each, however often it is refused."""
        for home, rows in self._waiting.items():
            self._database().quarantine(home, SOURCE, SOURCE, rows)
        self._waiting.clear()

    def begin_anew(self) -> None:
        """Forget all of them."""
        with self._database().connected() as connection:
            connection.execute(sa.delete(QUARANTINE).where(QUARANTINE.c.source == SOURCE))

    def reasons(self) -> list[tuple[str, str, int]]:
        """(home, reason, count), most frequent first."""
        rows = self._database().quarantined()
        return [(home, reason, n) for home, source, reason, n in rows if source == SOURCE]
