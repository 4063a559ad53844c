"""The changes of an overlay, applied to the entries of the shipped lists.

Comes in: entries, the changes that count. Goes out: entries. A change that does not fit is left
out, and what is wrong with it stands among the reader's problems, with file and line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from base.errors import BadInput, UniteError, unknown
from base.table import Row
from base.text import phrase
from taxonomy.model import Entry, Slang
from taxonomy.overlay import DECIDES, NOTHING, SLANG, Change
from taxonomy.reader import CODES, TERMS, Reader, identity


@dataclass
class Application:
    """Applies changes to entries. reader: takes what is wrong, has the contexts of a language.

    codes: list → its codes. folders: language → where its contexts stand.
    """

    reader: Reader
    codes: Mapping[str, Collection[str] | None]
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
        given = {c: "" if change[c] == NOTHING else change[c] for c in DECIDES}
        if old is not None:
            given["match"] = given["match"] or old.match
        if isinstance(old, Slang):
            before = (old.kind, str(old.strength), *("yes" if f else "no" for f in
                                                     (old.reclaimed, old.literal)))  # fmt: skip
            given.update((c, given[c] or b) for c, b in zip(SLANG, before, strict=True))
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
    return name, language, phrase(term)


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
