"""The taxonomy as one value: read from its folder, checked, with a digest.

Comes in: the folder with `areas.csv`, … and one folder a language. Goes out: a frozen
`Taxonomy`. What can go wrong: BadInput with file:line; `load` raises the first problem,
`check` returns all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from base.errors import BadInput, UniteError, unknown
from base.table import Row
from base.text import fold
from taxonomy.codes import LANGUAGE_COLUMNS
from taxonomy.entries import Entries
from taxonomy.model import Area, Entry, Language, Latin, Slang, Taxonomy
from taxonomy.reader import Reader, labels
from taxonomy.vocabulary import Hint
from taxonomy.vocabulary import read as read_vocabulary
from taxonomy.vocabulary import table as vocabulary_table

__all__ = ["SHIPPED", "Area", "Entry", "Language", "Slang", "Taxonomy", "check", "load"]

SHIPPED = Path(__file__).parent


def load(folder: Path = SHIPPED, languages: Collection[str] | None = None) -> Taxonomy:
    """The taxonomy in `folder`; `languages` limits it to some of those that have a folder.

    Raises the first BadInput that `check` would list.
    """
    found, problems = _read(folder, languages)
    if problems:
        first = problems[0]
        if len(problems) > 1 and not first.hint:
            first.hint = f"unite taxonomy check   ({len(problems) - 1} more)"
        raise first
    return found


def check(folder: Path = SHIPPED, languages: Collection[str] | None = None) -> list[UniteError]:
    """Everything that is wrong with the files, in the order of the files."""
    return _read(folder, languages)[1]


def digest_of(folder: Path) -> str:
    """The digest that the taxonomy of a folder has, without reading the lists."""
    return _digest(folder, _there(folder))


def _read(folder: Path, languages: Collection[str] | None) -> tuple[Taxonomy, list[UniteError]]:
    reader = Reader()
    dimensions = labels(reader, folder / "dimensions.csv", ("code", "label"))
    areas = labels(reader, folder / "areas.csv", ("code", "dimension", "label", "description"))
    groups = labels(reader, folder / "groups.csv", ("code", "label"))
    rights = labels(reader, folder / "rights.csv", ("code", "label"))
    tongues = labels(reader, folder / "languages.csv", LANGUAGE_COLUMNS)
    for row in areas.values():
        if row["dimension"] not in dimensions:
            reader.problems.append(
                unknown("dimension", row["dimension"], dimensions, where=row.where)
            )
    codes: dict[str, Collection[str]] = {
        "terms": areas, "slang": groups, "groups": groups, "rights": rights,
    }  # fmt: skip
    entries: list[Entry] = []
    endings: dict[str, dict[str, tuple[str, ...]]] = {}
    beginnings: dict[str, dict[str, tuple[str, ...]]] = {}
    dates: dict[str, dict[str, tuple[str, ...]]] = {}
    hints: list[Hint] = []
    latin: dict[str, Latin] = {}
    folders = _folders(folder, languages, tongues, reader)
    for language in folders:
        entries.extend(reader.entries(language, codes))
        endings[language.name] = reader.changes(language, "ending")
        beginnings[language.name] = reader.changes(language, "beginning")
        dates[language.name] = reader.dates(language)
        written = reader.latin(language)
        if written is not None:
            latin[language.name] = written
        hints.extend(read_vocabulary(reader, language, areas))
    taxonomy = Taxonomy(
        areas={c: Area(c, r["dimension"], r["label"], r["description"]) for c, r in areas.items()},
        dimensions={c: r["label"] for c, r in dimensions.items()},
        groups={c: r["label"] for c, r in groups.items()},
        rights={c: r["label"] for c, r in rights.items()},
        languages={c: _language(r, reader) for c, r in tongues.items()},
        entries=Entries.of(entries),
        endings=endings,
        beginnings=beginnings,
        dates=dates,
        vocabulary=vocabulary_table(hints),
        latin=latin,
        digest=_digest(folder, folders),
    )
    return taxonomy, reader.problems


def _language(row: Row, reader: Reader) -> Language:
    spellings = []
    for part in row.parts("spellings"):
        written, _, letter = part.partition("=")
        if not (written and letter):
            reader.problems.append(
                BadInput(f"spelling {part!r}", where=row.where, expected="written=letter")
            )
        spellings.append((fold(written), fold(letter)))
    # `-` stands for nothing between two parts
    links = tuple(fold(link.strip("-")) for link in row.parts("compounds"))
    code, name, own_name, script = (row[column] for column in LANGUAGE_COLUMNS[:4])
    return Language(code, name, own_name, script, links, tuple(spellings))


def _folders(
    folder: Path, languages: Collection[str] | None, known: Collection[str], reader: Reader
) -> list[Path]:
    """The language folders to read, in the order of their codes."""
    there = {p.name: p for p in _there(folder)}
    for code in sorted(there):
        if code not in known:
            reader.problems.append(unknown("language", code, known, where=f"{folder.name}/{code}"))
    if languages is None:
        return [there[c] for c in sorted(there)]
    for code in sorted(set(languages) - set(there)):
        reader.problems.append(
            BadInput(f"no lists in language {code!r}", where=folder.name, available=sorted(there))
        )
    return [there[c] for c in sorted(set(languages) & set(there))]


def _there(folder: Path) -> list[Path]:
    """The language folders that hold a list, in the order of their codes."""
    return sorted(p for p in folder.iterdir() if p.is_dir() and any(p.glob("*.csv")))


def _digest(folder: Path, languages: list[Path]) -> str:
    """sha256 over the names and bytes of all files read, 16 hex digits."""
    total = hashlib.sha256()
    for place in (folder, *languages):
        for path in sorted(place.glob("*.csv")):
            name = path.name if place is folder else f"{place.name}/{path.name}"
            data = path.read_bytes().replace(b"\r\n", b"\n")
            total.update(f"{name}\0{len(data)}\0".encode())
            total.update(data)
    return total.hexdigest()[:16]
