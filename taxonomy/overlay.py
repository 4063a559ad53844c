"""One installation's own changes to the shipped lists: a CSV that a person can open.

Comes in: `overlay.csv`, a row a change, in the order they were made. Goes out: the changes, and
which of them count (`taxonomy/applying.py` applies them). A row counts once a second person has
accepted it (or at once, where one person suffices) and until it is undone; no row is ever taken
out, so the file is its own history.

Actions: `add` an entry; `remove` those of a list, language and code with this term (of one
`match`, where the cell says so); `change` them: a cell that is empty stays as it was, `-` empties
it. What is wrong is a BadInput with file and line.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from base.errors import BadInput, UniteError, unknown
from base.table import Row, rows
from base.text import fold, words
from base.time import parse_day
from taxonomy.model import LISTS

ACTIONS = ("add", "remove", "change")
SLANG = ("kind", "strength", "reclaimed", "literal")
DECIDES = (
    "action", "list", "language", "term", "code", "match", "with", "without", "example", *SLANG,
)  # fmt: skip
COLUMNS = (
    "id", *DECIDES, "author", "date", "reason", "accepted_by", "accepted", "undone_by", "undone",
)  # fmt: skip
NOTHING = "-"


@dataclass(frozen=True)
class Change:
    """One row of the overlay."""

    row: Row

    def __getitem__(self, column: str) -> str:
        return self.row[column]

    @property
    def where(self) -> str:
        """File and line."""
        return self.row.where

    @property
    def number(self) -> int:
        """The id that `accept` and `undo` name."""
        return int(self["id"])

    @property
    def is_undone(self) -> bool:
        return bool(self["undone_by"])

    @property
    def is_accepted(self) -> bool:
        return bool(self["accepted_by"])

    def with_cells(self, **cells: str) -> Change:
        """The same row with some cells changed."""
        return Change(replace(self.row, cells={**self.row.cells, **cells}))


@dataclass(frozen=True)
class Overlay:
    """All changes ever made. reviewers: people who must stand behind one, 1 or 2. problems: of
    rows that could not be read and are not among the changes."""

    changes: tuple[Change, ...] = ()
    reviewers: int = 2
    problems: tuple[UniteError, ...] = ()

    def counts(self, change: Change) -> bool:
        """Whether a change is in force."""
        return not change.is_undone and (change.is_accepted or self.reviewers < 2)

    def state(self, change: Change) -> str:
        """`counts`, `waits` (for a second person) or `undone`."""
        if change.is_undone:
            return "undone"
        return "counts" if self.counts(change) else "waits"

    def change(self, number: int) -> Change:
        """The change with this id. Raises BadInput with those there are."""
        found = {c.number: c for c in self.changes}
        if number not in found:
            raise unknown("change", str(number), map(str, found))
        return found[number]

    def digest(self, shipped: str) -> str:
        """The digest of the shipped lists with what counts here; theirs where nothing does."""
        parts = ["\0".join(c[name] for name in DECIDES) for c in self.changes if self.counts(c)]
        parts += map(str, self.problems)
        if not parts:
            return shipped
        return hashlib.sha256("\n".join((shipped, *parts)).encode()).hexdigest()[:16]

    def to_csv(self) -> str:
        """The file's text."""
        to = io.StringIO()
        writer = csv.writer(to, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([change[name] for name in COLUMNS] for change in self.changes)
        return to.getvalue()


def read(path: Path, reviewers: int = 2) -> Overlay:
    """The overlay of a file; one that is not there changes nothing."""
    if not path.exists():
        return Overlay(reviewers=reviewers)
    problems: list[UniteError] = []
    changes: dict[str, Change] = {}
    for row in rows(path, COLUMNS, problems):
        wrong = list(form(row))
        if row["id"] in changes:
            wrong.append(BadInput(f"the id {row['id']} stands twice", where=row.where,
                                  expected="a number of its own for each row"))  # fmt: skip
        if wrong:
            problems += wrong
        else:
            changes[row["id"]] = Change(row)
    return Overlay(tuple(changes.values()), reviewers, tuple(problems))


def form(row: Row) -> Iterable[UniteError]:
    """What is wrong with the form of a row, whatever the lists hold."""
    if not row["id"].isdecimal():
        yield BadInput(f"the id {row['id']!r} is no number", where=row.where)
    for column, allowed in (("action", ACTIONS), ("list", LISTS)):
        if row[column] not in allowed:
            yield unknown(column, row[column], allowed, where=row.where)
    if not words(row["term"]):
        yield BadInput(f"no word in {row['term']!r}", where=row.where, expected="a term")
    for who, day in (("author", "date"), ("accepted_by", "accepted"), ("undone_by", "undone")):
        if bool(row[who]) != bool(row[day]) or (who == "author" and not row[who]):
            yield BadInput(f"{who} and {day} do not stand together", where=row.where,
                           expected="a name and a day, YYYY-MM-DD")  # fmt: skip
        elif row[day]:
            try:
                parse_day(row[day])
            except BadInput as error:
                yield BadInput(f"{day}: {error.what}", where=row.where, expected=error.expected)
    if row["accepted_by"] and is_same_person(row["accepted_by"], row["author"]):
        yield BadInput("accepted by its own author", where=row.where, expected="somebody else")


def is_same_person(one: str, other: str) -> bool:
    """Whether two names are written alike, but for case, accents and spaces."""
    return fold("".join(one.split())) == fold("".join(other.split()))
