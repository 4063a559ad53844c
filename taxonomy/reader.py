"""Rows of the taxonomy's files as entries; every problem is collected, none stops the reading.

Comes in: the CSV files of one language folder. Goes out: entries and endings. What can go
wrong is a BadInput with file and line in `problems`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from base.errors import BadInput, UniteError, unknown
from base.table import Row, rows
from base.text import phrase, words
from taxonomy.model import (
    LEAST_PREFIX,
    MATCHES,
    MOST_STRENGTH,
    SLANG_KINDS,
    Entry,
    Slang,
)

COLUMNS = {
    "terms": "term,area,match,with,without,source,example,note",
    "slang": "term,group,kind,strength,match,with,without,reclaimed,literal,since,meaning,"
    "source,note",
    "groups": "term,group,match,with,without,note",
    "rights": "term,right,match,with,without,note",
    "cues": "cue,kind,match,note",
    "endings": "ending,becomes",
    "beginnings": "beginning,becomes",
    "dates": "word,kind",
    "latin": "kind,written,sounds,note",
    "contexts": "name,word",
    "places": "place,kind,text,note",
}
# list → the column of the term, the column of the code
TERMS = {"terms": "term", "slang": "term", "groups": "term", "rights": "term", "cues": "cue"}
CODES = {"terms": "area", "slang": "group", "groups": "group", "rights": "right", "cues": "kind"}


@dataclass
class Reader:
    """Reads tables and keeps what is wrong with them."""

    problems: list[UniteError] = field(default_factory=list)
    _folder: Path | None = None
    _contexts: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def table(self, path: Path, columns: str) -> Iterator[Row]:
        """The rows of a file that can be read."""
        return rows(path, columns.split(","), self.problems)

    def entries(self, folder: Path, codes: Mapping[str, Collection[str] | None]) -> Iterator[Entry]:
        """The entries of one language; a list without a file is an empty list."""
        self.use_contexts(folder)
        for name, column in TERMS.items():
            path = folder / f"{name}.csv"
            if not path.exists():
                continue
            first: dict[tuple[str, str, str], str] = {}
            for row in self.table(path, COLUMNS[name]):
                entry, wrong = self.entry(name, folder.name, row, codes[name])
                key = identity(entry)
                before = first.setdefault(key, row.where)
                if key[0] and before != row.where:
                    wrong.append(duplicate(row, row[column], before))
                if wrong:
                    self.problems.extend(wrong)
                else:
                    yield entry

    def entry(
        self, name: str, language: str, row: Row, known: Collection[str] | None
    ) -> tuple[Entry, list[UniteError]]:
        """The entry of a row of a list, and what is wrong with it. known: the codes there are;
        None where they could not be read."""
        term, code = row[TERMS[name]], row[CODES[name]]
        wrong = self.wrong(row, term, row["match"])
        # a slang word may belong to no group
        if known is not None and code not in known and not (name == "slang" and not code):
            kind = "kind of cue" if name == "cues" else CODES[name]
            wrong.append(unknown(kind, code, known, where=row.where))
        return self._entry(name, language, row, term, code, wrong), wrong

    def use_contexts(self, folder: Path) -> None:
        """Let `*name` in the rows that follow stand for the words of this language."""
        if folder != self._folder:
            self._folder, self._contexts = folder, self._named(folder / "contexts.csv")

    def _named(self, path: Path) -> dict[str, tuple[str, ...]]:
        """Name → words that `*name` in a `with` or `without` cell stands for."""
        found: dict[str, tuple[str, ...]] = {}
        for row in self.table(path, COLUMNS["contexts"]) if path.exists() else ():
            found[f"*{row['name']}"] = (*found.get(f"*{row['name']}", ()), row["word"])
        return found

    def _parts(self, row: Row, column: str) -> tuple[str, ...]:
        """The words of a context cell, names of contexts replaced by theirs."""
        parts = row.parts(column)
        if len(parts) == 1:  # rows share the tuple: there are thousands, of hundreds of words
            return self._contexts.get(parts[0], parts)
        return tuple(word for part in parts for word in self._contexts.get(part, (part,)))

    def wrong(self, row: Row, term: str, match: str) -> list[UniteError]:
        found: list[UniteError] = []
        if not term:
            found.append(BadInput("a term is missing", where=row.where))
        elif not words(term):
            found.append(BadInput(f"no word in {term!r}", where=row.where,
                                  expected="letters or digits"))  # fmt: skip
        if match not in MATCHES:
            found.append(unknown("match", match, MATCHES, where=row.where))
        if match == "prefix" and 0 < len("".join(words(term))) < LEAST_PREFIX:
            found.append(BadInput(f"prefix {term!r} is too short", where=row.where,
                                  expected=f"at least {LEAST_PREFIX} letters"))  # fmt: skip
        for column in ("with", "without"):
            for part in row.parts(column) if column in row.cells else ():
                if part[:1] == "*" and part not in self._contexts:
                    found.append(unknown("context", part, self._contexts, where=row.where))
                elif not words(part):
                    found.append(BadInput(f"no word in {part!r} ({column})", where=row.where))
        return found

    def _entry(
        self, name: str, language: str, row: Row, term: str, code: str, wrong: list[UniteError]
    ) -> Entry:
        if name == "cues":
            return Entry(name, language, code, term, row["match"], where=row.where)
        plain = (
            name, language, code, term, row["match"],
            self._parts(row, "with"), self._parts(row, "without"), row.where,
            row["example"] if name == "terms" else "",
        )  # fmt: skip
        if name != "slang":
            return Entry(*plain)
        if row["kind"] not in SLANG_KINDS:
            wrong.append(unknown("kind of slang", row["kind"], SLANG_KINDS, where=row.where))
        strength = row["strength"]
        if strength not in {str(n) for n in range(MOST_STRENGTH + 1)}:
            wrong.append(BadInput(f"strength {strength!r}", where=row.where,
                                  expected=f"a number from 0 to {MOST_STRENGTH}"))  # fmt: skip
            strength = "0"
        for column in ("reclaimed", "literal"):
            if row[column] not in ("yes", "no", ""):
                wrong.append(unknown(column, row[column], ("yes", "no"), where=row.where))
        return Slang(
            *plain, row["kind"], int(strength), row["reclaimed"] == "yes",
            row["literal"] == "yes", row["since"], row["meaning"],
        )  # fmt: skip


def identity(entry: Entry) -> tuple[str, str, str]:
    """What makes two rows of one list the same row."""
    words_only = phrase(entry.term)
    return (entry.term if entry.match == "case" else words_only, entry.match, entry.code)


def duplicate(row: Row, term: str, before: str) -> BadInput:
    return BadInput(f"{term!r} stands twice", where=row.where,
                    expected="one row for one term, match and code",
                    hint=f"join it with {before}")  # fmt: skip


def labels(reader: Reader, path: Path, columns: Sequence[str]) -> dict[str, Row]:
    """The rows of a table of codes by their code, in the order of the file."""
    found: dict[str, Row] = {}
    for row in reader.table(path, ",".join(columns)):
        if not row["code"]:
            reader.problems.append(BadInput("a code is missing", where=row.where))
        elif row["code"] in found:
            reader.problems.append(duplicate(row, row["code"], found[row["code"]].where))
        else:
            found[row["code"]] = row
    return found
