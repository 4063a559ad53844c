"""CSV that people edit: every row knows its line, every fault says where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from base.errors import BadInput
from base.table import cells, rows

pytestmark = pytest.mark.unit
COLUMNS = ("term", "area", "note")


def _file(folder: Path, content: str | bytes) -> Path:
    path = folder / "terms.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_rows_know_their_line_and_blank_ones_are_passed_over(tmp_path: Path) -> None:
    path = _file(tmp_path, 'term,area,note\n Haus ,housing,a|b | \n\n,,\n"zwei\nZeilen",x,\n')
    first, second = rows(path, COLUMNS)
    assert first["term"] == "Haus"
    assert first.parts("note") == ("a", "b")
    assert first.where.endswith("/terms.csv:2")
    assert second["term"] == "zwei\nZeilen"
    assert second.where.endswith(":6")
    assert [c[1] for c in cells(path, COLUMNS)] == ["housing", "x"]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("term,area\nHaus,housing\n", 1, "term,area,note"),
        ("", 1, "term,area,note"),
        ("\ufeffterm,area,note\n", 1, "byte order mark"),
        ("term;area;note\n", 1, "with commas"),
        ("term,area,note\na,b,c\nHaus,housing\n", 3, "3 cells"),
        ("term,area,note\na,b,c,d\n", 2, "3 cells"),
        (b"term,area,note\nM\xfcnchen,a,b\n", 2, "not UTF-8"),
        ('term,area,note\na,b,"c\n', 2, "not readable as CSV"),
    ],
)
def test_a_fault_names_file_and_line(
    tmp_path: Path, content: str | bytes, line: int, words: str
) -> None:
    with pytest.raises(BadInput) as caught:
        list(rows(_file(tmp_path, content), COLUMNS))
    assert words in str(caught.value)
    where = caught.value.where or ""
    assert where.partition(":")[0].endswith("/terms.csv")
    assert int(where.rpartition(":")[2]) >= line


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"terms\.csv: cannot be read"):
        list(rows(tmp_path / "terms.csv", COLUMNS))
