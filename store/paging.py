"""Pages of single posts: what a row of one holds, and where the next page begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from base.errors import BadInput
from store.schema import POST

SHOWN = pa.schema([*POST, pa.field("story", pa.string(), nullable=False)])
After = tuple[str, str, str]  # (created ISO, id, home) of the last row of the page before
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def check_limit(limit: int) -> None:
    """Raises BadInput for a page of no posts."""
    if limit < 1:
        raise BadInput(f"a page of {limit} posts", expected="1 or more")


def moment(created: str) -> int:
    """A moment in µs since 1970. Raises BadInput for what is none."""
    try:
        found = datetime.fromisoformat(created)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
        return (found - _EPOCH) // _MICROSECOND
    except (ValueError, TypeError, OverflowError) as error:
        raise BadInput(
            f"{created!r} is no moment", expected="created of a post, ISO 8601"
        ) from error
