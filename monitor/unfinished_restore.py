"""The mark of a restore that has not come to its end: a home that bears it answers nothing.

What was forgotten after the backup was made may still stand there.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from base.errors import Terminal, UniteError

MARK = "RESTORE-UNFINISHED"
STAGES = ("files", "database", "lake")  # copied, filled, cleared of what was forgotten


class Unfinished(UniteError, Terminal):
    """A restore was begun here and has not come to its end."""


@dataclass(frozen=True)
class Mark:
    """Which backup is being restored, and how far it came.

    sha256: of its manifest. stage: what is being done, one of STAGES.
    """

    backup: str
    sha256: str
    stage: str = "files"


def refuse(home: Path) -> None:
    """Raises Unfinished where the mark stands."""
    if (home / MARK).exists():
        raise Unfinished(
            "a restore was begun here and has not come to its end",
            where=f"{MARK} in UNITE_HOME",
            hint="run the same `unite restore` again, or empty the folder",
        )


def read(home: Path) -> Mark | None:
    """The mark, None where there is none. One that was cut short names no backup."""
    try:
        return Mark(**json.loads((home / MARK).read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        return Mark("", "")


def write(home: Path, mark: Mark) -> None:
    """Set the mark, or change it; on the disk before anything else is done."""
    part = home / f".{MARK}"
    with part.open("w", encoding="utf-8") as handle:
        json.dump(asdict(mark), handle)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(part, home / MARK)


def remove(home: Path) -> None:
    """All is done."""
    (home / MARK).unlink()
