"""Sources for a city: discovered on its sites, tried before anybody saves them.

Comes in: addresses of sites and feeds, the network. Goes out: a Candidate for each feed, with
what its trial said, and what went wrong with a site.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from base.errors import UniteError
from base.time import now
from collectors.http import Http
from monitor.entering import drafting
from monitor.sources import check
from monitor.sources.discovering import Feed, discover
from monitor.sources.trying import Tried, trial
from monitor.workspace import Workspace


@dataclass(frozen=True)
class Candidate:
    """A source that could be saved. cells: as in a city's file. tried: what it gave."""

    cells: Mapping[str, Any]
    tried: Tried

    @property
    def saved(self) -> dict[str, Any]:
        """The cells as they are written: one that did not answer says so."""
        return dict(self.cells) if self.tried.is_reached else {**self.cells, "unverified": True}


@dataclass(frozen=True)
class Failed:
    """A site on which no feed was found."""

    site: str
    error: UniteError


@dataclass(frozen=True)
class Wanted:
    """What is said of all sources that are looked for at once. home, time_zone: of the city."""

    home: str
    time_zone: str
    voice: str
    language: str | None
    reason: str


def gather(
    workspace: Workspace, http: Http, wanted: Wanted, taken: Collection[str],
    sites: Sequence[str] = (), feeds: Sequence[str] = (),
) -> Iterator[Candidate | Failed]:  # fmt: skip
    """Each feed of the sites, and those named by their own address, tried once."""
    found = [Feed(address.strip(), "", is_named=True) for address in feeds]
    for site in sites:
        try:
            found += discover(site, http)
        except UniteError as error:
            yield Failed(site, error)
    codes, seen = set(taken), set()
    for feed in found:
        if feed.address in seen:
            continue
        seen.add(feed.address)
        cells = drafting.feed(
            feed, codes, voice=wanted.voice, language=wanted.language, reason=wanted.reason
        )
        codes.add(cells["code"])
        yield tried(workspace, http, cells, wanted.home, wanted.time_zone)


def tried(
    workspace: Workspace, http: Http, cells: Mapping[str, Any], home: str, time_zone: str
) -> Candidate:
    """One source with its trial."""
    return Candidate(cells, trial(workspace, drafting.source(cells, home, time_zone), http))


def remember(workspace: Workspace, saved: Sequence[Candidate]) -> None:
    """Write down what the trials of saved sources said, for `unite doctor --sources`."""
    for one in saved:
        check.remember(
            workspace, one.tried.source, f"{now():%Y-%m-%d}: {one.tried}",
            is_reached=one.tried.is_reached,
        )  # fmt: skip
