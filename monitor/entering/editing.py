"""Changes to an installation's registry: made, undone, with author, date and reason.

Comes in: a workspace, what somebody wants. Goes out: the change as it stands in the overlay. All
of it happens under a lock, a file is written whole or not at all, and nothing is written with
which the registry would not load. Raises BadInput.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import sqlalchemy as sa

from base.errors import BadInput, UniteError
from base.text import nfc
from base.time import now
from monitor import cities
from monitor.entering import effective
from monitor.entering.overlay import CODE, Change, Overlay
from monitor.settings import Settings
from monitor.tables import CURSORS
from monitor.workspace import Workspace
from store.lock import exclusive

# What a cursor is in terms of: it means nothing to another address.
_OF_THE_CURSOR = ("address", "platform", "options")


def propose(
    workspace: Workspace, action: str, of: str, city: str, entry: Mapping[str, Any],
    *, author: str, reason: str,
) -> Change:  # fmt: skip
    """Make a change. entry: keys as in a city's file."""
    with exclusive(_lock(workspace.settings)):
        overlay = _sound(workspace.settings)
        change = drafted(overlay, action, of, city, entry, author=author, reason=reason)
        cities.load(overlay=replace(overlay, changes=(*overlay.changes, change)))
        _write(workspace.settings, change)
    _follow(workspace, change)
    return change


def drafted(
    overlay: Overlay, action: str, of: str, city: str, entry: Mapping[str, Any],
    *, author: str, reason: str, today: date | None = None,
) -> Change:  # fmt: skip
    """The change that would be written."""
    if not CODE.fullmatch(city):
        raise BadInput(f"{city!r} cannot be the code of a city",
                       expected="lower-case letters, digits, -")  # fmt: skip
    for one in entry.get("district" if of == "district" else "source", ()):
        if not CODE.fullmatch(one["code"]):
            raise BadInput(f"{one['code']!r} cannot be a code", where=city,
                           expected="lower-case letters, digits, -")  # fmt: skip
    number = max((c.number for c in overlay.changes), default=0) + 1
    return Change(
        number, action, of, city, _said("author", author), today or now().date(),
        _said("reason", reason), entry,
    )  # fmt: skip


def undo(workspace: Workspace, number: int, author: str) -> Change:
    """Take a change back; its file stays, with who undid it and when."""
    who = _said("author", author)
    with exclusive(_lock(workspace.settings)):
        overlay = _sound(workspace.settings)
        change = overlay.change(number)
        if change.undone:
            raise BadInput(f"change {number} was undone by {change.undone_by} already")
        _refuse_orphans(workspace, change)
        fresh = replace(change, undone_by=who, undone=now().date())
        rest = tuple(fresh if c is change else c for c in overlay.changes)
        _refuse_more(overlay, replace(overlay, changes=rest))
        _write(workspace.settings, fresh)
    _follow(workspace, change)
    return fresh


def _refuse_orphans(workspace: Workspace, change: Change) -> None:
    """A city or a source that was looked at stays known: its posts and windows name it."""
    if change.action != "add" or change.of == "district":
        return
    looked = workspace.lake.read("windows", ["home", "source"])
    mine = looked.filter(pc.equal(looked["home"], change.city))
    added = {one["code"] for one in change.entries}
    sources = {*pc.unique(mine["source"]).to_pylist()}
    if change.of == "source":
        sources &= added
    if sources:
        raise BadInput(
            f"{change.city} was looked at already ({', '.join(sorted(sources))}): its posts would"
            " belong to nothing", where=change.where,
            hint=f"unite city source retire {change.city} CODE keeps them and ends the collecting",
        )  # fmt: skip


def _follow(workspace: Workspace, change: Change) -> None:
    """What was made of the registry before goes, and the cursors of addresses that changed."""
    workspace.reread()
    moved = [e["code"] for e in change.entries if any(k in e for k in _OF_THE_CURSOR)]
    if change.action == "change" and moved:
        with workspace.database.connected() as connection:
            connection.execute(sa.delete(CURSORS).where(
                CURSORS.c.home == change.city, CURSORS.c.source.in_(moved)
            ))  # fmt: skip


def _refuse_more(before: Overlay, after: Overlay) -> None:
    """Raise what is wrong after a change and was not before: what is broken can be undone."""
    known = {str(p) for p in cities.load(overlay=before, lenient=True).left_out}
    for problem in cities.load(overlay=after, lenient=True).left_out:
        if str(problem) not in known:
            problem.hint = "another change rests on this one: undo that first (unite city log)"
            raise problem


def _sound(settings: Settings) -> Overlay:
    """The overlay as it stands. Raises what is wrong with it: its numbers would be given twice."""
    overlay = effective.overlay_of(settings)
    if overlay.problems:
        raise overlay.problems[0]
    return overlay


def _said(name: str, given: str) -> str:
    said = nfc(" ".join(given.split()))
    if not said:
        raise BadInput(f"a change without {'a reason' if name == 'reason' else 'an author'}",
                       hint=f"say {'why' if name == 'reason' else 'who'} (--{name})")  # fmt: skip
    return said


def _lock(settings: Settings) -> Path:
    # beside the folder: its mtime says that something changed
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings.home / "registry.lock"


def _write(settings: Settings, change: Change) -> None:
    folder = effective.folder(settings)
    fresh = folder / f".{change.name}.part"
    try:
        folder.mkdir(exist_ok=True, mode=0o700)
        with fresh.open("w", encoding="utf-8", newline="") as file:
            file.write(change.to_toml())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder / change.name)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise UniteError(f"cannot be written ({error.strerror})", where=change.where) from error
