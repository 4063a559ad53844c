"""Whether listed sources can be collected from: as they are written, and when they are asked.

Comes in: the registry, and for a try the network. Goes out: a Checked for each source. A source
counts as verified from the day it was reached under the address it has now; nothing that a try
brings is kept.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa

from base.errors import UniteError
from base.time import now
from collectors.collector import Source
from collectors.http import Http
from monitor import collecting
from monitor.cities import Registry
from monitor.database import utc
from monitor.homes import Home
from monitor.sources.trying import trial
from monitor.tables import SOURCE_CHECKS
from monitor.workspace import Workspace

# of a city that is meant to be compared, and of a country or Europe
_LEAST = {"city": (8, 4), "country": (4, 2), "europe": (4, 2)}
_LOOKED_AT = timedelta(days=14)
_MOST_ITEMS = 200  # enough to say how much there is


@dataclass(frozen=True)
class Checked:
    """What is known of one source. state: reached, failed, unverified, wrong. where: the file and
    line of one that is wrong."""

    home: str
    source: str
    platform: str
    state: str
    says: str
    where: str = ""


def offline(workspace: Workspace, cities: Iterable[str]) -> Iterator[Checked]:
    """Every source as it is written, with what the last try said."""
    known = _known(workspace)
    shared = _shared(workspace.registry)
    for code in cities:
        home = workspace.registry.home(code)
        for source in home.sources:
            problem = _problem(home, source, shared)
            if problem:
                where = home.notes[source.code].where
                yield replace(_of(source, "wrong", problem), where=where)
                continue
            seen = known.get((source.home, source.code))
            if seen is None or seen.address != _digest(source.address):
                yield _of(source, "unverified", "nobody has reached it yet")
            else:
                state = "reached" if seen.is_reached else "failed"
                yield _of(source, state, f"{utc(seen.at):%Y-%m-%d}: {seen.says}")


def online(workspace: Workspace, cities: Iterable[str], http: Http) -> Iterator[Checked]:
    """Every source, asked once for its last two weeks; what is found is counted, not kept."""
    for checked in offline(workspace, cities):
        if checked.state == "wrong":
            yield checked
            continue
        source = workspace.registry.source(checked.home, checked.source)
        tried = trial(workspace, source, http, is_judged=False)
        remember(workspace, source, str(tried), is_reached=tried.is_reached)
        yield _of(source, "reached" if tried.is_reached else "failed", str(tried))


def remember(workspace: Workspace, source: Source, says: str, *, is_reached: bool) -> None:
    """Write down what a try of a source said."""
    row = {"home": source.home, "source": source.code, "address": _digest(source.address),
           "at": now(), "is_reached": is_reached, "says": says}  # fmt: skip
    workspace.database.put(SOURCE_CHECKS, [row])


def gaps(home: Home) -> str | None:
    """What a home lacks to be compared, None for nothing."""
    platforms = {s.platform for s in home.sources}
    sources, spread = _LEAST[home.kind]
    if len(home.sources) >= sources and len(platforms) >= spread:
        return None
    return (f"{len(home.sources)} sources on {len(platforms)} platforms; wanted are "
            f"{sources} on {spread}")  # fmt: skip


def _problem(home: Home, source: Source, shared: Mapping[str, list[str]]) -> str | None:
    note = home.notes[source.code]
    for key in ("name", "why", "read_at"):
        if not getattr(note, key):
            return f"the key {key!r} is missing"
    others = [o for o in shared.get(_same(source), ()) if o != f"{source.home}/{source.code}"]
    if others:
        return f"the same address as {', '.join(others)}"
    try:
        collecting.check_address(source)
    except UniteError as error:
        return error.what + (f"; expected {error.expected}" if error.expected else "")
    return None


def _shared(registry: Registry) -> Mapping[str, list[str]]:
    """The sources, as home/source, of each address that more than one has."""
    found = defaultdict(list)
    for home in registry.homes.values():
        for source in home.sources:
            found[_same(source)].append(f"{source.home}/{source.code}")
    return {address: sources for address, sources in found.items() if len(sources) > 1}


def _same(source: Source) -> str:
    """What is equal for two addresses of one place, of which only one may be listed. A medium of
    the country may be listed for a city beside, as what names that city."""
    address = source.address.strip().casefold()
    for part in ("https://", "http://", "www.", "old."):
        address = address.removeprefix(part)
    where = source.home if source.reach == "country" else ""
    return f"{source.platform} {address.rstrip('/')} {where}"


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def _known(workspace: Workspace) -> dict[tuple[str, str], sa.Row[tuple[object, ...]]]:
    if not workspace.has_database:  # looking makes nothing
        return {}
    with workspace.database.connected() as connection:
        rows = connection.execute(sa.select(SOURCE_CHECKS)).all()
    return {(row.home, row.source): row for row in rows}


def _of(source: Source, state: str, says: str) -> Checked:
    return Checked(source.home, source.code, source.platform, state, says)
