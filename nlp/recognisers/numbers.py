"""Numbers that stand for a person or a car, by country, as `data/names/` lists them.

ids.csv: country, number, check (a module of python-stdnum, empty where there is none), pattern,
cues. plates.csv: country, pattern, cues. Where cues are given one of them must stand shortly
before the number: without it the shape alone says too little. `word*` is the beginning of words,
`(kind)` all words of that kind in words.csv. phones.csv: language, regions whose numbering plans
its posts use, whether numbers are dialled without a 0; `*` is asked of numbers with a 0 in every
language, `grouped` of numbers that are grouped as a country does. words.csv: the words around
telephone numbers, birth dates, addresses, cars and links.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain
from pathlib import Path

from base.errors import BadInput, unknown
from base.table import Row, rows
from base.text import words_line
from nlp.recognisers.phrases import Phrases
from nlp.recognisers.street_words import StreetWord, read_streets

_BEFORE = 40  # characters in which a cue is looked for
_DIGIT = re.compile(r"\d")
_NOT_AFTER = r"(?<![\w+])(?<![.,/]\b)"
_NOT_BEFORE = r"(?![\w]|[.,/-]\d)"
_TIES = frozenset("-/.")  # RC-10482
_OTHER_NUMBER = re.compile(r"\d{4,}")
WORD_KINDS = (
    "phone", "money", "at", "dot", "version", "account host", "account page", "no account",
    "born", "born after", "born short", "month", "year", "car", "no plate", "personal number",
    "house number", "house sign", "unit", "side", "door", "lives", "building",
    "house called", "named house", "counted", "extension",
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """One kind of number: how it is written, what verifies it, which words announce it."""

    country: str
    pattern: str
    check: str
    cues: tuple[str, ...]

    def is_announced(self, buffer: str, start: int, after: str = "") -> bool:
        """Whether no cue is asked for, or one stands before the number or in `after`.

        What nothing verifies must be the first number after its cue.
        """
        if not self.cues:
            return True
        before = buffer[max(0, start - _BEFORE) : start].rpartition("\0")[2]
        if not self.check and not after:
            before = _OTHER_NUMBER.split(before)[-1]
        return self._cue.stand_in(before) or (bool(after) and self._cue.stand_in(after))

    def label(self, number: str) -> int:
        """How many of the number's signs are a cue that the pattern took with it: `BSN 1112223`."""
        digit = _DIGIT.search(number)
        if (
            self.check
            or not self.cues
            or not digit
            or number[digit.start() - 1 : digit.start()] in _TIES
        ):
            return 0
        return digit.start() if self._cue.stand_in(number[: digit.start()]) else 0

    @cached_property
    def _cue(self) -> Phrases:
        return Phrases(self.cues)

    def is_valid(self, number: str) -> bool:
        return not self.check or _checker(self.check)(number)


@dataclass(frozen=True)
class Plan:
    """Where a language's numbers are dialled, and whether they go without a 0 in front."""

    regions: tuple[str, ...] = ()
    is_bare: bool = False


@dataclass(frozen=True)
class Label:
    """A word that makes an address with the number after it; sure: in every language, alone."""

    text: str
    languages: frozenset[str]
    is_sure: bool


@dataclass(frozen=True)
class Numbers:
    """The shapes of national numbers and of number plates, the plans of telephone numbers.

    plans: by language, `*` for what is asked everywhere. words: kind (WORD_KINDS) → words.
    streets, labels, postcodes: the rows of streets.csv, address_labels.csv and postcodes.csv.
    """

    ids: tuple[Shape, ...] = ()
    plates: tuple[Shape, ...] = ()
    plans: Mapping[str, Plan] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    streets: tuple[StreetWord, ...] = ()
    labels: tuple[Label, ...] = ()
    postcodes: tuple[Shape, ...] = ()

    def one_of(self, kind: str) -> str:
        """A regular expression for any word of a kind; nothing matches where none is listed."""
        listed = sorted(self.words.get(kind, ()), key=len, reverse=True)
        return f"(?:{'|'.join(map(re.escape, listed))})" if listed else r"[^\s\S]"


@cache
def _checker(check: str) -> Callable[[str], bool]:
    valid: Callable[[str], bool] = importlib.import_module(f"stdnum.{check}").is_valid
    return valid


