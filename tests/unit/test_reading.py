"""Why a post has its areas, in a line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from monitor.reading import because

ROOT = Path(__file__).resolve().parents[2]

TEXT = "Die Miete für die Wohnung, und die Schule"


def match(word: str, code: str, name: str = "terms") -> dict[str, Any]:
    start = TEXT.index(word)
    return {"list": name, "code": code, "term": word, "start": start, "end": start + len(word)}


def test_nobody_else_asks_an_index_for_posts() -> None:
    """So that no page, command or report shows an article whole or a platform that is refused."""
    asking = [
        path.relative_to(ROOT).as_posix()
        for room in ("monitor", "dashboard")
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"index\.posts\(", path.read_text("utf-8"))
    ]
    assert asking == ["monitor/reading.py"]


@pytest.mark.parametrize(
    ("areas", "matches", "line"),
    [
        ([], [], ""),
        (["housing"], [match("Miete", "housing"), match("Wohnung", "housing", "vocabulary")],
         "housing (Miete, Wohnung)"),
        (["housing"], [match("Miete", "housing"), match("Miete", "housing")], "housing (Miete)"),
        # a word of an area that the post is not about is no reason
        (["housing"], [match("Miete", "housing"), match("Schule", "education", "aside")],
         "housing (Miete)"),
        (["housing", "education"], [match("Schule", "education")], "housing, education (Schule)"),
        (["housing"], None, "housing"),
    ],
)  # fmt: skip
def test_an_area_stands_with_its_words(
    areas: list[str], matches: list[dict[str, Any]] | None, line: str
) -> None:
    assert because({"text": TEXT, "areas": areas, "matches": matches}) == line
