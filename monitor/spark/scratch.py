"""Spark's scratch folder: private, under UNITE_HOME, gone with the run that made it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.lock import LakeBusy, exclusive

_NAME = "spark"


def of(home: Path) -> Path:
    """Where the folder of a home is, while a run has one."""
    return home / _NAME


@contextmanager
def folder(home: Path) -> Iterator[Path]:
    """An empty folder for one run at a time; what a killed run left there goes first."""
    place = of(home)
    with exclusive(home / f"{_NAME}.lock"):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)


def sweep(home: Path) -> None:
    """Remove what a killed run left; a run that is alive keeps its folder."""
    if not of(home).exists():
        return
    try:
        with exclusive(home / f"{_NAME}.lock", wait=False):
            shutil.rmtree(of(home), ignore_errors=True)
    except LakeBusy:
        pass
