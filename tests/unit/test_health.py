"""The health of sources: states, what is usual, gaps with reasons, and what is failing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from lost_week import CITY, filled, listed, look_at, moment, monday

from base.errors import BadInput
from collectors.collector import Source, Window
from collectors.errors import AccessRefused, Unreachable
from monitor import pipeline, questions
from monitor.database import Database
from monitor.settings import load
from monitor.sources import alerts, failures
from monitor.sources.health import Health, health
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
AT = moment(monday()) + timedelta(hours=3)
LAST = monday() - timedelta(weeks=1)
FORUM = Source("forum", "feeds", CITY, "https://forum.example", "media", "Europe/Vienna")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return filled(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def well(whole: Workspace, either_database: str | None, tmp_path: Path) -> Iterator[Workspace]:
    """A city whose two sources are well, with a database for the test alone."""
    whole.__dict__["database"] = Database(either_database or f"sqlite:///{tmp_path}/unite.db")
    whole.database.upgrade()
    yield whole
    whole.database.close()


def of(workspace: Workspace) -> Health:
    (found,) = (h for h in health(workspace, at=AT) if h.source == "forum")
    return found


def test_a_source_that_is_well(well: Workspace) -> None:
    found = of(well)
    assert found.state == "ok"
    assert found.troubles == ()
    assert found.looked == moment(monday())
    assert found.rhythm == timedelta(days=1)
    assert found.age == timedelta(days=1) - timedelta(hours=6, minutes=5)
    assert found.posts == (6,) * 56
    assert found.usual is not None
    assert found.usual.low < 6 < found.usual.high
    assert (found.items, found.unread, found.gaps) == (20, 0, ())
    assert "6 posts" in found.says


@pytest.mark.parametrize(("hours", "state"), [(71, "ok"), (73, "late")])
def test_late_is_three_times_its_own_rhythm(well: Workspace, hours: int, state: str) -> None:
    found = health(well, at=moment(monday()) + timedelta(hours=hours))
    assert {h.state for h in found} == {state}
    assert all(h.troubles == () for h in found)  # the clock's fault, not the source's


def test_a_failure_is_remembered_until_the_next_success(well: Workspace) -> None:
    error = Unreachable("the host does not answer", hint="later")
    for _ in range(2):
        failures.remember(well.database, FORUM, error)
    (known,) = failures.failures(well.database).values()
    assert (known.times, known.kind, known.is_terminal) == (2, "Unreachable", False)
    found = health(well)[0]
    assert (found.source, found.state) == ("forum", "failing")
    assert "does not answer" in found.says
    assert found.troubles == ()  # it may be back in an hour
    failures.remember(well.database, FORUM, None)
    assert {h.state for h in health(well, at=AT)} == {"ok"}


def test_a_failure_that_somebody_must_mend_is_a_trouble_at_once(well: Workspace) -> None:
    failures.remember(well.database, FORUM, AccessRefused("the key was refused (401)"))
    assert [t.what for t in of(well).troubles] == ["failing"]


def test_a_failure_that_lasts_is_a_trouble(well: Workspace) -> None:
    for _ in range(3):
        failures.remember(well.database, FORUM, Unreachable("the host does not answer"))
    (known,) = failures.failures(well.database).values()
    later = known.since + timedelta(days=1)
    (found,) = (h for h in health(well, at=later) if h.source == "forum")
    assert [t.what for t in found.troubles] == ["failing"]


def test_a_source_that_falls_silent_is_said_to(tmp_path: Path) -> None:
    workspace = filled(tmp_path, silent=LAST)
    found = health(workspace, at=AT)
    assert [(h.source, h.state) for h in found] == [("forum", "silent"), ("news", "ok")]
    assert found[0].last_post == LAST - timedelta(days=1)
    assert f"nothing from {LAST} on" in found[0].says
    assert found[0].gaps[0].since == LAST
    # looked at in full all the same: the zeros are known, and not believed
    assert found[0].posts[-7:] == (0,) * 7


def test_items_that_can_no_longer_be_read(tmp_path: Path) -> None:
    workspace = filled(tmp_path, failed=LAST)
    days = [(moment(LAST + timedelta(days=d)), moment(LAST + timedelta(days=d + 1)))
            for d in range(7)]  # fmt: skip
    looks = [(CITY, "forum", *span) for span in days]
    look_at(workspace, looks, fetched=6, unmapped=1)
    assert "unmapped" not in [t.what for t in of(workspace).troubles]  # one in six
    look_at(workspace, looks, fetched=6, unmapped=6)
    found = of(workspace)
    assert found.state == "unmapped"
    assert (found.unread, found.items) == (24, 24)
    assert "24 of its last 24 items" in found.says
    assert {t.what for t in found.troubles} == {"unmapped", "silent"}


def test_gaps_have_their_reason(tmp_path: Path) -> None:
    workspace = filled(tmp_path, failed=LAST)
    span = Window(moment(LAST), moment(LAST + timedelta(days=2)))
    pipeline.mark_gaps(workspace, [(FORUM, span, "the key was refused")])
    found = [(g.since, (g.until - g.since).days, g.reason) for g in of(workspace).gaps]
    assert found == [(LAST + timedelta(days=2), 5, "nobody looked"),
                     (LAST, 2, "the key was refused")]  # fmt: skip


def test_new_and_retired_sources(tmp_path: Path) -> None:
    workspace = Workspace(load(home=tmp_path))
    workspace.__dict__["registry"] = listed("fresh", "young")
    end = moment(monday())
    look_at(workspace, [(CITY, "young", end - timedelta(days=3), end),
                        (CITY, "import-1", end - timedelta(days=30), end)])  # fmt: skip
    found = {h.source: (h.state, h.says) for h in health(workspace, at=AT)}
    assert found["fresh"] == ("new", "nobody has looked at it yet")
    assert found["young"][0] == "new"
    assert found["import-1"][0] == "retired"
    assert health(workspace, ["malmo"], at=AT) == []
    with pytest.raises(BadInput, match="unknown city"):
        health(workspace, ["wein"])


def test_sources_of_a_country_and_streams_are_listed_as_any(tmp_path: Path) -> None:
    workspace = Workspace(load(home=tmp_path))
    end = moment(monday())
    (stream, *_) = workspace.registry.streams
    source = workspace.registry.home("at").sources[0]
    spans = [("at", source.code), (stream.home, stream.code), (CITY, stream.code)]
    look_at(workspace, [(home, code, end - timedelta(days=30), end) for home, code in spans])
    states = {(h.home, h.source): h.state for h in health(workspace, at=AT)}
    assert {states[key] for key in spans} <= {"ok", "new", "silent"}  # none is retired
    assert {h.home for h in health(workspace, ["at"], at=AT)} == {"at"}


# --- alerts -------------------------------------------------------------------------------


def test_one_alert_for_one_event_and_another_for_the_next(well: Workspace) -> None:
    refused = AccessRefused("the key was refused (401)")
    failures.remember(well.database, FORUM, refused)
    (first,) = alerts.follow(well.database, health(well, at=AT))
    (again,) = alerts.follow(well.database, health(well, at=AT))
    assert (first.number, first.since) == (again.number, again.since)
    assert first.is_open
    failures.remember(well.database, FORUM, None)
    assert alerts.follow(well.database, health(well, at=AT)) == []
    failures.remember(well.database, FORUM, refused)
    (other,) = alerts.follow(well.database, health(well, at=AT))
    assert other.number != first.number
    known = alerts.alerts(well.database, ended=True)
    assert [a.ended_at is None for a in known] == [False, True]


def test_an_alert_is_only_ended_by_a_look_at_its_source(well: Workspace) -> None:
    failures.remember(well.database, FORUM, AccessRefused("the key was refused (401)"))
    alerts.follow(well.database, health(well, at=AT))
    assert len(alerts.follow(well.database, health(well, ["malmo"], at=AT))) == 1


def test_who_acknowledges_is_kept_and_the_alarm_is_quiet(well: Workspace) -> None:
    failures.remember(well.database, FORUM, AccessRefused("the key was refused (401)"))
    (raised,) = alerts.follow(well.database, health(well, at=AT))
    known = alerts.acknowledge(well.database, raised.number, "local")
    assert (known.acknowledged_by, known.is_open) == ("local", False)
    assert [a.is_open for a in alerts.follow(well.database, health(well, at=AT))] == [False]
    for number, is_true in ((raised.number + 1, False), (raised.number, True)):
        with pytest.raises(BadInput):
            alerts.acknowledge(well.database, number, "local", is_true=is_true)


def test_a_silence_known_to_be_true_counts_as_looked_at_until_the_next_post(
    tmp_path: Path,
) -> None:
    workspace = filled(tmp_path, silent=LAST)
    week = (LAST, monday())
    assert questions.looked_of(workspace, *week)[CITY].share == pytest.approx(0.5)
    (raised,) = alerts.follow(workspace.database, health(workspace, at=AT))
    assert (raised.what, raised.since) == ("silent", moment(LAST))
    alerts.acknowledge(workspace.database, raised.number, "local")
    assert questions.looked_of(workspace, *week)[CITY].share == pytest.approx(0.5)
    alerts.acknowledge(workspace.database, raised.number, "local", is_true=True)
    assert questions.looked_of(workspace, *week)[CITY].share == 1
    found = health(workspace, at=AT)
    assert {h.state for h in found} == {"ok"}
    # still the same event, and quiet
    (same,) = alerts.follow(workspace.database, found)
    assert (same.number, same.is_open) == (raised.number, False)
