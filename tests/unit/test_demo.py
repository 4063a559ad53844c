"""The demo's home: what the sample says is true is found again after the whole way."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest

from analysis.release import Tier
from monitor import demo, questions
from monitor.sample import CITIES
from monitor.settings import Settings
from monitor.workspace import Workspace
from store import schema
from store.query import Query

pytestmark = pytest.mark.unit
POSTS = 4_000


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    home = tmp_path_factory.mktemp("demo") / "home"
    found = Workspace(Settings(home=home))
    demo.fill(found, POSTS, 5, CITIES, truth=home.parent / "truth.ndjson")
    return found


@pytest.fixture(scope="module")
def truth(workspace: Workspace) -> list[dict[str, object]]:
    lines = (workspace.home.parent / "truth.ndjson").read_text("utf-8").splitlines()
    assert "invented" in lines[0]
    return [json.loads(line) for line in lines[1:]]


def test_every_post_of_the_sample_is_in_the_lake_once(
    workspace: Workspace, truth: list[dict[str, object]]
) -> None:
    keys = {(t["native_id"], t["home"]) for t in truth}
    rows = workspace.lake.read("posts", ["id", "home"]).to_pylist()
    assert len(rows) == len({(r["id"], r["home"]) for r in rows}) == len(keys)


def test_no_column_of_the_post_is_constant(workspace: Workspace) -> None:
    posts = workspace.lake.read("posts").to_pylist()
    constant = {name for name in schema.POST.names if len({repr(row[name]) for row in posts}) < 2}
    assert constant == {"collected", "tagger"}  # one moment, one taxonomy


def test_no_planted_person_is_left_in_a_text(
    workspace: Workspace, truth: list[dict[str, object]]
) -> None:
    """E-mails, cards and accounts without exception; names as often as lists and rules know."""
    texts = "\n".join(workspace.lake.read("posts", ["text"])["text"].to_pylist())
    left: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    for post in truth:
        for kind, said in post["personal"]:  # type: ignore[attr-defined]
            planted[kind] += 1
            left[kind] += said in texts
    assert sum(planted.values()) > 200
    for kind in ("email", "iban", "card"):
        assert left[kind] == 0, (kind, left, planted)
    assert sum(left.values()) < 0.15 * sum(planted.values()), (left, planted)


def test_a_gap_is_no_zero(workspace: Workspace) -> None:
    windows = workspace.lake.read("windows").to_pylist()
    (gap,) = [w for w in windows if w["reason"]]
    looked = questions.looked_of(workspace, gap["since"].date(), gap["until"].date())
    assert looked["lyon"].share < 1
    assert gap["source"] not in looked["lyon"].sources or min(looked["lyon"].days) < 1
    assert looked["wien"].share == pytest.approx(1, abs=0.05)


def test_the_comparison_answers_for_every_city_and_area(workspace: Workspace) -> None:
    found = questions.compare_cities(workspace, Query(), Tier.COUNTS)
    rows = found.comparison.rows
    followed = {*CITIES, *workspace.registry.with_sources}
    assert {r.city for r in rows} == followed
    assert len(rows) == len(followed) * 29
    assert {r.state for r in rows} >= {"ok", "few"}
    for row in rows:
        if row.state == "ok":
            assert row.posts is not None
            assert row.posts % 5 == 0
            assert row.low <= row.share <= row.high  # type: ignore[operator]
        else:
            assert row.share is None


def test_filling_again_changes_nothing(workspace: Workspace) -> None:
    before = workspace.lake.read("posts", ["id", "text"]).num_rows
    assert demo.is_filled(workspace.home)
    demo.fill(workspace, POSTS, 5, CITIES)
    assert workspace.lake.read("posts", ["id", "text"]).num_rows == before


def test_the_demo_ends_before_this_week() -> None:
    since, until = demo.period(date(2026, 11, 21))
    assert (since, until) == (date(2025, 11, 17), date(2026, 11, 16))
    assert until.weekday() == since.weekday() == 0
