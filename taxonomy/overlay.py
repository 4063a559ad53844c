"""One installation's own changes to the shipped lists: a CSV that a person can open.

Comes in: `overlay.csv`, a row a change, in the order they were made. Goes out: the changes that
count, and the entries with them applied. A row counts once a second person has accepted it (or
at once, where one person suffices) and until it is undone; no row is ever taken out, so the file
is its own history.

Actions: `add` an entry; `remove` those of a list, language and code with this term (of one
`match`, where the cell says so); `change` them: a cell that is empty stays as it was, `-` empties
it. What is wrong is a BadInput with file and line.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from base.errors import BadInput, UniteError, unknown
from base.table import Row, rows
from base.text import fold, words
from base.time import parse_day
from taxonomy.model import LISTS, Entry, Slang
from taxonomy.reader import CODES, TERMS, Reader, identity

ACTIONS = ("add", "remove", "change")
_SLANG = ("kind", "strength", "reclaimed", "literal")
_DECIDES = (
    "action", "list", "language", "term", "code", "match", "with", "without", "example", *_SLANG,
)  # fmt: skip
COLUMNS = (
    "id", *_DECIDES, "author", "date", "reason", "accepted_by", "accepted", "undone_by", "undone",
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
        parts = ["\0".join(c[name] for name in _DECIDES) for c in self.changes if self.counts(c)]
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


@dataclass
class Application:
    """Applies changes to entries. reader: takes what is wrong, has the contexts of a language.

    codes: list → its codes. folders: language → where its contexts stand.
    """

    reader: Reader
    codes: Mapping[str, Collection[str]]
    folders: Mapping[str, Path]
    _found: list[Entry | None] = field(default_factory=list)
    _at: dict[tuple[str, str, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def __call__(self, entries: Iterable[Entry], changes: Sequence[Change]) -> list[Entry]:
        """The entries after all changes; one that does not fit is left out."""
        self._found = list(entries)
        touched = {(c["list"], c["language"]) for c in changes}
        for place, entry in enumerate(self._found):
            if entry is not None and (entry.list, entry.language) in touched:
                self._at[_key(entry.list, entry.language, entry.term)].append(place)
        for change in changes:
            if change["language"] in self.folders:
                self.reader.problems += self._apply(change)
            else:
                self.reader.problems.append(
                    unknown("language", change["language"], self.folders, where=change.where)
                )
        return [entry for entry in self._found if entry is not None]

    def _apply(self, change: Change) -> Sequence[UniteError]:
        key = _key(change["list"], change["language"], change["term"])
        there = [(p, e) for p in self._at[key] if (e := self._found[p]) is not None]
        if change["action"] == "add":
            entry, wrong = self._entry(change)
            wrong += _repeated(entry, [e for _, e in there])
            if not wrong:
                self._at[key].append(len(self._found))
                self._found.append(entry)
            return wrong
        is_removed = change["action"] == "remove"
        fits = [(p, e) for p, e in there if e.code == change["code"]]
        if is_removed and change["match"]:
            fits = [(p, e) for p, e in fits if e.match == change["match"]]
        # `MA` and `ma` are two terms where both are listed
        fits = [(p, e) for p, e in fits if e.term == change["term"]] or fits
        if not fits:
            return [_nowhere(change, [e for _, e in there])]
        for place, old in fits:
            others = [e for p, e in there if p != place and self._found[p] is not None]
            fresh, wrong = (None, []) if is_removed else self._changed(change, old)
            if fresh is not None:
                wrong += _repeated(fresh, others)
            if wrong:
                return wrong
            self._found[place] = fresh
        return ()

    def _entry(self, change: Change, old: Entry | None = None) -> tuple[Entry, list[UniteError]]:
        """The entry that a row stands for. old: what its empty cells are taken from."""
        name = change["list"]
        given = {c: "" if change[c] == NOTHING else change[c] for c in _DECIDES}
        if old is not None:
            given["match"] = given["match"] or old.match
        if isinstance(old, Slang):
            before = (old.kind, str(old.strength), *("yes" if f else "no" for f in
                                                     (old.reclaimed, old.literal)))  # fmt: skip
            given.update((c, given[c] or b) for c, b in zip(_SLANG, before, strict=True))
        cells = {**given, "since": "", "meaning": "", TERMS[name]: given["term"]}
        cells[CODES[name]] = given["code"]  # last: for a cue the code is its kind
        self.reader.use_contexts(self.folders[change["language"]])
        row = Row(cells, change.where)
        return self.reader.entry(name, change["language"], row, self.codes[name])

    def _changed(self, change: Change, old: Entry) -> tuple[Entry, list[UniteError]]:
        fresh, wrong = self._entry(change, old)
        kept = {"with_words": "with", "without": "without", "example": "example"}
        same = {name: getattr(old, name) for name, column in kept.items() if not change[column]}
        if isinstance(old, Slang):
            same.update(since=old.since, meaning=old.meaning)
        return replace(fresh, **same), wrong


def _key(name: str, language: str, term: str) -> tuple[str, str, str]:
    return name, language, " ".join(words(term))


def _repeated(entry: Entry, others: Iterable[Entry]) -> list[UniteError]:
    same = next((e for e in others if identity(e) == identity(entry)), None)
    if same is None:
        return []
    return [BadInput(f"{entry.term!r} stands twice", where=entry.where,
                     expected="one row for one term, match and code",
                     hint=f"it is {same.where}; `unite taxonomy change` changes it")]  # fmt: skip


def _nowhere(change: Change, there: Sequence[Entry]) -> BadInput:
    said = f"{change['term']!r} is not among the {change['list']} in {change['language']!r}"
    return BadInput(
        f"{said} under {change['code']!r}: there is nothing to {change['action']}",
        where=change.where,
        available=sorted({f"{e.code} ({e.match})" for e in there}),
        hint=f"mend the row, or `unite taxonomy undo {change['id']}`",
    )
