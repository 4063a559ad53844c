"""The demo: invented posts through the real pipeline, into a home of their own.

The folder holds a file INVENTED; pages and figures that find it say so wherever they show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from base.time import midnight, now, parse_day, zone
from collectors.collector import Page, Source, Window
from monitor import pipeline, purposes, sample
from monitor.cities import Registry
from monitor.pipeline import Look, Taken
from monitor.workspace import Workspace
from store.schema import ITEM

MARK = "INVENTED"
PURPOSE = "demo"
_NOTE = """Every post, person, account and source in this folder is invented.
Made by `unite demo`; figures from it say nothing about any city.
"""


def is_invented(home: Path) -> bool:
    """Whether a home folder holds invented posts."""
    return (home / MARK).exists()


def period(today: date) -> tuple[date, date]:
    """The year of whole weeks that ends before this one, so that the latest weeks are full."""
    until = today - timedelta(days=today.weekday())
    return until - timedelta(weeks=52), until


def looks(
    n: int, seed: int, registry: Registry, cities: Sequence[str], since: date, until: date,
    *, truth: Path | None = None, candidates: float = 0.4,
) -> Iterator[Look]:  # fmt: skip
    """The sample as looks at its sources. truth: where to write what is true of each post."""
    pages: Iterator[sample.SamplePage] = sample.sample(
        n, seed, cities, since, until, candidates=candidates
    )
    if truth is not None:
        pages = sample.with_truth(truth, pages, since=since, until=until)
    for page in pages:
        items = pa.RecordBatch.from_pylist(
            [{name: item.get(name) for name in ITEM.names} for item in page.items], schema=ITEM
        )
        yield Look(
            _source(page.source, registry),
            Window(page.since, page.until),
            [Page(items, None, items.num_rows)],
        )


def is_filled(home: Path) -> bool:
    """Whether `fill` came to its end here."""
    return (home / MARK).exists() and (home / "purposes" / f"{PURPOSE}.toml").exists()


def fill(
    workspace: Workspace, n: int, seed: int, cities: Sequence[str], *, truth: Path | None = None
) -> Taken:
    """Fill a home with n invented posts; safe to repeat with the same arguments."""
    home = workspace.home
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / MARK).write_text(_NOTE, encoding="utf-8")
    since, until = period(now().date())
    taken = pipeline.take(
        workspace,
        looks(n, seed, workspace.registry, cities, since, until, truth=truth),
    )
    pipeline.mark_gaps(workspace, _gaps(workspace.registry, since, until))
    pipeline.refresh(workspace)
    _write_purpose(home / "purposes", until, workspace.registry)
    return taken


def _gaps(registry: Registry, since: date, until: date) -> Iterator[tuple[Source, Window, str]]:
    by_code = {s.code: s for s in sample.sources()}
    for gap in sample.gaps(since=since, until=until):
        source = _source(by_code[gap["source"]], registry)
        local = zone(source.time_zone)
        window = Window(
            midnight(parse_day(gap["since"]), local), midnight(parse_day(gap["until"]), local)
        )
        yield source, window, gap["reason"]


def _source(invented: sample.SampleSource, registry: Registry) -> Source:
    return Source(
        code=invented.code,
        platform=invented.platform,
        home=invented.home,
        address="",
        voice=invented.voice,
        time_zone=registry.city(invented.home).time_zone,
        language=invented.language,
    )


def _write_purpose(folder: Path, until: date, registry: Registry) -> None:
    if (folder / f"{PURPOSE}.toml").exists():
        return
    purposes.add(
        folder,
        purposes.Purpose(
            name=PURPOSE,
            who="whoever runs the demo",
            task="trying the monitor out",
            legal_basis="none needed: every post is invented",
            question="what can be seen?",
            cities=("*",),
            recipients="nobody else",
            end=datetime(until.year + 10, 1, 1, tzinfo=UTC).date(),
            body="other",
            # nothing here comes from a platform, so no platform's terms stand against it
            agreements=tuple(sorted(registry.platforms)),
        ),
    )
