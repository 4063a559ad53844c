"""What a collector is: a generator of pages over one source and one window of time.

A collector is one module of this folder, or one folder of modules, named by its platform, with
`COLLECTOR` (the platform code) and `collect`; with `check_address(source)` where an address can be
wrong before anybody is asked (it raises BadInput). It maps the platform's items to
`store.schema.ITEM` and knows nothing of cities, keys or disks. What can go wrong stands in
`collectors/errors.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from collectors.errors import AccessRefused

if TYPE_CHECKING:
    from collectors.http import Http


@dataclass(frozen=True)
class Source:
    """One place to collect from, as data/cities/<code>.toml lists it.

    reach: country where a city's source speaks of the whole country, so that only what names the
    city counts for it; else city.
    """

    code: str
    platform: str
    home: str
    address: str
    voice: str
    time_zone: str
    language: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    reach: str = "city"


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
class Gap:
    """A part of the window that the platform does not show, and why: a sentence for people."""

    since: datetime
    until: datetime
    reason: str


@dataclass(frozen=True)
class Page:
    """Mapped items and the cursor that follows them.

    `items` has the schema `store.schema.ITEM`. The caller commits `cursor` after the merge.
    dropped: items that are never to be collected, such as of authors who want to be left out.
    gaps: what of the window was not looked at, though it was asked for.
    """

    items: pa.RecordBatch
    cursor: Cursor | None
    fetched: int
    rejected: tuple[Rejected, ...] = ()
    dropped: int = 0
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class Access:
    """How a platform is reached: the one HTTP client, and the installation's keys for it.

    keys: name of the key (`bearer_token`) → the key. `service`: where the platform's API stands,
    where that is not the library's own address: a mirror, a test's server.
    """

    http: Http = field(repr=False)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    service: str | None = None

    def key(self, platform: str, name: str) -> str:
        """One of the keys. Raises AccessRefused that names the setting and the page."""
        found = self.keys.get(name)
        if not found:
            raise AccessRefused(
                f"no key for {platform}",
                expected=setting(platform, name),
                available=[setting(platform, n) for n in self.keys if self.keys[n]],
                hint=where_to_get(platform),
            )
        return found


def setting(platform: str, name: str) -> str:
    """The setting that holds a key."""
    return f"UNITE_COLLECTORS_{platform}_{name}".upper()


def where_to_get(platform: str) -> str:
    """The page that explains how to get the keys of a platform."""
    return f"docs/sources.md#{platform}; the other sources go on"


class Collector(Protocol):
    """The module's `collect` function."""

    def __call__(
        self, source: Source, window: Window, cursor: Cursor | None, access: Access
    ) -> Iterator[Page]: ...
