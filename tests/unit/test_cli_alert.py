"""Alerts and the doctor as a scheduler calls them: what they say, and with which exit status."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from lost_week import CITY
from test_cli_run import unite

from collectors.errors import AccessRefused
from monitor.cities import load as registry
from monitor.settings import load
from monitor.sources import failures
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
SOURCE = registry().city(CITY).sources[0]
ROW = ["number", "home", "source", "what", "since", "seen_at", "says", "acknowledged_by",
       "acknowledged_at", "is_true", "ended_at"]  # fmt: skip


@pytest.mark.parametrize(("words", "is_there"), [
    (("doctor",), False),
    (("doctor", "--sources", "--offline", CITY), False),
    (("doctor", "--sources", "--offline", CITY), True),
    (("alert", "list"), True),
])  # fmt: skip
def test_looking_at_an_empty_home_makes_nothing(
    tmp_path: Path, words: tuple[str, ...], is_there: bool
) -> None:
    home = tmp_path / "home"
    if is_there:
        home.mkdir(mode=0o700)
    said = unite(home, *words)
    assert said.code == 0, said.text
    assert home.exists() is is_there
    assert not is_there or list(home.iterdir()) == []


def test_an_alert_from_its_first_day_to_its_end(
    tmp_path: Path, either_database: str | None
) -> None:
    set_ = {"UNITE_DATABASE_URL": either_database} if either_database else {}
    say = partial(unite, tmp_path, env=set_)
    workspace = Workspace(load(home=tmp_path))
    assert workspace.lake
    failures.remember(workspace.database, SOURCE, AccessRefused("the key was refused (401)"))
    said = say("alert", "list", "--json")
    assert said.code == 1
    answer = json.loads(said.out)
    (row,) = answer["rows"]
    assert answer["command"] == "alert list"
    assert list(row) == ROW
    assert (row["home"], row["source"], row["what"]) == (CITY, SOURCE.code, "failing")
    assert "refused (401)" in row["says"]
    doctor = say("doctor")
    assert doctor.code == 1
    assert "unite alert list" in doctor.out
    assert say("alert", "list", "malmo").code == 0  # another city's is not asked for

    number = str(row["number"])
    wrong = say("alert", "ack", number, "--truly-silent")
    assert wrong.code == 1
    assert "not about silence" in wrong.err
    assert number in say("alert", "ack", "77").err  # which there are
    assert say("alert", "ack", number).code == 0
    known = say("alert", "list")
    assert known.code == 0  # somebody knows
    assert "known to local" in known.out

    failures.remember(workspace.database, SOURCE, None)
    assert "No alert." in say("alert", "list").err
    assert "over since" in say("alert", "list", "--all").out


def test_a_city_that_is_none_is_said(tmp_path: Path) -> None:
    said = unite(tmp_path, "alert", "list", "wein")
    assert said.code == 1
    assert "did you mean 'wien'" in said.err
