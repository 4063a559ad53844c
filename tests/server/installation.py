"""A small installation for tests of its commands: a home with a few posts of wien."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from lakes import merge, row

from monitor import checkup, pipeline
from monitor.settings import load
from monitor.workspace import Workspace

KEY = "VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw=="  # invented
POSTS = 12
MARCH = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


def filled(folder: Path, posts: int = POSTS) -> Path:
    """A home whose lake holds posts of March 2026."""
    workspace = Workspace(load(home=folder))
    merge(workspace.lake, [row(n, hours=n) for n in range(posts)])
    pipeline.write_windows(workspace, [("wien", "s", *MARCH, posts, 0, 0, None, "source")])
    return folder


def index_finding(home: Path, settings: Mapping[str, str]) -> tuple[bool, str]:
    """What `unite doctor` finds of the index: whether it is well, and what it says."""
    given = {name.removeprefix("UNITE_").lower(): value for name, value in settings.items()}
    (found,) = checkup.examine(Workspace(load(home=home, **given)), ["index"])
    return found.is_well, found.says
