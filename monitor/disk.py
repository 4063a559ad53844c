"""Room for the home folder: what it takes, what it may take, what is free beside it.

Near the end a warning, at the end collecting pauses: what is not looked at is written down as a
gap, and retention goes on and makes room. Nothing is cut off in the middle.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from base.errors import Transient, UniteError
from monitor.settings import Settings

GB = 1 << 30
_WARNED = 0.8  # of the quota
REASON = "the disk is full"


class DiskFull(UniteError, Transient):
    """There is no room for more posts; retention, or somebody, makes it."""


@dataclass(frozen=True)
class Room:
    """Bytes. quota: None where the settings name none. least: what must stay free."""

    used: int
    free: int
    quota: int | None
    least: int

    @property
    def is_full(self) -> bool:
        """Whether collecting pauses."""
        return (self.quota is not None and self.used >= self.quota) or self.free < self.least // 2

    @property
    def is_short(self) -> bool:
        """Whether somebody should make room."""
        nearly = self.quota is not None and self.used >= _WARNED * self.quota
        return nearly or self.free < self.least

    def __str__(self) -> str:
        of = "" if self.quota is None else f" of {_gb(self.quota)}"
        said = f"{_gb(self.used)}{of} used, {_gb(self.free)} free"
        return f"{said}; collecting pauses" if self.is_full else said


def room(settings: Settings) -> Room:
    """What the home folder takes and has; it need not be there."""
    home = settings.home
    there = next(p for p in (home, *home.parents) if p.exists())
    quota = settings.monitor_disk_gb
    return Room(
        sum(_sizes(home)),
        shutil.disk_usage(there).free,
        None if quota is None else int(quota * GB),
        int(settings.monitor_free_gb * GB),
    )


def full(found: Room) -> DiskFull:
    """The error that says so."""
    return DiskFull(
        f"{REASON} ({found})",
        where="UNITE_HOME",
        expected="a larger UNITE_MONITOR_DISK_GB, or a larger disk",
        hint="make room; a shorter UNITE_MONITOR_RETENTION_DAYS and `unite retain` do, too",
    )


def _sizes(folder: Path) -> Iterator[int]:
    """Bytes on the disk of each file; what goes meanwhile is left out."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    if entry.is_dir(follow_symlinks=False):
                        yield from _sizes(Path(entry.path))
                    else:
                        yield entry.stat(follow_symlinks=False).st_blocks * 512
                except FileNotFoundError:
                    continue
    except FileNotFoundError:
        return


def _gb(count: int) -> str:
    return f"{count / GB:.1f} GB"
