"""The taxonomy as one value: read from its folder, checked, with a digest.

Comes in: the folder with `areas.csv`, …, one folder a language, and `places` with one file a
language: how it writes the cities of the registry. Goes out: a frozen
`Taxonomy`. What can go wrong: BadInput with file:line; `load` raises the first problem,
`check` returns all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from base.errors import BadInput, UniteError, unknown
from taxonomy.entries import Entries
from taxonomy.model import PLACES, Area, Entry, Language, Slang, Taxonomy
from taxonomy.reader import Reader, labels

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
    tongues = labels(reader, folder / "languages.csv", ("code", "name", "own_name", "script"))
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
    folders = _folders(folder, languages, tongues, reader)
    for language in folders:
        entries.extend(reader.entries(language, codes))
        entries.extend(reader.places(folder / PLACES / f"{language.name}.csv"))
        endings[language.name] = reader.changes(language, "ending")
        beginnings[language.name] = reader.changes(language, "beginning")
        dates[language.name] = reader.dates(language)
    taxonomy = Taxonomy(
        areas={c: Area(c, r["dimension"], r["label"], r["description"]) for c, r in areas.items()},
        dimensions={c: r["label"] for c, r in dimensions.items()},
        groups={c: r["label"] for c, r in groups.items()},
        rights={c: r["label"] for c, r in rights.items()},
        languages={
            c: Language(c, r["name"], r["own_name"], r["script"]) for c, r in tongues.items()
        },
        entries=Entries.of(entries),
        endings=endings,
        beginnings=beginnings,
        dates=dates,
        digest=_digest(folder, folders),
    )
    return taxonomy, reader.problems


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
            data = path.read_bytes().replace(b"\r\n", b"\n")
            total.update(f"{name}\0{len(data)}\0".encode())
            total.update(data)
    return total.hexdigest()[:16]
