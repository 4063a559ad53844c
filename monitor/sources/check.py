"""Whether listed sources can be collected from: as they are written, and when they are asked.

Comes in: the registry, and for a try the network. Goes out: a Checked for each source. A source
counts as verified from the day it was reached under the address it has now; nothing that a try
brings is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow.compute as pc
import sqlalchemy as sa

from base.errors import UniteError
from base.time import now
from collectors.collector import Page, Source, Window
from collectors.http import Http
from monitor import collecting
from monitor.cities import City
from monitor.database import SOURCE_CHECKS
from monitor.workspace import Workspace

LEAST_SOURCES, LEAST_PLATFORMS = 8, 4  # of a city that is meant to be compared
_LOOKED_AT = timedelta(days=14)
_MOST_ITEMS = 200  # enough to say how much there is


@dataclass(frozen=True)
class Checked:
    """What is known of one source. state: reached, failed, unverified, wrong."""

    home: str
    source: str
    platform: str
    state: str
    says: str


def offline(workspace: Workspace, cities: Iterable[str]) -> Iterator[Checked]:
    """Every source as it is written, with what the last try said."""
    known = _known(workspace)
    for code in cities:
        city = workspace.registry.city(code)
        for source in city.sources:
            problem = _problem(city, source)
            if problem:
                yield _of(source, "wrong", problem)
                continue
            seen = known.get((source.home, source.code))
            if seen is None or seen.address != _digest(source.address):
                yield _of(source, "unverified", "nobody has reached it yet")
            else:
                state = "reached" if seen.is_reached else "failed"
                yield _of(source, state, f"{seen.at:%Y-%m-%d}: {seen.says}")


def online(workspace: Workspace, cities: Iterable[str], http: Http) -> Iterator[Checked]:
    """Every source, asked once for its last two weeks; what is found is counted, not kept."""
    for checked in offline(workspace, cities):
        if checked.state == "wrong":
            yield checked
            continue
        source = workspace.registry.source(checked.home, checked.source)
        try:
            found, reached = (
                trial(collecting.pages(workspace, source, _window(), http, afresh=True)),
                True,
            )
        except UniteError as error:
            found, reached = " · ".join(str(error).split("\n  ")), False
        remember(workspace, source, found, is_reached=reached)
        yield _of(source, "reached" if reached else "failed", found)


def remember(workspace: Workspace, source: Source, says: str, *, is_reached: bool) -> None:
    """Write down what a try of a source said."""
    row = {"home": source.home, "source": source.code, "address": _digest(source.address),
           "at": now(), "is_reached": is_reached, "says": says[:500]}  # fmt: skip
    workspace.database.put(SOURCE_CHECKS, [row])


def trial(pages: Iterable[Page]) -> str:
    """How much a source gave and how new it is, in words."""
    count, rejected = 0, 0
    last: datetime | None = None
    for page in pages:
        count += page.items.num_rows
        rejected += len(page.rejected)
        newest = pc.max(page.items["created"]).as_py()
        last = max((m for m in (last, newest) if m is not None), default=None)
        if count >= _MOST_ITEMS:
            break
    if not count:
        return "answers, with nothing in the last two weeks"
    said = f"{count} items in the last two weeks"
    if last is not None:
        said += f", the newest of {last:%Y-%m-%d}"
    return said + (f"; {rejected} could not be read" if rejected else "")


def gaps(city: City) -> str | None:
    """What a city lacks to be compared, None for nothing."""
    platforms = {s.platform for s in city.sources}
    if len(city.sources) >= LEAST_SOURCES and len(platforms) >= LEAST_PLATFORMS:
        return None
    return (f"{len(city.sources)} sources on {len(platforms)} platforms; wanted are "
            f"{LEAST_SOURCES} on {LEAST_PLATFORMS}")  # fmt: skip


def _problem(city: City, source: Source) -> str | None:
    note = city.notes[source.code]
    for key in ("name", "why", "read_at"):
        if not getattr(note, key):
            return f"the key {key!r} is missing"
    try:
        collecting.collector(source)
    except UniteError as error:
        return error.what
    return None


def _window() -> Window:
    at = now()
    return Window(at - _LOOKED_AT, at)


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def _known(workspace: Workspace) -> dict[tuple[str, str], sa.Row[tuple[object, ...]]]:
    with workspace.database.connected() as connection:
        rows = connection.execute(sa.select(SOURCE_CHECKS)).all()
    return {(row.home, row.source): row for row in rows}


def _of(source: Source, state: str, says: str) -> Checked:
    return Checked(source.home, source.code, source.platform, state, says)
