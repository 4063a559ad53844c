"""What a collector is: a generator of pages over one source and one window of time.

A collector is one module of this folder with `COLLECTOR` (its platform code) and `collect`.
It maps the platform's items to `store.schema.ITEM` and knows nothing of cities, keys or disks.
What can go wrong stands in `collectors/errors.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

if TYPE_CHECKING:
    from collectors.http import Http


@dataclass(frozen=True)
class Source:
    """One place to collect from, as data/cities/<code>.toml lists it."""

    code: str
    platform: str
    home: str
    address: str
    voice: str
    time_zone: str
    language: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Window:
    """The half-open span of time that is looked at, UTC."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Cursor:
    """Where to go on, in the platform's own terms (an id, a token, an ETag). JSON-able."""

    state: Mapping[str, str]


@dataclass(frozen=True)
class Rejected:
    """An item in quarantine: where it stood, which field, why. Never its content."""

    position: int
    column: str
    reason: str


@dataclass(frozen=True)
class Page:
    """Mapped items and the cursor that follows them.

    `items` has the schema `store.schema.ITEM`. The caller commits `cursor` after the merge.
    """

    items: pa.RecordBatch
    cursor: Cursor | None
    fetched: int
    rejected: tuple[Rejected, ...] = ()


class Collector(Protocol):
    """The module's `collect` function."""

    def __call__(
        self, source: Source, window: Window, cursor: Cursor | None, http: Http
    ) -> Iterator[Page]: ...
