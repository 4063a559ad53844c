"""The words around a name, a street or a birth date, as `taxonomy/<lang>/naming.csv` lists them.

Columns cue, kind, note. Kinds: honorific (Frau), introduction (ich heiße), relation (mein
Nachbar), greeting (hallo), office (Bürgermeisterin: the name after it is kept), notname (looks
like a name, is a word), street (gasse), street abroad (a street word that counts in texts of
other languages too: `Via Roma`; written with a capital it must have one there), born (geboren
am), after (stands behind a name: `Hüseyin Bey`, `Virtasen perhe`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from base.errors import UniteError, unknown
from base.table import rows
from base.text import fold, words

KINDS = (
    "honorific", "introduction", "relation", "greeting", "office", "notname", "street",
    "street abroad", "born", "after",
)  # fmt: skip
ALL = "*"
Table = dict[str, frozenset[str]]


@dataclass(frozen=True)
class Cue:
    """One entry: its folded words, its kind, and whether it is written with a capital."""

    words: tuple[str, ...]
    kind: str
    is_capitalised: bool


@dataclass(frozen=True)
class Naming:
    """The cues of each language; a language without any gets those of all together."""

    by_language: Mapping[str, tuple[Cue, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def _all(self) -> tuple[Cue, ...]:
        together = {cue: None for cues in self.by_language.values() for cue in cues}
        return tuple(together)

    def key(self, lang: str) -> str:
        """The language itself where it has cues, else `*`: what a cache goes by."""
        return lang if lang in self.by_language else ALL

    def cues(self, lang: str, *kinds: str) -> tuple[Cue, ...]:
        return tuple(c for c in self.by_language.get(lang, self._all) if c.kind in kinds)

    def abroad(self) -> dict[str, bool]:
        """The folded street words that count in every language → whether with a capital only."""
        kind = "street abroad"
        return {c.words[0]: c.is_capitalised for c in self._all if c.kind == kind}

    def single(self, lang: str, kind: str) -> frozenset[str]:
        """The folded one-word cues of a kind."""
        return frozenset(c.words[0] for c in self.cues(lang, kind) if len(c.words) == 1)


def cue(text: str, kind: str) -> Cue:
    return Cue(tuple(words(text)), kind, text[:1].isupper())


def read_naming(
    taxonomy: Path,
    languages: Iterable[str] | None = None,
    problems: list[UniteError] | None = None,
) -> Naming:
    """The cues of every language folder that has a naming.csv.

    Raises BadInput with file:line for another header or an unknown kind; problems takes them
    instead.
    """
    found: dict[str, tuple[Cue, ...]] = {}
    for path in sorted(taxonomy.glob("*/naming.csv")):
        lang = path.parent.name
        if languages is not None and lang not in languages:
            continue
        entries = []
        for row in rows(path, ("cue", "kind", "note"), problems):
            if row["kind"] not in KINDS:
                fault = unknown("kind of cue", row["kind"], KINDS, where=row.where)
                if problems is None:
                    raise fault
                problems.append(fault)
                continue
            # a door or a storey belongs to an address but names no street
            if words(row["cue"]) and "before the number" not in row["note"]:
                entries.append(cue(row["cue"], row["kind"]))
        if entries:
            found[lang] = tuple(entries)
    return Naming(found)


def read_particles(path: Path) -> tuple[dict[str, set[str]], Table, Table]:
    """Little words by kind, with their language where it counts; endings by language; letters:
    see `names.Names`."""
    plain, told = ("particle", "open", "house"), ("place", "family", "says", "beside", "prefix")
    little: dict[str, set[str]] = {kind: set() for kind in (*plain, *told)}
    endings: dict[str, frozenset[str]] = {}
    letters: dict[str, frozenset[str]] = {}
    for row in rows(path, ("word", "kind", "languages", "becomes")):
        word, kind = fold(row["word"]), row["kind"]
        becomes = frozenset(map(fold, row["becomes"].split("|")))
        if kind == "letter":
            letters[word] = becomes
        elif kind == "ending":
            for lang in row["languages"].split("|"):
                endings[f"{lang} {word}"] = endings.get(f"{lang} {word}", frozenset()) | becomes
        elif kind in told:
            little[kind].update(f"{lang} {word}" for lang in row["languages"].split("|"))
        elif kind in little:
            little[kind].add(word)
        else:
            raise unknown("kind of particle", kind, (*little, "ending", "letter"), where=row.where)
    return little, endings, letters
