"""Everyday words that hint at an area: one may mean nothing, some together tell.

Comes in: `<language>/vocabulary.csv`, one row a word. Goes out: a table of language, word, area,
weight. A word that ends in `*` is a stem: what goes on from it counts too. Weight 3 tells the
area alone, 2 and 1 need others beside them (`nlp/hints.py` adds them up). The area `none` is
for words of other matters altogether (sport, cooking, software), which speak against any area.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from base.errors import BadInput, UniteError, unknown
from base.table import Row
from base.text import words

if TYPE_CHECKING:
    from pathlib import Path

    from taxonomy.reader import Reader

COLUMNS = ("word", "area", "weight", "note")
NONE = "none"
STEM = "*"
MOST_WEIGHT = 3
_LEAST_STEM = 3  # letters
SCHEMA = pa.schema(
    [("language", pa.string()), ("word", pa.string()), ("area", pa.string()), ("weight", pa.int8())]
)
Hint = tuple[str, str, str, int]  # language, word, area, weight


def table(hints: Iterable[Hint]) -> pa.Table:
    """Hints as columns."""
    rows = list(hints)
    columns = zip(*rows, strict=True) if rows else ([] for _ in SCHEMA)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)], SCHEMA)


def parts(word: str) -> list[tuple[str, bool]]:
    """The folded words of a hint, each with whether it may go on (`*`)."""
    found = [(words(part), part.endswith(STEM)) for part in word.split()]
    return [
        (one, goes_on and n == len(of) - 1) for of, goes_on in found for n, one in enumerate(of)
    ]


def read(reader: Reader, folder: Path, areas: Collection[str]) -> Iterator[Hint]:
    """The hints of one language; none where it has no file. Problems go to the reader."""
    path = folder / "vocabulary.csv"
    first: dict[tuple[str, str], str] = {}
    for row in reader.table(path, ",".join(COLUMNS)) if path.exists() else ():
        wrong = list(_wrong(row, areas))
        folded = " ".join(one + STEM * goes_on for one, goes_on in parts(row["word"]))
        before = first.setdefault((folded, row["area"]), row.where)
        if before != row.where:
            wrong.append(
                BadInput(f"{row['word']!r} stands twice", where=row.where,
                         expected="one row for one word and area", hint=f"join it with {before}")
            )  # fmt: skip
        if wrong:
            reader.problems.extend(wrong)
        else:
            yield folder.name, row["word"], row["area"], int(row["weight"])


def _wrong(row: Row, areas: Collection[str]) -> Iterator[UniteError]:
    found = parts(row["word"])
    if not found:
        yield BadInput(f"no word in {row['word']!r}", where=row.where)
    elif any(goes_on and len(one) < _LEAST_STEM for one, goes_on in found):
        yield BadInput(f"stem {row['word']!r} is too short", where=row.where,
                       expected=f"at least {_LEAST_STEM} letters")  # fmt: skip
    if row["area"] not in areas and row["area"] != NONE:
        yield unknown("area", row["area"], (*areas, NONE), where=row.where)
    if row["weight"] not in map(str, range(1, MOST_WEIGHT + 1)):
        yield BadInput(f"weight {row['weight']!r}", where=row.where,
                       expected=f"a number from 1 to {MOST_WEIGHT}")  # fmt: skip
