"""The closed lists of codes with their labels: what a Query is checked against, what pages show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from base.table import rows

_HERE = Path(__file__).parent
LANGUAGE_COLUMNS = ("code", "name", "own_name", "script", "compounds", "spellings")


@dataclass(frozen=True)
class Codes:
    """Code → label, in the order of the files. dimension_of: area → dimension."""

    areas: Mapping[str, str]
    dimensions: Mapping[str, str]
    dimension_of: Mapping[str, str]
    groups: Mapping[str, str]
    rights: Mapping[str, str]
    languages: Mapping[str, str]


@cache
def codes(folder: Path = _HERE) -> Codes:
    """The lists under `folder`. Raises BadInput that names file and line."""
    areas = list(rows(folder / "areas.csv", ("code", "dimension", "label", "description")))
    languages = rows(folder / "languages.csv", LANGUAGE_COLUMNS)
    return Codes(
        areas={r["code"]: r["label"] for r in areas},
        dimensions=_labels(folder / "dimensions.csv"),
        dimension_of={r["code"]: r["dimension"] for r in areas},
        groups=_labels(folder / "groups.csv"),
        rights=_labels(folder / "rights.csv"),
        languages={r["code"]: r["name"] for r in languages},
    )


def _labels(path: Path) -> Mapping[str, str]:
    return {r["code"]: r["label"] for r in rows(path, ("code", "label"))}
