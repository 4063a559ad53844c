"""Retention as platforms' terms ask for it: how long, who is asked first and how often, what is
late.

Terms of the shipped platforms: X 1 day and paid for, Reddit 2, Mastodon 7, YouTube 30 and kept no
longer, feeds none.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from lakes import merge, post_id, row
from test_cli_run import unite

from base.time import now
from monitor import checkup, pipeline
from monitor.demo import MARK
from monitor.retention import retaining
from monitor.retention.due import A_DAY, Asking, Due, due
from monitor.retention.overdue import Overdue, overdue
from monitor.retention.rechecks import Rechecks
from monitor.settings import Settings
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
NOW = now()
WITHIN = {"x": 1, "reddit": 2, "mastodon": 7}
OWN_WAY = ("x", "reddit", "mastodon", "feeds")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(Settings(home=tmp_path / "home"))


def put(workspace: Workspace, *posts: tuple[str, str, float], source: str = "s") -> None:
    """(name, platform, days since it was collected)."""
    merge(workspace.lake, [
        row(name, platform=platform, source=source, hours=n, collected=NOW - timedelta(days=days))
        for n, (name, platform, days) in enumerate(posts)
    ])  # fmt: skip


def turns(workspace: Workspace, limit: int | None = None, **given: object) -> Due:
    asking = Asking(**{"within": WITHIN, "own_way": OWN_WAY, **given})  # type: ignore[arg-type]
    asked = Rechecks(workspace.database).all()
    return due(workspace.lake, asked, asking, limit=limit, at=NOW)


def names(found: Due, *of: str) -> list[str]:
    by_id = {post_id(name): name for name in of}
    return [by_id[post.id] for post in found.posts]


@pytest.mark.usefixtures("either_database")
def test_whose_time_is_up_first_is_asked_first(workspace: Workspace) -> None:
    every = ("feed", "mastodon", "late mastodon", "x", "reddit")
    put(workspace, ("feed", "feeds", 20), ("mastodon", "mastodon", 2),
        ("late mastodon", "mastodon", 9), ("x", "x", 0.5), ("reddit", "reddit", 1))  # fmt: skip
    assert names(turns(workspace), *every) == ["late mastodon", "x", "reddit", "mastodon", "feed"]
    assert names(turns(workspace, limit=2), *every) == ["late mastodon", "x"]
    # counted from when it was last asked
    Rechecks(workspace.database).asked([post_id("late mastodon")], NOW - timedelta(days=1))
    assert names(turns(workspace), *every)[-2:] == ["late mastodon", "feed"]


def test_a_source_gives_more_a_day_only_where_terms_leave_no_time(workspace: Workspace) -> None:
    count = A_DAY + 20
    put(workspace, *((f"m{n}", "mastodon", 6.5) for n in range(count)), source="late")
    put(workspace, *((f"y{n}", "mastodon", 2) for n in range(count)), source="in time")
    put(workspace, *((f"f{n}", "feeds", 99) for n in range(count)), source="feed")
    put(workspace, *((f"x{n}", "x", 9) for n in range(count)), source="x")
    found = turns(workspace, costly=["x"])
    assert len(found.posts) == count + 3 * A_DAY
    assert found.skipped == {"another day's turn": 60}
    # a number that somebody set holds, and so does none at all
    assert len(turns(workspace, a_day=3).posts) == 4 * 3
    assert turns(workspace, a_day=0).posts == []
    assert len(turns(workspace).posts) == 2 * count + 2 * A_DAY  # were X for nothing


def test_a_platform_without_a_key_has_no_turn(workspace: Workspace) -> None:
    put(workspace, ("a", "x", 3), ("b", "mastodon", 3))
    found = turns(workspace, keyless={"x": "no key for x (SETTING)"})
    assert names(found, "a", "b") == ["b"]
    assert found.skipped == {"no key for x (SETTING)": 1}


@pytest.mark.usefixtures("either_database")
def test_late_is_what_nobody_saw_to_stand_in_time(workspace: Workspace) -> None:
    put(workspace, ("new", "mastodon", 2), ("seen", "mastodon", 20), ("unasked", "mastodon", 8),
        ("untold", "mastodon", 20), ("feed", "feeds", 99), ("reddit", "reddit", 3),
        ("x", "x", 0.5))  # fmt: skip
    rechecks = Rechecks(workspace.database)
    rechecks.stood([post_id("seen")], NOW - timedelta(days=3))
    rechecks.asked([post_id("untold")], NOW - timedelta(days=3))
    assert overdue(workspace, NOW) == (Overdue("mastodon", 7, 1, 1), Overdue("reddit", 2, 1, 0))
    later = overdue(workspace, NOW + timedelta(days=30))
    assert {late.platform: late.posts for late in later} == {"mastodon": 4, "reddit": 1, "x": 1}


def test_invented_posts_are_nobodys_and_never_late(workspace: Workspace) -> None:
    put(workspace, ("late", "mastodon", 9))
    (workspace.home / MARK).write_text("")
    assert overdue(workspace, NOW) == ()


def test_retain_and_doctor_say_how_many_are_late(workspace: Workspace) -> None:
    def finding() -> checkup.Finding:
        # this one alone: the others take their time
        return checkup._tried("terms", checkup._LOOKS["terms"], workspace)

    put(workspace, ("new", "mastodon", 2))
    assert finding().is_well
    put(workspace, ("late", "mastodon", 8), ("later", "mastodon", 9))
    pipeline.refresh(workspace)
    assert not finding().is_well
    said = "2 posts of mastodon were not seen to be still public for over 7 days (2 not asked, 0"
    assert said in finding().says
    assert "UNITE_MONITOR_RECHECK_POSTS" in finding().says
    assert said in unite(workspace.home, "retain", "--dry-run").err
    told = unite(workspace.home, "retain", "--limit", "0", "--json").out
    assert '{"what": "overdue", "why": "mastodon", "count": 2}' in told
    # also where nobody may be asked
    env = {"UNITE_STORE_VAULT": "off"}
    assert f"Overdue: {said}" in unite(workspace.home, "retain", env=env).err


def test_no_post_is_kept_longer_than_its_platform_allows(workspace: Workspace) -> None:
    put(workspace, ("old", "youtube", 31), ("young", "youtube", 29), ("reddit", "reddit", 31))
    merge(workspace.lake, [
        row(f"irrelevant {days}", platform="youtube", source="long", relevant=False, hours=days,
            collected=NOW - timedelta(days=days))
        for days in (29, 31)
    ])  # fmt: skip
    pipeline.refresh(workspace)
    settings = Settings(home=workspace.home, monitor_recheck_days=90)
    patient = Workspace(settings)
    gone = {post_id("old"), post_id("irrelevant 31")}
    foreseen = retaining.forecast(patient).dropped
    assert (foreseen.expired, foreseen.irrelevant) == (1, 1)
    before = kept(patient)
    done = retaining.retain(patient, limit=0).dropped
    assert (done.expired, done.irrelevant) == (1, 1)
    assert before - kept(patient) == gone
    # a shorter time of the installation's own holds all the same
    strict = Workspace(Settings(home=workspace.home, monitor_retention_days=20))
    assert retaining.retain(strict, limit=0).dropped.expired == 2


def kept(workspace: Workspace) -> set[str]:
    return set(workspace.lake.read("posts", ["id"])["id"].to_pylist())


def test_the_terms_named_above_are_those_that_ship(workspace: Workspace) -> None:
    terms = {code: p.terms for code, p in workspace.registry.platforms.items()}
    assert {code: terms[code].delete_within for code in WITHIN} == WITHIN
    assert (terms["youtube"].keep_days, terms["feeds"].delete_within) == (30, None)
    assert workspace.registry.platform("x").asking_costs
