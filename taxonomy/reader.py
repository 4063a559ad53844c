"""Rows of the taxonomy's files as entries; every problem is collected, none stops the reading.

Comes in: the CSV files of one language folder. Goes out: entries and endings. What can go
wrong is a BadInput with file and line in `problems`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from base.errors import BadInput, UniteError, unknown
from base.table import Row, rows
from base.text import fold, words
from taxonomy.model import (
    CUE_KINDS,
    DATE_KINDS,
    LEAST_PREFIX,
    MATCHES,
    MOST_STRENGTH,
    PLACE_KINDS,
    PLACES,
    SLANG_KINDS,
    TRAP,
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
    "contexts": "name,word",
    "places": "place,kind,text,note",
}
# list → (column of the term, column of the code, what the code is called in messages)
_ROLES = {
    "terms": ("term", "area", "area"),
    "slang": ("term", "group", "group"),
    "groups": ("term", "group", "group"),
    "rights": ("term", "right", "right"),
    "cues": ("cue", "kind", "kind of cue"),
}


@dataclass
class Reader:
    """Reads tables and keeps what is wrong with them."""

    problems: list[UniteError] = field(default_factory=list)
    _contexts: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def table(self, path: Path, columns: str) -> Iterator[Row]:
        """The rows of a file; the rest of a file that breaks off is left out."""
        try:
            yield from rows(path, columns.split(","))
        except BadInput as error:
            self.problems.append(error)

    def entries(self, folder: Path, codes: dict[str, Collection[str]]) -> Iterator[Entry]:
        """The entries of one language; a list without a file is an empty list."""
        self._contexts = self._named(folder / "contexts.csv")
        for name, (term, code, kind) in _ROLES.items():
            path = folder / f"{name}.csv"
            if not path.exists():
                continue
            known = CUE_KINDS if name == "cues" else codes[name]
            first: dict[tuple[str, str, str], str] = {}
            for row in self.table(path, COLUMNS[name]):
                wrong = self._wrong(row, row[term], row["match"])
                # a slang word may belong to no group
                if row[code] not in known and not (name == "slang" and not row[code]):
                    wrong.append(unknown(kind, row[code], known, where=row.where))
                entry = self._entry(name, folder.name, row, row[term], row[code], wrong)
                key = _identity(entry)
                before = first.setdefault(key, row.where)
                if key[0] and before != row.where:
                    wrong.append(_duplicate(row, row[term], before))
                if wrong:
                    self.problems.extend(wrong)
                else:
                    yield entry

    def places(self, path: Path) -> Iterator[Entry]:
        """How one language writes the places; empty without a file.

        Whether there is a place of that code is known where the registry of cities is.
        """
        first: dict[tuple[str, ...], str] = {}
        for row in self.table(path, COLUMNS["places"]) if path.exists() else ():
            kind = row["kind"]
            wrong = self._wrong(row, row["text"], PLACE_KINDS.get(kind, "exact"))
            if kind not in PLACE_KINDS:
                wrong.append(unknown("kind of place name", kind, PLACE_KINDS, where=row.where))
            if not row["place"]:
                wrong.append(BadInput("the code of the place is missing", where=row.where))
            entry = Entry(
                TRAP if kind == "trap" else PLACES, path.stem, row["place"], row["text"],
                PLACE_KINDS.get(kind, ""), where=row.where,
            )  # fmt: skip
            key = (entry.list, *_identity(entry))
            before = first.setdefault(key, row.where)
            if key[1] and before != row.where:
                wrong.append(_duplicate(row, row["text"], before))
            if wrong:
                self.problems.extend(wrong)
            else:
                yield entry

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

    def changes(self, folder: Path, name: str) -> dict[str, tuple[str, ...]]:
        """Ending or beginning → what may stand in its place, folded; empty without a file."""
        path = folder / f"{name}s.csv"
        if not path.exists():
            return {}
        found: dict[str, tuple[str, ...]] = {}
        for row in self.table(path, COLUMNS[f"{name}s"]):
            part = fold(row[name].strip("-"))
            if part in found:
                self.problems.append(_duplicate(row, row[name], path.name))
            # `-` alone stands for nothing: the ending falls away
            found[part] = tuple(fold(p.strip("-")) for p in row.parts("becomes"))
        return found

    def dates(self, folder: Path) -> dict[str, tuple[str, ...]]:
        """Kind → words by which dates and ages are told; empty where there is no file."""
        path = folder / "dates.csv"
        found: dict[str, tuple[str, ...]] = {}
        for row in self.table(path, COLUMNS["dates"]) if path.exists() else ():
            if row["kind"] not in DATE_KINDS:
                self.problems.append(unknown("kind", row["kind"], DATE_KINDS, where=row.where))
            elif not words(row["word"]):
                self.problems.append(BadInput(f"no word in {row['word']!r}", where=row.where))
            else:
                found[row["kind"]] = (*found.get(row["kind"], ()), row["word"])
        return found

    def _wrong(self, row: Row, term: str, match: str) -> list[UniteError]:
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


def _identity(entry: Entry) -> tuple[str, str, str]:
    words_only = " ".join(words(entry.term))
    return (entry.term if entry.match == "case" else words_only, entry.match, entry.code)


def _duplicate(row: Row, term: str, before: str) -> BadInput:
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
            reader.problems.append(_duplicate(row, row["code"], found[row["code"]].where))
        else:
            found[row["code"]] = row
    return found