def beginnings(listed: Iterable[str]) -> tuple[str, ...]:
    """What to look for in a `words_line`: ` word `, and ` word` for `word*`; no empty ones."""
    lines = (words_line(w).rstrip(" " if w.endswith("*") else "") for w in listed)
    return tuple(line for line in dict.fromkeys(lines) if line.strip())


def _shape(row: Row, check: str, words: Mapping[str, tuple[str, ...]]) -> Shape:
    try:
        re.compile(row["pattern"])
        if check:
            _checker(check)
    except (re.error, ImportError) as error:
        raise BadInput(f"cannot be used ({error})", where=row.where) from error
    cues = (words.get(c[1:-1], (c,)) if c[:1] == "(" else (c,) for c in row.parts("cues"))
    return Shape(row["country"], row["pattern"], check, tuple(chain.from_iterable(cues)))


def read_numbers(folder: Path) -> Numbers:
    """ids.csv and plates.csv of a folder; BadInput with file:line for what cannot be used."""
    ids = rows(folder / "ids.csv", ("country", "number", "check", "pattern", "cues"))
    plates = rows(folder / "plates.csv", ("country", "pattern", "cues"))
    listed: dict[str, tuple[str, ...]] = {}
    if (folder / "words.csv").exists():
        listed = _words(folder / "words.csv")
    return Numbers(
        tuple(_shape(row, row["check"], listed) for row in ids),
        tuple(_shape(row, "", listed) for row in plates),
        {
            row["language"]: Plan(row.parts("regions"), row["without_zero"] == "yes")
            for row in rows(folder / "phones.csv", ("language", "regions", "without_zero"))
        },
        listed or _words(folder / "words.csv"),
        read_streets(folder / "streets.csv"),
        tuple(
            Label(row["label"], frozenset(row.parts("languages")), row["sure"] == "yes")
            for row in rows(folder / "address_labels.csv", ("label", "languages", "sure"))
        ),
        tuple(
            _shape(row, "", listed)
            for row in rows(folder / "postcodes.csv", ("country", "pattern", "cues"))
        ),
    )


def _words(path: Path) -> dict[str, tuple[str, ...]]:
    """Kind → its words."""
    found: dict[str, list[str]] = {kind: [] for kind in WORD_KINDS}
    for row in rows(path, ("word", "kind")):
        if row["kind"] not in found:
            raise unknown("kind of word", row["kind"], WORD_KINDS, where=row.where)
        found[row["kind"]].append(row["word"])
    return {kind: tuple(words) for kind, words in found.items()}


def hint(shapes: tuple[Shape, ...]) -> str:
    """One RE2 expression that every match of a shape matches; nothing where there is no shape."""
    return "|".join(f"(?:{shape.pattern})" for shape in shapes) or r"[^\s\S]"


def matches(
    shapes: tuple[Shape, ...], buffer: str, after: int = 0
) -> Iterator[tuple[Shape, re.Match[str]]]:
    """Every place where a shape stands alone, announced and with a right checksum.

    after: in how many characters behind a number its cue may stand as well.
    """
    ends = [0] * len(shapes)
    alone = [_alone(shape.pattern) for shape in shapes]
    for place in _begins(shapes).finditer(buffer):
        at = place.start()
        for k, shape in enumerate(shapes):
            found = alone[k].match(buffer, at) if ends[k] <= at else None
            if found is None:
                continue
            ends[k] = found.end()
            behind = buffer[found.end() : found.end() + after].partition("\0")[0]
            # the cue may be taken for letters of the number: ЛНЧ 1002847365
            digit = None if shape.check or after else _DIGIT.search(found.group())
            start = found.start() + (digit.start() if digit else 0)
            if shape.is_announced(buffer, start, behind) and shape.is_valid(found.group()):
                yield shape, found


@cache
def _begins(shapes: tuple[Shape, ...]) -> re.Pattern[str]:
    """The places at which any of the shapes stands alone: one pass over a buffer for all."""
    # a boundary is asked first: it is cheaper than what rules out most other places
    return re.compile(rf"\b{_NOT_AFTER}(?=(?:{hint(shapes)}){_NOT_BEFORE})")


@cache
def _alone(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"{_NOT_AFTER}(?:{pattern}){_NOT_BEFORE}")
