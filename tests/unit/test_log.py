"""The log: ids and counts to stderr, never a text, not even by accident."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from base import log

pytestmark = pytest.mark.unit
TEXT = "Meine Nachbarin Fatima wohnt seit gestern in der Quellenstrasse 117 und sucht " * 3


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    log.configure()


def _line(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    captured = capsys.readouterr()
    assert captured.out == ""
    found: dict[str, object] = json.loads(captured.err)
    return found


def test_an_event_is_one_line_of_json_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info", as_json=True)
    log.event("pipeline", "merged", posts=3, source="feeds\nx")
    line = _line(capsys)
    assert (line["event"], line["room"], line["posts"]) == ("merged", "pipeline", 3)
    assert line["level"] == "info"
    assert "timestamp" in line


@pytest.mark.parametrize(
    "stray",
    [
        TEXT,
        ValueError(TEXT),
        [TEXT],
        (TEXT, 1),
        {"text": TEXT},
        {TEXT: 1},
        TEXT.encode(),
        [{"a": [ValueError(TEXT)]}],
    ],
)
@pytest.mark.parametrize("as_json", [True, False])
def test_a_text_that_strays_into_a_field_is_cut(
    capsys: pytest.CaptureFixture[str], stray: object, as_json: bool
) -> None:
    log.configure("debug", as_json=as_json)
    log.event("room", "name", field=stray)
    said = capsys.readouterr().err
    assert "Quellenstrasse 117 und sucht Meine" not in said
    assert len(said) < 400
    assert "name" in said


def test_below_the_level_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("warning", as_json=True)
    log.event("room", "quiet")
    assert capsys.readouterr().err == ""
    log.event("room", "loud", level="error")
    assert _line(capsys)["event"] == "loud"
