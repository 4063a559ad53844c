"""A city with two sources, of which one may lose its last week: by failing, silently, or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pyarrow as pa
from lakes import merge, row

from base.time import now
from collectors.collector import Source
from monitor import cities, pipeline
from monitor.settings import load
from monitor.workspace import Workspace
from store import schema

CITY, WEEKS = "wien", 15
# posts a day, and every how many of them is about housing: the loss of `forum` looks like a fall
HABITS: Mapping[str, tuple[int, int]] = {"news": (6, 6), "forum": (6, 1)}


def monday() -> date:
    """The day after the last whole week."""
    today = now().date()
    return today - timedelta(days=today.weekday())


def moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def listed(*codes: str) -> cities.Registry:
    """The registry, with these sources alone, all of the city."""
    registry = cities.load()
    city = registry.city(CITY)
    sources = tuple(
        Source(c, "feeds", CITY, f"https://{c}.example", "media", city.time_zone) for c in codes
    )
    others = {code: replace(c, sources=()) for code, c in registry.cities.items()}
    mine = {**others, CITY: replace(city, sources=sources)}
    return replace(registry, cities=mine, wider={}, streams=())


def filled(
    folder: Path, *, silent: date | None = None, failed: date | None = None,
    back: date | None = None, turned: date | None = None,
    habits: Mapping[str, tuple[int, int]] = HABITS,
) -> Workspace:  # fmt: skip
    """15 weeks up to this one. silent, failed: the day from which `forum` gives nothing, with
    looks that succeed or without looks; back: the day on which it is there again; turned: from
    which it talks of other things."""
    workspace = Workspace(load(home=folder))
    workspace.__dict__["registry"] = listed(*habits)
    end = monday()
    begin = end - timedelta(weeks=WEEKS)
    posts, looks = [], []
    for source, (many, every) in habits.items():
        for number in range(7 * WEEKS):
            day = begin + timedelta(days=number)
            away = source == "forum" and (back is None or day < back)
            if not (away and failed and day >= failed):
                looks.append((CITY, source, moment(day), moment(day + timedelta(days=1))))
            if away and any(gone and day >= gone for gone in (silent, failed)):
                continue
            posts += [
                row(f"{source}{number}-{i}", CITY, source=source, platform="feeds", voice="media",
                    created=moment(day) + timedelta(hours=6, minutes=i),
                    collected=moment(day + timedelta(days=1)),
                    areas=["housing"] if (number + i) % every == 0 and not (
                        source == "forum" and turned and day >= turned) else ["health"])
                for i in range(many)
            ]  # fmt: skip
    merge(workspace.lake, posts)
    look_at(workspace, looks)
    return workspace


def look_at(
    workspace: Workspace, looks: list[tuple[str, str, datetime, datetime]],
    fetched: int = 10, unmapped: int = 0,
) -> None:  # fmt: skip
    """Write down looks without reason, and bring everything up to them."""
    rows = [(*look, fetched, unmapped, 0, None, "source") for look in looks]
    columns = [list(c) for c in zip(*rows, strict=True)]
    with workspace.lake.writing() as writer:
        writer.merge_rows("windows", pa.table(columns, schema=schema.WINDOW))
    pipeline.refresh(workspace)
