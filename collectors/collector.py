"""What a collector is: a generator of pages over one source and one window of time.

A collector is one module of this folder with `COLLECTOR` (its platform code) and `collect`.
It maps the platform's items to `store.schema.ITEM` and knows nothing of cities, keys or disks.

CollectError
├── RateLimited      Transient   wait `retry_after` seconds
├── Unreachable      Transient   network, time-out, 5xx
├── AccessRefused    Terminal    key, plan or permission
├── Gone             Terminal    nothing stands at the address any more (404, 410)
├── WrongShape       Terminal    the whole answer is not what the platform promises
└── Unmappable       quarantine  one item's shape is unknown; the others go on
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from base.errors import Terminal, Transient, UniteError

if TYPE_CHECKING:
    from collectors.http import Http


class CollectError(UniteError):
    """Anything that goes wrong while collecting."""


class RateLimited(CollectError, Transient):
    """The platform asks to wait; `retry_after` seconds."""


class Unreachable(CollectError, Transient):
    """The network, a time-out or the platform's own fault (5xx)."""


class AccessRefused(CollectError, Terminal):
    """The key, plan or permission does not suffice."""


class Gone(CollectError, Terminal):
    """Nothing stands at the address any more: moved, removed or mistyped."""


class WrongShape(CollectError, Terminal):
    """The answer as a whole is not what the platform promises (a feed that is HTML)."""


class Unmappable(CollectError):
    """One item cannot be mapped: `field` and reason go to quarantine, content never."""

    def __init__(self, reason: str, *, column: str, where: str | None = None) -> None:
        super().__init__(reason, where=where)
        self.column = column


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
