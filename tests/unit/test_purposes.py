"""Purpose sheets: without one nobody reads a post, and a sheet says what was written into it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from base.errors import BadInput, NotAllowed
from base.text import nfc
from monitor import purposes
from monitor.purposes import Purpose

pytestmark = pytest.mark.unit
TODAY = date(2026, 3, 10)
SHEET = Purpose(
    "study", "A. Planner", "housing report", "Art. 6(1)(e) GDPR", "where is housing short?",
    ("wien", "berlin"), "the council", date(2026, 4, 1), "public-body", ("reddit",),
)  # fmt: skip
SAID = st.text(min_size=1, max_size=40).filter(lambda t: nfc(t).strip())


@given(SAID, SAID, SAID, SAID, SAID, st.lists(SAID, min_size=1, max_size=3), st.dates())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_whatever_is_written_is_read_again_and_nothing_more(
    tmp_path: Path, who: str, task: str, basis: str, question: str, recipients: str,
    cities: list[str], end: date,
) -> None:  # fmt: skip
    sheet = Purpose("x", *map(nfc, (who, task, basis, question)), tuple(map(nfc, cities)),
                    nfc(recipients), end, "research", ("x",), True)  # fmt: skip
    (tmp_path / "x.toml").unlink(missing_ok=True)
    purposes.add(tmp_path, sheet)
    assert purposes.every(tmp_path) == [sheet]


@pytest.mark.parametrize(
    "evil",
    [
        '"\ncities = ["*"]\nx = "',
        '\\"\ncities = ["*"]',
        "a\r\ncities = ['*']",
        '"""\nend = 2099-01-01\n"""',
        "\x00\x1b[31m\x7f\u2028",
        "\\u0022\\",
    ],
)
def test_a_field_cannot_write_another(tmp_path: Path, evil: str) -> None:
    sheet = Purpose("x", evil, evil, evil, evil, ("wien",), evil, date(2026, 4, 1), "ngo")
    purposes.add(tmp_path, sheet)
    (read,) = purposes.every(tmp_path)
    assert (read.cities, read.end) == (("wien",), date(2026, 4, 1))
    assert read.who == nfc(evil)


def test_a_name_that_a_terminal_could_not_decode_is_kept_as_far_as_it_goes(tmp_path: Path) -> None:
    purposes.add(tmp_path, Purpose("x", "M\udcfcller", "t", "l", "q", ("*",), "r", TODAY, "ngo"))
    assert purposes.every(tmp_path)[0].who == "M\ufffdller"


@pytest.mark.parametrize("name", ["", "../x", "A", "a b", "x" * 64, "-a", "a/b", ".a", "ä"])
def test_a_name_is_a_file_name_and_nothing_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="cannot name a purpose"):
        purposes.add(tmp_path / "p", Purpose(name, "w", "t", "l", "q", ("*",), "r", TODAY))
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("field", ["who", "task", "legal_basis", "question", "recipients"])
@pytest.mark.parametrize("empty", ["", "  "])
def test_every_field_says_something(tmp_path: Path, field: str, empty: str) -> None:
    given = {**vars(SHEET), field: empty}
    with pytest.raises(BadInput, match=field.replace("_", " ")):
        purposes.add(tmp_path, Purpose(**given))


def test_a_sheet_is_not_overwritten(tmp_path: Path) -> None:
    path = purposes.add(tmp_path, SHEET)
    before = path.read_bytes()
    with pytest.raises(BadInput, match="already"):
        purposes.add(tmp_path, SHEET)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "cities", "today", "words"),
    [
        (None, ["wien"], TODAY, "query needs a purpose"),
        ("studdy", ["wien"], TODAY, "did you mean 'study'"),
        ("study", ["wien", "lyon"], TODAY, "does not cover lyon"),
        ("study", [], TODAY, "does not cover all cities"),
        ("study", ["wien"], SHEET.end, "ended on 2026-04-01"),
        ("study", ["wien"], SHEET.end + timedelta(days=99), "ended"),
    ],
)
def test_what_is_refused_says_why(
    tmp_path: Path, name: str | None, cities: list[str], today: date, words: str
) -> None:
    purposes.add(tmp_path, SHEET)
    with pytest.raises((NotAllowed, BadInput), match=words) as caught:
        purposes.require(tmp_path, name, cities, today, action="query")
    assert caught.value.hint
    if name is None:
        assert "unite purpose add" in str(caught.value)
        assert "--purpose NAME" in str(caught.value)


def test_what_is_allowed(tmp_path: Path) -> None:
    purposes.add(tmp_path, SHEET)
    last = SHEET.end - timedelta(days=1)
    assert purposes.require(tmp_path, "study", ["wien"], last, action="query") == SHEET
    purposes.add(tmp_path, Purpose("all", "w", "t", "l", "q", ("*",), "r", SHEET.end, "other"))
    assert purposes.require(tmp_path, "all", [], TODAY, action="export").name == "all"
    assert purposes.require(tmp_path, "all", ["lyon"], TODAY, action="export").covers("lyon")


GOOD = (
    'who = "w"\ntask = "t"\nlegal_basis = "l"\nquestion = "q"\nrecipients = "r"\n'
    'cities = ["wien"]\nend = 2026-04-01\n'
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("end = 2026-04-01", 'end = "2026-04-01"'),
        ("end = 2026-04-01", "end = 2026-04-01T12:00:00Z"),
        ("end = 2026-04-01", "end = 2026-04-01T12:00:00"),
    ],
)
def test_a_sheet_written_by_hand(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "x.toml").write_text(GOOD.replace(before, after))
    found = purposes.require(tmp_path, "x", ["wien"], TODAY, action="query")
    assert found.end == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('who = "w"\n', "", "'who' is missing"),
        ('who = "w"', 'who = ""', "'who' says nothing"),
        ('who = "w"', "who = 3", "'who' says nothing"),
        ('cities = ["wien"]', 'cities = "wien"', "'cities' is no list"),
        ('cities = ["wien"]', "cities = [3]", "'cities' is no list"),
        ("end = 2026-04-01", 'end = "soon"', "'end'"),
        ("end = 2026-04-01", "end = 3", "'end'"),
        ('who = "w"', 'who = "w', "cannot be read"),
        ("end = 2026-04-01", 'end = 2026-04-01\nbody = "town"', "unknown body 'town'"),
        ("end = 2026-04-01", "end = 2026-04-01\nbody = 3", "'body' says nothing"),
        ("end = 2026-04-01", 'end = 2026-04-01\nagreements = "x"', "'agreements' is no list"),
        ("end = 2026-04-01", 'end = 2026-04-01\nresearch_exception = "yes"', "'research_exc"),
        (
            "end = 2026-04-01",
            'end = 2026-04-01\nbody = "ngo"\nresearch_exception = true',
            "only a research organisation",
        ),
    ],
)
def test_a_sheet_with_a_mistake_is_named(
    tmp_path: Path, before: str, after: str, words: str
) -> None:
    (tmp_path / "x.toml").write_text(GOOD.replace(before, after))
    with pytest.raises(BadInput, match=words) as caught:
        purposes.every(tmp_path)
    assert "purposes/x.toml" in str(caught.value)
