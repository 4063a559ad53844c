"""Which heads an evaluation stands behind, by language: data/measured.csv.

A head that no evaluation in the language stands behind is `unmeasured` there: no figure of it is
shown, and it is never ranked beside measured ones. Empty until `unite evaluate` fills it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from base.table import cells
from monitor.cities import DATA


@cache
def _measured(path: Path) -> frozenset[tuple[str, str]]:
    listed = cells(path, ("head", "language", "set", "figure"))
    return frozenset((head, language) for head, language, _, _ in listed)


def is_measured(head: str, languages: Iterable[str], path: Path = DATA / "measured.csv") -> bool:
    """Whether figures of the head may be shown for posts in these languages."""
    wanted = {(head, language) for language in languages}
    return bool(wanted) and wanted <= _measured(path)
