"""The process that follows the streams for `unite run`, where UNITE_MONITOR_FOLLOW says so.

It runs until it is ended; where it ends by itself, for no stream answers or the disk is full, the
clock starts it again after a while.
"""

from __future__ import annotations

import sys
import threading

from base.errors import UniteError
from monitor import collecting, disk
from monitor.jobs import child, purpose
from monitor.streams import following
from monitor.workspace import Workspace

_TURN = 60.0  # seconds between two looks at the room that is left


def main() -> int:
    """Follow. Exit status 0 where it was told to end, else 1."""
    try:
        begun = child.begin()
        room = disk.room(begun.workspace.settings)
        if room.is_full:
            raise disk.full(room)
        return _follow(begun.workspace, begun.stop)
    except UniteError as error:
        print(f"unite: following: {error}", file=sys.stderr, flush=True)
        return 1


def _follow(workspace: Workspace, told: threading.Event) -> int:
    sheet = purpose.sheet(workspace)
    cities = () if "*" in sheet.cities else sheet.cities
    streams = purpose.allowed(workspace, sheet, following.chosen(workspace, cities, None))
    stop = threading.Event()
    threading.Thread(target=_watch, args=(workspace, told, stop), daemon=True).start()
    with collecting.client(workspace, is_research=sheet.research_exception) as http:
        following.follow(
            workspace, streams, cities, stop=stop, http=http,
            tell=lambda line: print(f"unite: {line}", file=sys.stderr, flush=True),
        )  # fmt: skip
    return 0 if told.is_set() else 1


def _watch(workspace: Workspace, told: threading.Event, stop: threading.Event) -> None:
    while not told.wait(_TURN):
        if disk.room(workspace.settings).is_full:
            break
    stop.set()


if __name__ == "__main__":
    sys.exit(main())
