"""Questions to a filled home: the comparison, one word, a phrase, a trend; p50 and p95 in ms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analysis.release import Tier
from benchmarks.measuring import times
from benchmarks.posts import SINCE, UNTIL
from monitor import questions
from monitor.settings import Settings
from monitor.workspace import Workspace
from store.query import Query


def measure(home: str) -> dict[str, Any]:
    """The questions of a first visit, each asked 30 times."""
    workspace = Workspace(Settings(home=Path(home)))
    year = Query(since=SINCE, until=UNTIL)
    index = workspace.index
    asked = {
        "compare, all areas, a year": lambda: questions.compare_cities(workspace, year, Tier.POSTS),
        "one word": lambda: index.counts(Query(text="wohnung"), ("city",)),
        "a phrase": lambda: index.counts(Query(text='"zu hoch"'), ("city",)),
        "wor*": lambda: index.counts(Query(text="integration*"), ("city",)),
        "weeks of one area": lambda: index.counts(
            year.replace(areas=("housing",)), ("city", "week")
        ),
        "twenty posts": lambda: index.posts(year, limit=20),
    }
    return {name: [round(t, 1) for t in times(call)] for name, call in asked.items()}
