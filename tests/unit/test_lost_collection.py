"""A drop that is lost collection is never shown as lost debate: trend, last week, comparison."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from lost_week import CITY, filled, monday

from analysis.release import Tier
from dashboard import questions as asked
from dashboard import week
from dashboard.components import trend
from dashboard.components.trend import Point
from dashboard.site import Site
from monitor import questions
from store.query import Query

pytestmark = pytest.mark.unit
LAST = monday() - timedelta(weeks=1)
WAYS = ["silent", "failed"]


@pytest.fixture(scope="module", params=WAYS)
def lossy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A city one of whose two sources lost its last week."""
    return Site(filled(tmp_path_factory.mktemp("lost"), **{request.param: LAST}))


def points(site: Site) -> list[Point]:
    query = Query(cities=(CITY,), since=monday() - timedelta(weeks=13), until=monday())
    return asked.series(site, query, "housing")[1][CITY]


def compared(site: Site) -> questions.Compared:
    query = Query(cities=(CITY,), since=monday() - timedelta(weeks=4), until=monday())
    return questions.compare_cities(site.workspace, query, Tier.POSTS)


def test_a_lost_week_is_a_gap_with_its_reason_and_no_fall(lossy: Site) -> None:
    *before, last = points(lossy)
    assert last.start == LAST
    assert (last.state, last.share) == ("incomplete", None)
    assert "forum" in last.why
    assert trend.table([last])[0][1].startswith("incomplete: forum")
    assert "collection was lost" in trend.key([last])
    assert {p.state for p in before} == {"ok"}


def test_a_change_that_comes_with_lost_collection_is_not_told(lossy: Site) -> None:
    found = week.week(lossy, CITY)
    assert (found.more, found.less) == ((), ())
    assert "forum" in found.lost
    assert "not told" in str(found)
    assert "forum" in week.said(lossy, found)


def test_a_comparison_with_a_lost_week_says_so(lossy: Site) -> None:
    found = compared(lossy)
    assert found.comparison.rows[0].coverage == pytest.approx(1 - 1 / 8)
    ((city, note),) = found.notes
    assert city == CITY
    assert note.startswith("1 of 4 weeks incomplete (forum: ")


def test_debate_that_is_lost_is_told(tmp_path: Path) -> None:
    # the forum is there and talks of other things: the same figures, for another reason
    site = Site(filled(tmp_path, turned=LAST))
    shares = [p.share or 0 for p in points(site)]
    assert min(shares[:-1]) > 0.2 > shares[-1]
    found = week.week(site, CITY)
    assert (found.less, found.lost) == (("housing",), "")
    assert compared(site).notes == ()


@pytest.mark.parametrize("way", WAYS)
def test_the_days_after_a_recovery_count_again(tmp_path: Path, way: str) -> None:
    gone, back = monday() - timedelta(weeks=3), monday() - timedelta(weeks=2)
    site = Site(filled(tmp_path, **{way: gone}, back=back))  # type: ignore[arg-type]
    assert [p.state for p in points(site)][-4:] == ["ok", "incomplete", "ok", "ok"]


def test_a_small_source_that_nobody_looked_at_weighs_as_little_as_it_brings(
    tmp_path: Path,
) -> None:
    site = Site(filled(tmp_path, failed=LAST, habits={"news": (12, 6), "forum": (1, 1)}))
    assert points(site)[-1].state == "ok"  # 1 of 13 posts a day
    assert compared(site).comparison.rows[0].coverage < 1
