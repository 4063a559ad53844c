"""`unite city forecast`: what it rests on, gaps, missing days, and that it tells no small cell."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from lakes import merge, row
from test_cli_run import unite

from analysis.forecast import PERIODS
from monitor import pipeline
from monitor.forecasting import Forecast, against, forecast
from monitor.settings import Settings
from monitor.workspace import Workspace
from store import schema
from taxonomy.codes import codes

pytestmark = pytest.mark.unit
FIRST = datetime(2026, 3, 2, tzinfo=UTC)  # the first day of a week and of a block of four
TODAY = date(2026, 3, 30)


def looked(found: Workspace, days: Sequence[int], home: str = "wien") -> None:
    rows = [
        (home, "s", FIRST + timedelta(days=d), FIRST + timedelta(days=d + 1), 1, 0, 0, None,
         "source")
        for d in days
    ]  # fmt: skip
    columns = [list(c) for c in zip(*rows, strict=True)]
    with found.lake.writing() as writer:
        writer.merge_rows("windows", pa.table(columns, schema=schema.WINDOW))


def filled(folder: Path, days: Sequence[int], a_day: int = 10, home: str = "wien") -> Workspace:
    """Each day so many posts on housing, of two on health; one on language in all."""
    found = Workspace(Settings(home=folder))
    rows = []
    for day in days:
        for i in range(a_day):
            areas = ["housing"] if i > 1 else ["health", "housing"]
            rows.append(row(f"{home} {day} {i}", home, created=FIRST + timedelta(days=day),
                            areas=areas, relevant=i % 2 == 0))  # fmt: skip
    rows.append(row(f"{home} once", home, created=FIRST, areas=["language"]))
    merge(found.lake, rows)
    looked(found, days, home)
    pipeline.refresh(found)
    return found


def by(found: Forecast, kind: str, code: str = "") -> dict[str, Any]:
    (line,) = [x for x in found.lines if (x.kind, x.code) == (kind, code)]
    return {o.period: o for o in line.outlooks}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return filled(tmp_path_factory.mktemp("forecast") / "home", range(28))


def test_four_weeks_looked_at_foretell_the_next(workspace: Workspace) -> None:
    found = forecast(workspace, workspace.registry.city("wien"), TODAY)
    assert (found.days, found.missing, found.open_days) == (28, 0, 0)
    assert not found.is_preliminary
    housing = by(found, "area", "housing")
    assert housing["4 weeks"].shown == "enough"
    assert housing["4 weeks"].posts == 140  # five relevant ones a day, each about housing
    assert housing["13 weeks"].posts == 455
    assert housing["4 weeks"].low < 140 < housing["4 weeks"].high
    assert housing["13 weeks"].rise < housing["4 weeks"].rise < housing["week"].rise
    assert {x.code for x in found.lines if x.kind == "area"} == set(codes().areas)
    assert [by(found, "area", "asylum")[p].shown for p in PERIODS] == ["few", "few", "unknown"]


def test_a_post_alone_is_told_as_little_as_none(workspace: Workspace) -> None:
    found = forecast(workspace, workspace.registry.city("wien"), TODAY)
    assert by(found, "area", "language") == by(found, "area", "asylum")


def test_days_that_nobody_looked_at_are_no_days_without_posts(tmp_path: Path) -> None:
    days = [d for d in range(28) if d not in range(10, 18)]
    workspace = filled(tmp_path / "home", days)
    found = forecast(workspace, workspace.registry.city("wien"), TODAY)
    assert (found.days, found.open_days) == (20, 8)
    assert by(found, "area", "housing")["4 weeks"].posts == 140


def test_before_two_weeks_it_is_preliminary_and_says_how_many_days_are_missing(
    tmp_path: Path,
) -> None:
    workspace = filled(tmp_path / "home", range(9))
    found = forecast(workspace, workspace.registry.city("wien"), date(2026, 3, 11))
    assert (found.missing, found.is_preliminary) == (5, True)
    assert by(found, "area", "housing")["4 weeks"].posts == 140
    nobody = forecast(workspace, workspace.registry.city("berlin"), date(2026, 3, 11))
    assert (nobody.missing, nobody.lines) == (14, ())


def test_a_larger_city_beside_it_shows_smaller_differences(tmp_path: Path) -> None:
    workspace = filled(tmp_path / "home", range(14), 8)
    filled(tmp_path / "home", range(14), 8, "lyon")
    filled(tmp_path / "home", range(14), 40, "berlin")
    wien, lyon, berlin = (
        next(x for x in forecast(workspace, workspace.registry.city(c), TODAY).lines
             if x.code == "health")
        for c in ("wien", "lyon", "berlin")
    )  # fmt: skip
    near, far = against(wien, lyon, "13 weeks"), against(wien, berlin, "13 weeks")
    assert near is not None
    assert far is not None
    assert far < near
    asylum = next(
        x for x in forecast(workspace, workspace.registry.city("wien"), TODAY).lines
        if x.code == "asylum"
    )  # fmt: skip
    assert against(wien, asylum, "13 weeks") is None


def test_the_command_says_it_in_words_and_as_json(workspace: Workspace) -> None:
    said = unite(workspace.home, "city", "forecast", "wien", "berlin")
    assert said.code == 0, said.text
    assert "wien: 28 days looked at" in said.out
    assert "Housing: about 140 posts in 4 weeks; a change of" in said.err
    assert "Asylum: too few in 4 weeks; too few so far to tell for 13 weeks" in said.err
    assert "Hate: too few" in said.err
    assert "(the model is not tested in its languages yet)" in said.err
    assert "berlin: nobody has looked yet; 14 days are missing." in said.err
    told = json.loads(unite(workspace.home, "city", "forecast", "wien", "--json").out)
    assert list(told) == ["command", "view", "tier", "generation", "tagger", "rows"]
    assert (told["command"], told["tier"]) == ("city forecast", "counts")
    rows = {(r["kind"], r["code"], r["period"]): r for r in told["rows"]}
    assert rows["area", "housing", "4 weeks"]["posts"] == 140
    assert rows["area", "housing", "4 weeks"]["measured"]
    assert not rows["hate", "yes", "4 weeks"]["measured"]
    assert rows["area", "language", "4 weeks"]["posts"] is None
    shown = {k: v for k, v in rows["area", "language", "week"].items() if k not in ("code", "name")}
    none = {k: v for k, v in rows["area", "asylum", "week"].items() if k not in ("code", "name")}
    assert shown == none


def test_an_unknown_city_is_told_with_those_there_are(workspace: Workspace) -> None:
    said = unite(workspace.home, "city", "forecast", "wein")
    assert said.code == 1
    assert "wein" in said.err
    assert "wien" in said.err
    assert unite(workspace.home, "city", "forecast").code == 2
