"""The lake lock: many writers together, or one who rewrites history alone.

Writers hold it shared from the first file to the commit; forgetting, compaction and a full
vacuum hold it alone (a full vacuum beside a writer breaks the table: the writer's files are
not in the log yet). flock on a local disk; the kernel lets go when a process dies.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from base.errors import Transient, UniteError


class LakeBusy(UniteError, Transient):
    """Another process holds the lake alone."""


class Lock(Protocol):
    """What a lake is held by."""

    def shared(self) -> AbstractContextManager[None]:
        """For writers, among each other."""
        ...

    def homes(self, homes: Sequence[str]) -> AbstractContextManager[None]:
        """For a merge: one at a time into each home."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """For whoever deletes files."""
        ...

    def named(self, name: str) -> AbstractContextManager[None]:
        """For one process at a time, whatever `name` stands for."""
        ...

    def check(self) -> None:
        """Raise where a lock that is held here is no longer."""
        ...


class LakeLock:
    """flock on two files of `folder`.

    The second file is a turnstile: whoever wants the lake alone closes it first, so that new
    writers queue behind and cannot starve it.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = folder / "lake.lock"
        self._turnstile = folder / "turnstile.lock"

    @contextmanager
    def shared(self) -> Iterator[None]:
        """For writers, among each other."""
        with _held(self._turnstile, fcntl.LOCK_SH):
            lock = _take(self._lock, fcntl.LOCK_SH)
        try:
            yield
        finally:
            os.close(lock)

    @contextmanager
    def homes(self, homes: Sequence[str]) -> Iterator[None]:
        """For a merge: one at a time into each home, in a fixed order so that none waits for ever.

        Delta's own check sees two merges into one (home, month), but not one post that two
        writers date into different months.
        """
        with ExitStack() as held:
            for home in sorted(set(homes)):
                path = self._lock.with_name(f"home-{home}.lock")
                held.enter_context(_held(path, fcntl.LOCK_EX))
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """For whoever deletes files."""
        with _held(self._turnstile, fcntl.LOCK_EX), _held(self._lock, fcntl.LOCK_EX):
            yield

    @contextmanager
    def named(self, name: str) -> Iterator[None]:
        """For one process at a time, whatever `name` stands for."""
        with _held(self._lock.with_name(f"{name}.lock"), fcntl.LOCK_EX):
            yield

    def check(self) -> None:
        """The kernel takes no lock away."""


@contextmanager
def exclusive(path: Path, *, wait: bool = True) -> Iterator[None]:
    """One process at a time for the work that `path` names. Without `wait` raises LakeBusy."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _held(path, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB):
        yield


@contextmanager
def _held(path: Path, mode: int) -> Iterator[None]:
    descriptor = _take(path, mode)
    try:
        yield
    finally:
        os.close(descriptor)


def _take(path: Path, mode: int) -> int:
    # a descriptor of its own each time: flock belongs to the open file, so threads exclude
    # each other as processes do
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, mode)
    except OSError as error:
        os.close(descriptor)
        raise LakeBusy("the lake's lock cannot be taken", hint="try again") from error
    return descriptor
