"""The names of `data/names/`, read and kept.

Read from first.csv, last.csv (name, origins), extra.csv (name, part, origins), ordinary.csv (name,
languages, never), particles.csv and signs.csv (language, sign, points); first.csv,
last.csv and ordinary.csv are written by `data/names/export.py`, signs.csv by `data/names/weigh.py`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from base.errors import unknown
from base.table import cells, rows
from base.text import fold, words
from nlp.recognisers.names import EVERYWHERE, Names
from nlp.recognisers.naming import read_particles
from taxonomy.compiled import once

VERSION = 6  # of the kept lists: goes up when something else is made of the files
COMMON = 5  # listed by so many locales, a name is a name also where it is a word, if capitalised
_SETS = (
    "first", "last", "spellings", "common", "particles", "opening", "sounds", "before_places",
    "families", "speech", "houses", "auxiliaries",
    "prefixes",
)  # fmt: skip
_MAPPINGS = ("ordinary", "never", "endings", "letters")


def _read(path: Path, spellings: set[str]) -> dict[str, int]:
    """Folded name → number of locales that list it; `O'Brien` also by its longer part."""
    found: dict[str, int] = {}
    for name, listed in cells(path, ("name", "origins")):
        origins = listed.count("|") + bool(listed)
        small = name.lower()
        spellings.add(small)
        if small.isascii() and small.isalpha():  # most names, and this is read at every start
            forms: Iterable[str] = (small,)
        else:
            forms = {fold(name), *(w for w in words(name) if len(w) > 2)}
        for form in forms:
            if found.get(form, -1) < origins:
                found[form] = origins
    return found


def read_names(folder: Path, cache: Path | None = None) -> Names:
    """The lists of one folder; BadInput with file:line where a row is not one.

    cache: a folder in which what was read is kept, under a digest of the files.
    """
    if cache is None:
        return _from_lists(folder)
    total = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        data = path.read_bytes()
        total.update(f"{path.name}\0{len(data)}\0".encode() + data)
    path = cache / f"names-{total.hexdigest()[:16]}-{VERSION}.arrow"
    return once(path, lambda: _from_lists(folder), _tables, _from_tables)


def _tables(names: Names) -> Iterator[pa.Table]:
    for part in _SETS:
        yield pa.table({part: pa.array(sorted(getattr(names, part)), pa.string())})
    for part in _MAPPINGS:
        of = getattr(names, part)
        yield pa.table({part: list(of), "languages": ["|".join(sorted(of[n])) for n in of]})
    signs = [(lang, *one) for lang, of in names.points.items() for one in of.items()]
    columns = ("points", "sign", "of")
    yield pa.table({c: [row[i] for row in signs] for i, c in enumerate(columns)})


def _from_tables(tables: list[pa.Table]) -> Names:
    found: dict[str, Any] = {}
    sets: dict[str, frozenset[str]] = {}  # few combinations, many names
    for table in tables:
        part, *more = table.column_names
        if part == "points":
            found[part] = _by_language(zip(*table.to_pydict().values(), strict=True))
            continue
        names = table[part].to_pylist()
        if not more:
            found[part] = frozenset(names)
            continue
        codes = table["languages"].to_pylist()
        found[part] = {
            name: sets.get(c) or sets.setdefault(c, frozenset(c.split("|")))
            for name, c in zip(names, codes, strict=True)
        }
    return Names(**found)


def _by_language(signs: Iterable[Sequence[Any]]) -> dict[str, dict[str, int]]:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for language, sign, points in signs:
        found[language][sign] = int(points)
    return dict(found)


def _from_lists(folder: Path) -> Names:
    spellings: set[str] = set()
    parts = {part: _read(folder / f"{part}.csv", spellings) for part in ("first", "last")}
    for row in rows(folder / "extra.csv", ("name", "part", "origins")):
        if row["part"] not in parts:
            raise unknown("part of a name", row["part"], parts, where=row.where)
        spellings.add(row["name"].lower())
        parts[row["part"]].setdefault(fold(row["name"]), 1)
    first, last = parts["first"], parts["last"]
    ordinary: dict[str, frozenset[str]] = {}
    never: dict[str, frozenset[str]] = {}
    sets: dict[str, frozenset[str]] = {}  # few combinations, many names
    for name, *listed in cells(folder / "ordinary.csv", ("name", "languages", "never")):
        for table, codes in zip((ordinary, never), listed, strict=True):
            if codes:
                table[fold(name)] = sets.setdefault(codes, frozenset(codes.split("|")))
    common = {n for n, count in first.items() if count >= COMMON}
    common -= {n for n in common if EVERYWHERE in ordinary.get(n, ())}
    little, endings, letters = read_particles(folder / "particles.csv")
    found = Names(
        frozenset(first),
        frozenset(last),
        frozenset(spellings),
        frozenset(common),
        ordinary,
        never,
        frozenset(little["particle"]),
        frozenset(little["open"]),
        endings,
        letters,
        before_places=frozenset(little["place"]),
        families=frozenset(little["family"]),
        speech=frozenset(little["says"]),
        houses=frozenset(little["house"]),
        auxiliaries=frozenset(little["beside"]),
        prefixes=frozenset(little["prefix"]),
        points=_by_language(cells(folder / "signs.csv", ("language", "sign", "points"))),
    )
    everywhere = {n for n in first if EVERYWHERE in ordinary.get(n, ())}
    heard, places = (
        frozenset(s for name in part for s in found.sound(name)) for part in (first, everywhere)
    )
    return replace(found, sounds=heard - places)
