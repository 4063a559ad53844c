"""CSV that people edit: every row knows its line, every fault says where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from base.errors import BadInput, UniteError
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


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path: Path) -> None:
    path = _file(tmp_path, "\ufeffterm,area,note\r\nHaus,housing,\r\n")
    (row,) = rows(path, COLUMNS)
    assert (row["term"], row["note"], row.where[-2:]) == ("Haus", "", ":2")


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("", 1, "the header is missing"),
        ("term,area\nHaus,housing\n", 1, "the header lacks 'note'"),
        ("term,area,note,\n", 1, "1 empty columns more"),
        ("term,area,note,source\n", 1, "a column 'source' more"),
        ("term,Bereich,note\n", 1, "column 2 of the header is called 'Bereich'"),
        ("term,,note\n", 1, "column 2 of the header is empty: is it merged"),
        ('"term,area",note\n', 1, "column 1 of the header is 'term,area': 2 names in one cell"),
        ("term area,,note\n", 1, "2 names in one cell"),
        ("area,term,note\n", 1, "column 1 of the header is 'area': the order is another"),
        ("term,term,note\n", 1, "the column 'term' stands twice"),
        ("term;area;note\n", 1, "semicolons stand between the names of the header"),
        ("term\tarea\tnote\n", 1, "tabs stand between"),
        ("term,area,note\na,b,c\nHaus,housing\n", 3, "2 cells"),
        ("term,area,note\na,b,c,d\n", 2, "4 cells"),
        ("term,area,note\na,b,c,,\n", 2, "5 cells, the last 2 empty"),
        ("term,area,note\na;b;c\n", 2, "1 cell: semicolons stand between them"),
        (b"term,area,note\na,b,c\nM\xfcnchen,a,b\n", 3, "Windows-1252 the byte would be 'ü'"),
        ("term,area,note\nHaus,housing,\n".encode("utf-16"), 1, "UTF-16"),
        ('term,area,note\na,b,"c\n', 2, "not readable as CSV"),
    ],
)
def test_a_fault_names_file_and_line_and_what_to_do(
    tmp_path: Path, content: str | bytes, line: int, words: str
) -> None:
    with pytest.raises(BadInput) as caught:
        list(rows(_file(tmp_path, content), COLUMNS))
    assert words in caught.value.what
    assert caught.value.where is not None
    name, _, found = caught.value.where.rpartition(":")
    assert name.endswith("/terms.csv")
    assert int(found) == line
    assert caught.value.hint


@pytest.mark.parametrize("content", ["term;area;note\n", "term,area,note\na;b;c\n",
                                     b"term,area,note\nM\xfcnchen,a,b\n"])  # fmt: skip
def test_how_to_save_it_rightly_is_said(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(BadInput) as caught:
        list(rows(_file(tmp_path, content), COLUMNS))
    assert "CSV with commas, in UTF-8" in (caught.value.hint or "")


def test_with_a_list_for_problems_the_rest_is_read(tmp_path: Path) -> None:
    content = b'term,area,note\nHaus,housing\nM\xfcll,b,c\n"a"x,b,c\nMiete,housing,\nK\xf6ln,b,c\n'
    problems: list[UniteError] = []
    found = [row["term"] for row in rows(_file(tmp_path, content), COLUMNS, problems)]
    assert found == ["Miete"]
    said = [(p.where or "").rpartition(":")[2] + " " + p.what for p in problems]
    assert [s.split(" ")[0] for s in said] == ["3", "2", "4"]
    assert "not UTF-8 in 2 lines" in said[0]


def test_a_file_with_another_header_gives_no_row_and_one_problem(tmp_path: Path) -> None:
    problems: list[UniteError] = []
    path = _file(tmp_path, "Begriff,area,note\nHaus,housing,\n")
    assert list(rows(path, COLUMNS, problems)) == []
    assert len(problems) == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"terms\.csv: cannot be read"):
        list(rows(tmp_path / "terms.csv", COLUMNS))
