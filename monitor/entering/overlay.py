"""One installation's own changes to the registry: a TOML file a change that a person can open.

Comes in: `UNITE_HOME/registry/<number>-<city>.toml`. Goes out: the changes in the order they were
made, and which of them stand (`monitor/entering/applying.py` applies them). A change stands until
it is undone; no file is ever taken away, so the folder is its own history.

    id = 1
    action = "add"               add, change, retire
    list = "source"              city, district, source
    city = "wien"
    author = "A. Example"
    date = 2026-11-21
    reason = "the town hall has a feed now"

    [[entry.source]]             keys as in data/cities/<code>.toml (data/README.md)
    code = "town-hall"
    …

What is wrong is a BadInput with file and key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from base.errors import BadInput, UniteError, unknown
from monitor import tomls
from monitor.tomls import Table

# What can be done to each list. A district's names are matched in posts, so that its going is a
# retag of everything: not from here.
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "city": ("add",), "district": ("add",), "source": ("add", "change", "retire"),
}  # fmt: skip
KEYS = ("id", "action", "list", "city", "author", "date", "reason", "undone_by", "undone", "entry")
CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, eq=False)
class Change:
    """One change. of: the list it is of. entry: keys of a city's file. undone: when, by whom."""

    number: int
    action: str
    of: str
    city: str
    author: str
    day: date
    reason: str
    entry: Mapping[str, Any]
    undone_by: str | None = None
    undone: date | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.number:04d}-{self.city}.toml"

    @property
    def where(self) -> str:
        """How the file is called in messages."""
        return f"registry/{self.name}"

    @property
    def state(self) -> str:
        """`counts` or `undone`."""
        return "undone" if self.undone else "counts"

    @property
    def entries(self) -> tuple[Mapping[str, Any], ...]:
        """The districts or sources that it is about; of a city, its sources."""
        found = self.entry.get("source" if self.of == "city" else self.of, ())
        return tuple(found)

    def to_toml(self) -> str:
        """The file's text."""
        return tomls.written({
            "id": self.number, "action": self.action, "list": self.of, "city": self.city,
            "author": self.author, "date": self.day, "reason": self.reason,
            "undone_by": self.undone_by, "undone": self.undone, "entry": self.entry,
        })  # fmt: skip


@dataclass(frozen=True, eq=False)
class Overlay:
    """All changes ever made, in order. problems: of files that could not be read."""

    changes: tuple[Change, ...] = ()
    problems: tuple[UniteError, ...] = ()

    @property
    def standing(self) -> Iterator[Change]:
        """The changes that are in force."""
        return (c for c in self.changes if not c.undone)

    def change(self, number: int) -> Change:
        """The change with this id. Raises BadInput with those there are."""
        found = {c.number: c for c in self.changes}
        if number not in found:
            raise unknown("change", str(number), map(str, found))
        return found[number]


def read(folder: Path) -> Overlay:
    """The changes of a folder; one that is not there changes nothing."""
    changes: dict[int, Change] = {}
    problems: list[UniteError] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            change = _change(path)
        except UniteError as error:
            problems.append(error)
            continue
        if change.number in changes:
            problems.append(BadInput(
                f"the id {change.number} stands in {changes[change.number].name} too",
                where=change.where, expected="a number of its own for each file",
            ))  # fmt: skip
            continue
        changes[change.number] = change
    return Overlay(tuple(changes[n] for n in sorted(changes)), tuple(problems))


def _change(path: Path) -> Change:
    where = f"registry/{path.name}"
    try:
        table = replace(tomls.open_table(path), file=where)
    except BadInput as error:
        error.where = where
        raise
    table.only(KEYS)
    of = table.text("list")
    if of not in ACTIONS:
        raise unknown("list", of, ACTIONS, where=where)
    action = table.text("action")
    if action not in ACTIONS[of]:
        raise unknown(f"action on a {of}", action, ACTIONS[of], where=where)
    if not CODE.fullmatch(table.text("city")):
        raise table.wrong("city", "a code: lower-case letters, digits, -")
    change = Change(
        int(table.number("id")), action, of, table.text("city"), _said(table, "author"),
        table.day("date"), _said(table, "reason"), table.table("entry").cells,
        table.optional("undone_by"), table.day("undone") if "undone" in table.cells else None,
    )  # fmt: skip
    if bool(change.undone_by) != bool(change.undone):
        raise BadInput("undone_by and undone do not stand together", where=where,
                       expected="a name and a day")  # fmt: skip
    if change.name != path.name:
        raise BadInput("the file's name is not its id and city", where=where,
                       expected=change.name)  # fmt: skip
    for one in table.table("entry").tables("district" if of == "district" else "source"):
        if not CODE.fullmatch(one.text("code")):
            raise one.wrong("code", "lower-case letters, digits, -")
    if of != "city" and not change.entries:
        raise BadInput(f"no [[entry.{of}]]", where=where, hint="see data/README.md")
    return change


def _said(table: Table, key: str) -> str:
    if not table.text(key).strip():
        raise BadInput(f"the key {key!r} says nothing", where=table.at(key), expected="a text")
    return table.text(key)
