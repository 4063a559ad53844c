"""Changes to the installation's word lists: proposed, accepted by somebody else, undone.

Comes in: settings, what somebody wants. Goes out: the row as it stands in the overlay. All of it
happens under a lock, and the file is replaced whole or not at all; nothing is written where the
lists would not load with it. Raises BadInput, NotAllowed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from base.errors import BadInput, NotAllowed, UniteError
from base.table import Row, place_of
from base.text import nfc
from base.time import now
from monitor.cities import DATA
from monitor.settings import Settings
from monitor.terms.effective import overlay_of, overlay_path
from monitor.terms.findings import Finding, findings
from nlp.recognisers.name_lists import read_names
from store.lock import exclusive
from taxonomy import taxonomy
from taxonomy.overlay import COLUMNS, Change, Overlay, form, is_same_person
from taxonomy.taxonomy import SHIPPED

_PEOPLE = ("author", "accepted_by", "undone_by")
_NEW = "the new row"
_FORMULA = ("=", "+", "@")  # a spreadsheet that opens the file would work such a cell out


def propose(settings: Settings, cells: Mapping[str, str], *, keep: bool) -> Change:
    """Add a row to the overlay. cells: of its columns but id and dates. keep: also where there
    is something to look at (`findings`)."""
    with exclusive(_lock(settings)):
        overlay = _sound(settings)
        change, simulated = drafted(overlay, cells)
        refuse(change, simulated)
        found = looked_at(settings, change, simulated)
        if found and not keep:
            raise BadInput(
                f"{change['term']!r} is to be looked at: {'; '.join(map(str, found))}",
                hint="tell it apart with --with, --without or --match; --yes takes it as it is",
            )
        _write(settings, (*overlay.changes, change))
        return change


def drafted(overlay: Overlay, cells: Mapping[str, str]) -> tuple[Change, Overlay]:
    """The row that would be written, and the overlay in which it, and all that waits, counts."""
    given = {name: _cell(name, cells[name]) if name in cells else "" for name in COLUMNS}
    if not given["reason"]:
        raise BadInput("a change without a reason", hint="--reason")
    given["id"] = str(max((c.number for c in overlay.changes), default=0) + 1)
    given["date"] = _today()
    change = Change(Row(given, _NEW))
    for problem in form(change.row):
        raise problem
    return change, replace(overlay, changes=(*overlay.changes, change), reviewers=1)


def looked_at(settings: Settings, change: Change, simulated: Overlay) -> list[Finding]:
    """What somebody should look at before the row counts."""
    language = change["language"]
    lists = taxonomy.load(SHIPPED, [language], overlay=simulated, lenient=True)
    names = read_names(DATA / "names", settings.nlp_cache)
    return [f for f in findings(lists, names) if change.where in (f.where, f.other)]


def accept(settings: Settings, number: int, author: str) -> Change:
    """A second person stands behind a change: from now on it counts."""
    author = _cell("accepted_by", author)
    with exclusive(_lock(settings)):
        overlay = _sound(settings)
        change = overlay.change(number)
        if change.is_undone or change.is_accepted:
            who = change["undone_by"] or change["accepted_by"]
            state = "undone" if change.is_undone else "accepted"
            raise BadInput(f"change {number} was {state} by {who}", hint="unite taxonomy log")
        if is_same_person(author, change["author"]):
            raise NotAllowed(
                f"change {number} is by {change['author']}", expected="somebody else accepts it",
                hint="UNITE_TAXONOMY_REVIEWERS=1, where one person decides",
            )  # fmt: skip
        fresh = change.with_cells(accepted_by=author, accepted=_today())
        changes = _with(overlay, fresh)
        refuse(fresh, replace(overlay, changes=changes))
        _write(settings, changes)
        return fresh


def undo(settings: Settings, number: int, author: str) -> Change:
    """Take a change back; its row stays, with who undid it and when. Needs no second person."""
    author = _cell("undone_by", author)
    with exclusive(_lock(settings)):
        overlay = _sound(settings)
        change = overlay.change(number)
        if change.is_undone:
            raise BadInput(f"change {number} was undone by {change['undone_by']} already")
        fresh = change.with_cells(undone_by=author, undone=_today())
        changes = _with(overlay, fresh)
        _refuse_more(overlay, replace(overlay, changes=changes))
        _write(settings, changes)
        return fresh


def _with(overlay: Overlay, fresh: Change) -> tuple[Change, ...]:
    return tuple(fresh if c.number == fresh.number else c for c in overlay.changes)


def _sound(settings: Settings) -> Overlay:
    """The overlay as it stands. Raises what is wrong with it: a row would be lost by writing."""
    overlay = overlay_of(settings)
    if overlay.problems:
        raise overlay.problems[0]
    return overlay


def refuse(change: Change, simulated: Overlay) -> None:
    """Raise what is wrong with this row, once it counts."""
    for problem in taxonomy.check(SHIPPED, [change["language"]], simulated):
        if problem.where in (change.where, SHIPPED.name):
            if problem.where == _NEW and "undo" in (problem.hint or ""):
                problem.hint = "unite taxonomy log shows what waits"  # there is no row to undo yet
            raise problem


def _refuse_more(before: Overlay, after: Overlay) -> None:
    """Raise what is wrong after a change and was not before."""
    languages = {c["language"] for c in before.changes}
    known = {str(p) for p in taxonomy.check(SHIPPED, languages, before)}
    for problem in taxonomy.check(SHIPPED, languages, after):
        if str(problem) not in known:
            problem.hint = "another change rests on this one: undo that first"
            raise problem


def _cell(name: str, given: str) -> str:
    """A cell as it is written: one line, composed letters. Raises BadInput for a formula."""
    cell = nfc(" ".join(given.split()))
    if cell.startswith(_FORMULA):
        raise BadInput(f"the {name} begins with {cell[0]!r}",
                       expected="words: a spreadsheet would take it for a formula")  # fmt: skip
    if not cell and name in _PEOPLE:
        raise BadInput("a change without a name behind it", hint="--author")
    return cell


def _today() -> str:
    return now().date().isoformat()


def _lock(settings: Settings) -> Path:
    return overlay_path(settings).with_suffix(".lock")


def _write(settings: Settings, changes: Sequence[Change]) -> None:
    path = overlay_path(settings)
    fresh = path.with_name(f".{path.name}.part")
    try:
        with fresh.open("w", encoding="utf-8", newline="") as file:
            file.write(Overlay(tuple(changes)).to_csv())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise UniteError(f"cannot be written ({error.strerror})", where=place_of(path)) from error
