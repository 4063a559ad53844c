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

from collectors.errors import NoKey

if TYPE_CHECKING:
    from collectors.http import Http


@dataclass(frozen=True)
class Source:
    """One place to collect from, as data/cities/<code>.toml lists it.

    reach: what its posts are about where their text names no city: the home (`city`); the whole
    `country`, or anything in the `world` that shares a word, and then no city.
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

    @property
    def where(self) -> str:
        """The source as messages name it."""
        return f"source {self.code!r} of city {self.home}"


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

    `items` has the schema `store.schema.ITEM`. The caller commits `cursor` after the merge, and
    may do so after any page: a look that ends there goes on from it and loses nothing.
    dropped: items that are never to be collected, such as of authors who want to be left out.
    gaps: what of the window was not looked at, though it was asked for; told no later than with
    the page whose `reached` lies behind them. reached: the moment up to which this page and those
    before it gave everything of the window, where pages come oldest first; None where that is
    only known at the end of the look.
    """

    items: pa.RecordBatch
    cursor: Cursor | None
    fetched: int
    rejected: tuple[Rejected, ...] = ()
    dropped: int = 0
    gaps: tuple[Gap, ...] = ()
    reached: datetime | None = None


@dataclass(frozen=True)
class Access:
    """How a platform is reached: the one HTTP client, and the installation's keys for it.

    keys: name of the key (`bearer_token`) → the key. `service`: where the platform's API stands,
    where that is not the library's own address: a mirror, a test's server. `is_trial`: only
    whether the source answers is asked; where posts cost money, one smallest page is read.
    """

    http: Http = field(repr=False)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    service: str | None = None
    is_trial: bool = False

    def key(self, platform: str, name: str) -> str:
        """One of the keys. Raises NoKey that names all settings that are missing, and the page."""
        found = self.keys.get(name)
        if not found:
            missing = [n for n in dict.fromkeys((*self.keys, name)) if not self.keys.get(n)]
            raise NoKey(
                f"no key for {platform}",
                expected=" and ".join(setting(platform, n) for n in missing),
                available=[setting(platform, n) for n in self.keys if self.keys[n]],
                hint=where_to_get(platform),
            )
        return found


def setting(*names: str) -> str:
    """The setting of the collectors that is called so: a platform and its key, or one of all."""
    return "_".join(("UNITE_COLLECTORS", *names)).upper()


def where_to_get(platform: str) -> str:
    """The page that explains how to get the keys of a platform."""
    return f"docs/sources.md#{platform}; the other sources go on"


class Collector(Protocol):
    """The module's `collect` function."""

    def __call__(
        self, source: Source, window: Window, cursor: Cursor | None, access: Access
    ) -> Iterator[Page]: ...
