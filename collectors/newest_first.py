"""Items of a listing that begins with the newest, turned round: oldest first, in pages.

The platform is read from the newest item down to where a look begins; only then is known what
is the oldest. Until then the mapped rows wait in memory, at most MOST of them. An item that two
pages of the platform show (a new one moved it on) is taken once. No page but the last carries a
cursor: a look that is killed is repeated, never half counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from collectors.collector import Cursor, Gap, Page, Rejected
from collectors.errors import CollectError, Unmappable
from collectors.items import Reading, Row, moment_or_none, page_items, settle
from store.schema import ITEM

MOST = 50_000
PAGE = 500

_NATIVE_ID = ITEM.get_field_index("native_id")
_CREATED = ITEM.get_field_index("created")


class NewestFirst:
    """What one look has gathered."""

    def __init__(self, reading: Reading, where: str) -> None:
        self._reading = reading
        self._where = where
        self._rows: dict[str, Row] = {}
        self._rejected: list[Rejected] = []
        self.fetched = 0

    def created(self, given: object) -> datetime | None:
        """When an item was published, UTC; None where nobody can tell."""
        return moment_or_none(given, self._reading)

    def add(self, fields: Mapping[str, Any]) -> None:
        """Take an item: its fields under the names of ITEM. Raises CollectError past MOST."""
        try:
            row = settle(fields, self._reading)
            if row[_NATIVE_ID] is None:
                raise Unmappable("no id", column="native_id")
            if row[_CREATED] is None:
                raise Unmappable("no date", column="created")
        except Unmappable as error:
            self.reject(error)
            return
        self._rows.setdefault(row[_NATIVE_ID], row)
        if len(self._rows) > MOST:
            raise CollectError(
                f"more than {MOST:,} items in one look",
                where=self._where,
                hint="look at a shorter time: --since … --until …",
            )

    def reject(self, error: Unmappable) -> None:
        """An item in quarantine."""
        self._rejected.append(Rejected(self.fetched, error.column, error.what))

    def pages(self, after: Cursor | None, gaps: tuple[Gap, ...] = ()) -> Iterator[Page]:
        """The pages; `after` is the cursor of the last, which tells the gaps. At least one."""
        rows = sorted(self._rows.values(), key=itemgetter(_CREATED))
        parts = [rows[i : i + PAGE] for i in range(0, len(rows), PAGE)] or [[]]
        for part in parts[:-1]:
            yield Page(page_items(part), None, len(part))
        told = sum(len(p) for p in parts[:-1])
        rest, rejected = max(0, self.fetched - told), tuple(self._rejected)
        yield Page(page_items(parts[-1]), after, rest, rejected, gaps=gaps)
