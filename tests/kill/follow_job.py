"""What a process of the kill tests follows: one stream on this machine, as `unite collect` does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from warm import ready

from collectors.bluesky import stream
from collectors.collector import Source
from monitor.cli import collect
from monitor.purposes import Purpose
from monitor.settings import Settings
from monitor.streams import following
from monitor.workspace import Workspace


def workspace(home: Path, address: str) -> Workspace:
    """A home whose registry lists that stream alone."""
    found = Workspace(Settings(home=home, nlp_batch=40))
    stream = Source("jetstream", "bluesky", "-", address, "personal", "UTC")
    found.__dict__["registry"] = replace(found.registry, streams=(stream,))
    return found


def run(home: Path, address: str, held: float) -> None:
    """Follow until a signal asks for the end. held: seconds before what came is brought in."""
    stream.PAGE_SECONDS = 0.05
    following.follow.__kwdefaults__["held"] = held
    sheet = Purpose("p", "A", "t", "l", "q", ("*",), "r", date(2099, 1, 1), "research")
    collect._follow(ready(workspace(home, address)), sheet, (), None)
