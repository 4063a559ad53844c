"""What a process of the kill tests does: bring parts of an invented sample into a home.

The parts overlap: one post is found by two cities, one item changes its date, and every part
looks at its windows anew each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from warm import ready

from collectors.collector import Cursor, Page, Rejected, Source, Window
from monitor import demo, pipeline
from monitor.pipeline import Look
from monitor.settings import Settings
from monitor.workspace import Workspace
from store import schema, upkeep

SINCE, UNTIL = date(2026, 3, 2), date(2026, 5, 4)
AT = datetime(2026, 5, 5, 10, tzinfo=UTC)
PARTS = ("north", "south", "forget")
_CITIES = {"north": ("malmo", "rotterdam", "berlin"), "south": ("wien", "torino", "lyon")}
_N = 240
FORGOTTEN = 3


def workspace(home: Path) -> Workspace:
    """A workspace with small batches, so that a part has several merges."""
    return Workspace(Settings(home=home, nlp_batch=100))


def run(home: Path, parts: list[str]) -> None:
    """Do the parts, then bring stories, coverage and the index up to date."""
    opened = ready(workspace(home))
    for part in parts:
        if part == "forget":
            _forget(opened)
        else:
            pipeline.take(opened, looks(opened, part), collected=AT)
    pipeline.refresh(opened, forget="forget" in parts)


def looks(opened: Workspace, part: str) -> Iterator[Look]:
    """The part's looks, each with a cursor, some with an item in quarantine."""
    found = demo.looks(_N, 7, opened.registry, _CITIES[part], SINCE, UNTIL)
    for number, look in enumerate(found):
        (page,) = look.pages
        rejected = (Rejected(number, "created", "a date that cannot be read"),)
        cursor = Cursor({"after": str(number)})
        yield replace(look, pages=[Page(page.items, cursor, page.fetched + 1, rejected)])
    yield from _shared(part)


def _shared(part: str) -> Iterator[Look]:
    """One source of each part that brings the same posts; the second time with a later date."""
    home, zone = {"north": ("malmo", "Europe/Stockholm"), "south": ("wien", "Europe/Vienna")}[part]
    source = Source("shared", "feeds", home, "https://feed.example", "media", zone)
    for round_ in (0, 1):
        since = datetime(2026, 4, 1 + round_, tzinfo=UTC)
        items = [
            dict.fromkeys(schema.ITEM.names)
            | {
                "native_id": f"shared-{i}",
                "address": f"https://feed.example/{i}",
                "created": since + timedelta(days=20 * round_, hours=i),
                "kind": "article",
                "text": f"Neue Wohnungen für Geflüchtete in Malmö, Bericht Nummer {i} aus Wien.",
            }
            for i in range(8)
        ]
        batch = pa.RecordBatch.from_pylist(items, schema=schema.ITEM)
        window = Window(since, since + timedelta(days=1))
        yield Look(source, window, [Page(batch, Cursor({"after": str(round_)}), len(items))])


def _forget(opened: Workspace) -> None:
    from store.vault import Vault

    vault = Vault(opened.keys.vault)
    lookups = [vault.lookup(f"https://feed.example/{i}") for i in range(FORGOTTEN)]
    upkeep.forget(opened.lake, lookups=lookups, at=AT)
