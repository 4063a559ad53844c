"""The project's own training posts, `data/training/<lang>.csv`: invented, with what they say.

They may be trained and tuned on, unlike the example posts that judge. Every row is checked: a
wrong one is a BadInput with file and line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from base.errors import unknown
from base.table import Row, rows
from store.schema import HATE_KINDS, SPEECHES, TONES
from taxonomy.codes import codes

COLUMNS = ("text", "areas", "groups", "speech", "hate", "tone", "experience", "ask")
_FLAGS = ("", "yes")


@dataclass(frozen=True)
class OwnPost:
    """One invented post. hate: its kind, None unless speech is hate. ask: seeks help or advice."""

    language: str
    text: str
    areas: frozenset[str]
    groups: frozenset[str]
    speech: str
    hate: str | None
    tone: str
    experience: bool
    ask: bool


def read(folder: Path) -> Iterator[OwnPost]:
    """The posts of all languages, in the order of language and line."""
    for path in sorted(folder.glob("*.csv")):
        for row in rows(path, COLUMNS):
            yield _post(row, path.stem)


def _post(row: Row, language: str) -> OwnPost:
    known = codes()
    for column, available in (("areas", known.areas), ("groups", known.groups)):
        for code in row.parts(column):
            _one_of(row, column, code, tuple(available))
    _one_of(row, "speech", row["speech"], SPEECHES)
    _one_of(row, "hate", row["hate"], HATE_KINDS if row["speech"] == "hate" else ("",))
    _one_of(row, "tone", row["tone"], TONES)
    for column in ("experience", "ask"):
        _one_of(row, column, row[column], _FLAGS)
    return OwnPost(
        language, row["text"], frozenset(row.parts("areas")), frozenset(row.parts("groups")),
        row["speech"], row["hate"] or None, row["tone"],
        row["experience"] == "yes", row["ask"] == "yes",
    )  # fmt: skip


def _one_of(row: Row, column: str, value: str, available: Sequence[str]) -> None:
    if value not in available:
        raise unknown(column, value, available, where=row.where)
