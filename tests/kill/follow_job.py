"""What a process of the kill tests follows: one stream on this machine, as `unite collect` does.

`python follow_job.py HOME ADDRESS HELD`: HELD seconds pass before what came is brought in.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

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


if __name__ == "__main__":
    stream.PAGE_SECONDS = 0.05
    following.follow.__kwdefaults__["held"] = float(sys.argv[3])
    sheet = Purpose("p", "A", "t", "l", "q", ("*",), "r", date(2099, 1, 1), "research")
    collect._follow(workspace(Path(sys.argv[1]), sys.argv[2]), sheet, (), None)
