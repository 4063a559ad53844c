"""Invented posts for demo, tests and benchmarks, with the truth beside them.

`sample(n, seed, …)` yields pages as collectors would: raw, unscrubbed items of one source and one
window, in the order of the windows. Every text, person, account and source is invented. The
sentences stand in `data/sample/`, written without knowledge of the taxonomy's term lists, so that
what the taxonomy finds in them is a finding.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

from .calendar import Calendar, midnight
from .plant import DEFAULT, Plant
from .post import Newsroom
from .sources import SampleSource, city, city_codes

CITIES = (
    "rotterdam", "malmo", "wien", "berlin", "torino",
    "lyon", "krakow", "barcelona", "athina", "budapest",
)  # fmt: skip
SINCE, UNTIL = date(2025, 1, 1), date(2026, 1, 1)  # two changes of the clock

__all__ = [
    "CITIES",
    "DEFAULT",
    "Plant",
    "SamplePage",
    "SampleSource",
    "city_codes",
    "gaps",
    "header",
    "sample",
    "sources",
    "with_truth",
    "write_truth",
]


@dataclass(frozen=True)
class SamplePage:
    """What one look at one source brought: raw items and, row by row, what is true of them."""

    source: SampleSource
    since: datetime
    until: datetime
    items: list[dict[str, Any]]
    truth: list[dict[str, Any]]


def sources(cities: Sequence[str] = CITIES) -> list[SampleSource]:
    """The invented sources of the cities."""
    return [source for code in cities for source in city(code).sources]


def sample(
    n: int,
    seed: int = 1,
    cities: Sequence[str] = CITIES,
    since: date = SINCE,
    until: date = UNTIL,
    plants: Sequence[Plant] = DEFAULT,
    *,
    candidates: float = 0.4,
    window_days: int | None = None,
) -> Iterator[SamplePage]:
    """Exactly n posts of the local days [since, until), page by page.

    `candidates`: share of posts about integration. `window_days`: length of a window; without it a
    day, a week or four weeks, so that a page holds some posts. Same arguments, same posts.
    """
    if n < 0 or since >= until or not 0 <= candidates <= 1:
        raise ValueError(f"cannot sample {n} posts of [{since}, {until}), candidates {candidates}")
    homes = {code: city(code) for code in cities}
    random = Random(f"{seed}")
    calendar = Calendar(homes, since, until, plants, candidates, random)
    days = window_days or _days(n, len(sources(cities)), (until - since).days)
    windows = list(calendar.windows(days))
    newsroom = Newsroom(homes, calendar, random, seed, n)
    for window, portions in zip(windows, calendar.portions(n, windows), strict=True):
        rows = newsroom.page(window, portions)
        home = homes[window.source.home]
        first, last = midnight(window.since, home), midnight(window.until, home)
        items, truth = [item for item, _ in rows], [truth for _, truth in rows]
        yield SamplePage(window.source, first, last, items, truth)


def _days(n: int, count: int, days: int) -> int:
    """Length of a window that gives pages of about five posts or more."""
    for length in (1, 7):
        if n * length >= 5 * count * days:
            return length
    return 28


def gaps(
    plants: Sequence[Plant] = DEFAULT, since: date = SINCE, until: date = UNTIL
) -> list[dict[str, str]]:
    """What was not collected: source, city, first local day, day after the last, reason."""
    found = []
    for plant in plants:
        if plant.kind == "gap" and plant.source:
            begins, ends = plant.period(since, until)
            found.append(
                {
                    "source": plant.source,
                    "city": plant.city,
                    "since": str(begins),
                    "until": str(ends),
                    "reason": plant.reason,
                }
            )
    return found


def header(
    plants: Sequence[Plant] = DEFAULT, since: date = SINCE, until: date = UNTIL
) -> dict[str, Any]:
    """First line of a truth file: what it is and what was planted, with days."""
    planted = []
    for plant in plants:
        begins, ends = plant.period(since, until)
        planted.append(
            {
                "name": plant.name,
                "kind": plant.kind,
                "city": plant.city,
                "since": str(begins),
                "until": str(ends),
                "factor": plant.factor,
                "areas": list(plant.areas),
                "group": plant.group,
                "source": plant.source,
                "reason": plant.reason,
            }
        )
    return {
        "about": "Truth of an invented sample. Every text, person, account, number, address and "
        "source in it is invented; it says nothing about any city or group.",
        "since": str(since),
        "until": str(until),
        "plants": planted,
        "gaps": gaps(plants, since, until),
    }


def with_truth(
    path: Path,
    pages: Iterable[SamplePage],
    plants: Sequence[Plant] = DEFAULT,
    since: date = SINCE,
    until: date = UNTIL,
) -> Iterator[SamplePage]:
    """Passes the pages on and writes their truth to `path` (NDJSON) on the way."""
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(header(plants, since, until), ensure_ascii=False) + "\n")
        for page in pages:
            for row in page.truth:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            yield page


def write_truth(
    path: Path,
    pages: Iterable[SamplePage],
    plants: Sequence[Plant] = DEFAULT,
    since: date = SINCE,
    until: date = UNTIL,
) -> int:
    """Writes the truth of all pages to `path` (NDJSON) and returns the number of posts."""
    return sum(len(page.truth) for page in with_truth(path, pages, plants, since, until))
