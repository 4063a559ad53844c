"""The taxonomy as one value: read from its folder, checked, with a digest.

Comes in: the folder with `areas.csv`, …, one folder a language, and `places` with one file a
language: how it writes the cities of the registry. Goes out: a frozen
`Taxonomy`. What can go wrong: BadInput with file:line; `load` raises the first problem,
`check` returns all of them.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from base.errors import BadInput, UniteError, unknown
from base.table import Row
from base.text import fold
from taxonomy import written
from taxonomy.applying import Application
from taxonomy.codes import LANGUAGE_COLUMNS
from taxonomy.entries import Entries
from taxonomy.model import CUE_KINDS, PLACES, Area, Entry, Language, Latin, Slang, Taxonomy
from taxonomy.overlay import Change, Overlay
from taxonomy.reader import Reader, labels
from taxonomy.vocabulary import Hint
from taxonomy.vocabulary import read as read_vocabulary
from taxonomy.vocabulary import table as vocabulary_table

__all__ = [
    "SHIPPED", "Area", "Entry", "Language", "Slang", "Taxonomy", "check", "checked", "load",
]  # fmt: skip

SHIPPED = Path(__file__).parent
NONE = Overlay()


def load(
    folder: Path = SHIPPED,
    languages: Collection[str] | None = None,
    *,
    overlay: Overlay = NONE,
    lenient: bool = False,
) -> Taxonomy:
    """The taxonomy in `folder` with an installation's changes.

    languages: limits it to some of those that have a folder. Raises the first BadInput that
    `check` would list and says how many there are; lenient: such rows are left out, told in
    `left_out`, and the digest is another. The lists of codes must be right all the same.
    """
    found, problems, vital = _read(folder, languages, overlay)
    if not problems:
        return found
    if lenient and not vital:
        return _without(found, problems)
    first = problems[0]
    if len(problems) > 1:
        rest = f"unite taxonomy check   ({len(problems) - 1} more)"
        first.hint = f"{first.hint}; {rest}" if first.hint else rest
    raise first


def check(
    folder: Path = SHIPPED, languages: Collection[str] | None = None, overlay: Overlay = NONE
) -> list[UniteError]:
    """Everything that is wrong with the files, in the order of the files, the overlay last."""
    return _read(folder, languages, overlay)[1]


def checked(
    folder: Path = SHIPPED, languages: Collection[str] | None = None, overlay: Overlay = NONE
) -> tuple[Taxonomy, list[UniteError]]:
    """What a lenient `load` gives and what `check` lists, in one reading. Raises as `load`."""
    found, problems, vital = _read(folder, languages, overlay)
    if vital:
        raise problems[0]
    return (_without(found, problems) if problems else found), problems


def _without(found: Taxonomy, problems: list[UniteError]) -> Taxonomy:
    """Says in the taxonomy what was left out of it; its digest is another."""
    left_out = tuple(map(str, problems))
    total = hashlib.sha256("\0".join((found.digest, *left_out)).encode())
    return replace(found, left_out=left_out, digest=total.hexdigest()[:16])


def digest_of(folder: Path, overlay: Overlay = NONE) -> str:
    """The digest that the taxonomy of a folder has, without reading the lists."""
    return overlay.digest(_digest(folder, _there(folder)))


def _read(
    folder: Path, languages: Collection[str] | None, overlay: Overlay
) -> tuple[Taxonomy, list[UniteError], int]:
    """The taxonomy, what is wrong, and how many of that are in the lists of codes."""
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
    vital = len(reader.problems)
    # where no code could be read, that is said once and not for each term
    codes: dict[str, Collection[str] | None] = {
        "terms": areas or None, "slang": groups or None, "groups": groups or None,
        "rights": rights or None, "cues": CUE_KINDS,
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
        entries.extend(written.places(reader, folder / PLACES / f"{language.name}.csv"))
        endings[language.name] = written.changes(reader, language, "ending")
        beginnings[language.name] = written.changes(reader, language, "beginning")
        dates[language.name] = written.dates(reader, language)
        letters = written.latin(reader, language)
        if letters is not None:
            latin[language.name] = letters
        hints.extend(read_vocabulary(reader, language, areas))
    reader.problems += overlay.problems
    changes = [c for c in overlay.changes if overlay.counts(c) and _is_wanted(c, languages)]
    if changes:
        apply = Application(reader, codes, {place.name: place for place in folders})
        entries = apply(entries, changes)
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
        digest=overlay.digest(_digest(folder, folders)),
    )
    return taxonomy, reader.problems, vital


def _is_wanted(change: Change, languages: Collection[str] | None) -> bool:
    return languages is None or change["language"] in languages


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
    for path in sorted((folder / PLACES).glob("*.csv")):
        if path.stem not in there:
            where = f"{folder.name}/{PLACES}/{path.name}"
            reader.problems.append(unknown("language", path.stem, there, where=where))
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
    return sorted(
        p for p in folder.iterdir() if p.is_dir() and p.name != PLACES and any(p.glob("*.csv"))
    )


def _digest(folder: Path, languages: list[Path]) -> str:
    """sha256 over the names and bytes of all files read, 16 hex digits."""
    total = hashlib.sha256()
    paths = [path for place in (folder, *languages) for path in sorted(place.glob("*.csv"))]
    paths += [folder / PLACES / f"{language.name}.csv" for language in languages]
    for path in paths:
        if path.exists():
            name = path.relative_to(folder).as_posix()
            data = path.read_bytes().removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n")
            total.update(f"{name}\0{len(data)}\0".encode())
            total.update(data)
    return total.hexdigest()[:16]
