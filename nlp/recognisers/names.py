"""First and last names as `data/names/` lists them, and which of them are everyday words.

Read from first.csv, last.csv (name, origins) and ordinary.csv (name, languages,
never); the files are written by `data/names/export.py` and may be edited by hand.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from base.table import cells
from base.text import fold, words
from nlp.recognisers.naming import read_particles
from taxonomy.compiled import once

VERSION = 2  # of the kept lists: goes up when something else is made of the files
EVERYWHERE = "*"
_SETS = ("first", "last", "spellings", "common", "particles", "opening", "sounds", "before_places")
_MAPPINGS = ("ordinary", "never", "endings", "letters")
_LONGEST_ENDING = 5
_SHORTEST_SOUND = 4
_OTHER_SCRIPTS = "\u0370"  # Greek, Cyrillic and what comes after them
_TWICE = re.compile(r"(.)\1+")
COMMON = 5  # listed by so many locales, a name is a name also where it is a word, if capitalised


@dataclass(frozen=True)
class Names:
    """Folded first and last names.

    spellings: the same in small letters with their accents. common: first names of many
    countries. ordinary: name → languages in which it is also an everyday word, `*` for all.
    never: name → languages in which it is a word like `the`, and no name. particles: parts of a
    name that are none alone (van, el). opening: little words at the end of a cue after which
    anything may follow (`on behalf of`).
    """

    first: frozenset[str] = field(default=frozenset(), repr=False)
    last: frozenset[str] = field(default=frozenset(), repr=False)
    spellings: frozenset[str] = field(default=frozenset(), repr=False)
    common: frozenset[str] = field(default=frozenset(), repr=False)
    ordinary: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    never: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    particles: frozenset[str] = field(default=frozenset(), repr=False)
    opening: frozenset[str] = field(default=frozenset(), repr=False)
    endings: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    letters: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    sounds: frozenset[str] = field(default=frozenset(), repr=False)
    before_places: frozenset[str] = field(default=frozenset(), repr=False)

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages whose everyday words the lists know."""
        return frozenset().union(*self.ordinary.values()) | {"und"}

    def is_spelt(self, word: str, folded: str, lang: str) -> bool:
        """Whether the word may be a listed name as written: accents may be left out, not added
        (`sarà` is not Sara), and little words of the language are none."""
        small = word.lower()
        if lang in self.never.get(folded, ()):
            return False
        return small == folded or small in self.spellings

    def bases(self, word: str, lang: str) -> Iterator[str]:
        """What a folded word may be a form of, by the endings of the language: zuzanu, zuzana."""
        for size in range(1, min(_LONGEST_ENDING, len(word) - 3) + 1):
            for end in self.endings.get(f"{lang} {word[-size:]}", ()):
                yield word[:-size] + end.strip("-")

    def is_heard(self, word: str) -> bool:
        """Whether a folded word sounds like a first name: `ясир` and yasser are written by ear."""
        if len(word) < _SHORTEST_SOUND or not self._spelling or word[0] < _OTHER_SCRIPTS:
            return False
        return not self.sounds.isdisjoint(self.sound(word))

    def sound(self, word: str) -> set[str]:
        """A folded word in plain letters; two answers where one sign is read in two ways."""
        heard = {""}
        for piece in self._spelling.findall(word) if self._spelling else ():
            heard = {h + p for h in heard for p in self.letters.get(piece, (piece,))}
            if len(heard) > 4:
                break
        return {_TWICE.sub(r"\1", h.replace("-", "")) for h in heard}

    @cached_property
    def _spelling(self) -> re.Pattern[str] | None:
        longest = sorted(map(re.escape, self.letters), key=len, reverse=True)
        return re.compile("|".join((*longest, "."))) if longest else None

    def is_ordinary(self, name: str, lang: str) -> bool:
        """Whether the folded name is a word of the language; of any, if that is unknown."""
        languages = self.ordinary.get(name)
        if languages is None:
            return len(name) < 3
        return lang == "und" or lang in languages or EVERYWHERE in languages


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


def _from_tables(tables: list[pa.Table]) -> Names:
    found: dict[str, Any] = {}
    sets: dict[str, frozenset[str]] = {}  # few combinations, many names
    for table in tables:
        part, *more = table.column_names
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


def _from_lists(folder: Path) -> Names:
    spellings: set[str] = set()
    first, last = (_read(folder / f"{part}.csv", spellings) for part in ("first", "last"))
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
    )
    everywhere = {n for n in first if EVERYWHERE in ordinary.get(n, ())}
    heard, places = (
        frozenset(s for name in part for s in found.sound(name)) for part in (first, everywhere)
    )
    return replace(found, sounds=heard - places)
