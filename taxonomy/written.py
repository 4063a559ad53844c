"""How a language is written: its endings and beginnings, Latin letters, dates, places.

Comes in: the small files of a language's folder. Goes out: what they say as plain values; a
missing file is an empty one. Problems go to the reader, with file and line.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from base.errors import BadInput, unknown
from base.text import fold, words
from taxonomy.model import DATE_KINDS, LATIN_KINDS, PLACE_KINDS, PLACES, TRAP, Entry, Latin
from taxonomy.reader import COLUMNS, Reader, duplicate, identity


def changes(reader: Reader, folder: Path, name: str) -> dict[str, tuple[str, ...]]:
    """Ending or beginning → what may stand in its place, folded; empty without a file."""
    path = folder / f"{name}s.csv"
    if not path.exists():
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for row in reader.table(path, COLUMNS[f"{name}s"]):
        part = fold(row[name].strip("-"))
        if part in found:
            reader.problems.append(duplicate(row, row[name], path.name))
        # `-` alone stands for nothing: the ending falls away
        found[part] = tuple(fold(p.strip("-")) for p in row.parts("becomes"))
    return found


def latin(reader: Reader, folder: Path) -> Latin | None:
    """How the language is written in Latin letters; None where there is no file."""
    path = folder / "latin.csv"
    if not path.exists():
        return None
    sounds: dict[str, str] = {}
    told: set[str] = set()
    for row in reader.table(path, COLUMNS["latin"]):
        if row["kind"] not in LATIN_KINDS:
            reader.problems.append(unknown("kind", row["kind"], LATIN_KINDS, where=row.where))
        elif row["written"] in sounds or row["written"] in told:
            reader.problems.append(duplicate(row, row["written"], path.name))
        elif row["kind"] == "word":
            told.add(fold(row["written"]))
        else:
            sounds[fold(row["written"])] = fold(row["sounds"])
    return Latin(sounds, frozenset(told))


def dates(reader: Reader, folder: Path) -> dict[str, tuple[str, ...]]:
    """Kind → words by which dates and ages are told; empty where there is no file."""
    path = folder / "dates.csv"
    found: dict[str, tuple[str, ...]] = {}
    for row in reader.table(path, COLUMNS["dates"]) if path.exists() else ():
        if row["kind"] not in DATE_KINDS:
            reader.problems.append(unknown("kind", row["kind"], DATE_KINDS, where=row.where))
        elif not words(row["word"]):
            reader.problems.append(BadInput(f"no word in {row['word']!r}", where=row.where))
        else:
            found[row["kind"]] = (*found.get(row["kind"], ()), row["word"])
    return found


def places(reader: Reader, path: Path) -> Iterator[Entry]:
    """How one language writes the places; empty without a file.

    Whether there is a place of that code is known where the registry of cities is.
    """
    first: dict[tuple[str, ...], str] = {}
    for row in reader.table(path, COLUMNS["places"]) if path.exists() else ():
        kind = row["kind"]
        wrong = reader.wrong(row, row["text"], PLACE_KINDS.get(kind, "exact"))
        if kind not in PLACE_KINDS:
            wrong.append(unknown("kind of place name", kind, PLACE_KINDS, where=row.where))
        if not row["place"]:
            wrong.append(BadInput("the code of the place is missing", where=row.where))
        entry = Entry(
            TRAP if kind == "trap" else PLACES, path.stem, row["place"], row["text"],
            PLACE_KINDS.get(kind, ""), where=row.where,
        )  # fmt: skip
        key = (entry.list, *identity(entry))
        before = first.setdefault(key, row.where)
        if key[1] and before != row.where:
            wrong.append(duplicate(row, row["text"], before))
        if wrong:
            reader.problems.extend(wrong)
        else:
            yield entry
