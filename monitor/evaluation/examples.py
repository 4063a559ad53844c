"""The example posts of `data/examples/`, open and sealed.

Three in ten are sealed, by a hash of their id: they stand in `sealed/` and are opened by
`unite evaluate` alone. A row that is wrong is a BadInput with file and line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from base.errors import BadInput, unknown
from base.table import Row, rows

COLUMNS = (
    "id", "text", "source_city", "areas", "places", "groups", "speech", "tone", "experience",
    "personal", "kept", "trap",
)  # fmt: skip
PERSONAL = (
    "PERSON", "HANDLE", "EMAIL", "PHONE", "ADDRESS", "ID", "PLATE", "IBAN", "CARD", "BIRTHDATE",
    "LINK", "COORDINATES",
)  # fmt: skip
SEALED = "sealed"
_BETWEEN = "||"


@dataclass(frozen=True)
class Example:
    """One post and what a careful reader would tag.

    personal: (type, start, end) in the text, code points, half-open. kept: (start, end) of names
    that must stay.
    """

    id: str
    language: str
    text: str
    city: str | None
    areas: frozenset[str]
    places: frozenset[str]
    groups: frozenset[str]
    speech: str
    tone: str
    experience: bool
    personal: tuple[tuple[str, int, int], ...]
    kept: tuple[tuple[int, int], ...]
    trap: str


def is_sealed(example: str) -> bool:
    """Whether the example with this id is sealed: three in ten."""
    return int(hashlib.sha256(example.encode()).hexdigest()[:8], 16) % 10 < 3


def read(folder: Path, *, sealed: bool) -> Iterator[Example]:
    """The open or the sealed examples of all languages, in the order of language and id."""
    for path in sorted((folder / SEALED if sealed else folder).glob("*.csv")):
        for row in rows(path, COLUMNS):
            if is_sealed(row["id"]) != sealed:
                where = "in sealed/" if not sealed else "one folder up"
                raise BadInput(f"{row['id']!r} belongs {where}", where=row.where,
                               hint="python scripts/seal.py")  # fmt: skip
            yield _example(row, path.stem)


def _example(row: Row, language: str) -> Example:
    text = row["text"]
    personal = []
    for part in _parts(row["personal"]):
        kind, _, value = part.partition("=")
        if kind not in PERSONAL:
            raise unknown("type of personal data", kind, PERSONAL, where=row.where)
        personal += [(kind, start, end) for start, end in _spans(text, value, row)]
    kept = [span for value in _parts(row["kept"]) for span in _spans(text, value, row)]
    return Example(
        row["id"], language, text, row["source_city"] or None,
        frozenset(row.parts("areas")), frozenset(row.parts("places")),
        frozenset(row.parts("groups")),
        row["speech"], row["tone"], row["experience"] == "yes",
        tuple(personal), tuple(kept), row["trap"],
    )  # fmt: skip


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(_BETWEEN) if part.strip()]


def _spans(text: str, value: str, row: Row) -> list[tuple[int, int]]:
    """Everywhere the value stands in the text."""
    found, at = [], text.find(value)
    while at >= 0:
        found.append((at, at + len(value)))
        at = text.find(value, at + len(value))
    if not found or not value:
        raise BadInput("a value that does not stand in the text", where=row.where)
    return found
