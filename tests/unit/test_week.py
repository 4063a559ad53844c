"""A week against what is usual: what is named, what is not, and that the two belong together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.compare import Comparison, Row
from analysis.periods import exactly
from analysis.week import change, periods, week
from base.errors import BadInput

pytestmark = pytest.mark.unit
ASKED = periods(date(2026, 11, 15))


def row(share: float | None, reach: float = 0.01, area: str = "housing", city: str = "wien") -> Row:
    low, high = (None, None) if share is None else (max(0.0, share - reach), share + reach)
    state = "few" if share is None else "ok"
    return Row(city, area, state, 50, 2000, "seen", share, low, high, 1.0, ())  # type: ignore[arg-type]


def compared(*rows: Row) -> Comparison:
    return Comparison(rows, frozenset())


@pytest.mark.parametrize(("now", "usual", "told"), [
    (0.10, 0.05, 0.05),
    (0.05, 0.10, -0.05),
    (0.06, 0.05, 0.0),  # within the intervals
    (0.0645, 0.05, 0.0145),  # sqrt(0.01² + 0.01²) = 0.0141
    (0.0640, 0.05, 0.0),
    (None, 0.05, 0.0),
    (0.05, None, 0.0),
])  # fmt: skip
def test_a_change_is_told_beyond_both_intervals(
    now: float | None, usual: float | None, told: float
) -> None:
    assert change(row(now), row(usual), 1) == pytest.approx(told)


def test_who_tries_many_areas_needs_a_larger_change() -> None:
    assert change(row(0.0645), row(0.05), 1) > 0
    assert change(row(0.0645), row(0.05), 29) == 0
    assert change(row(0.10), row(0.05), 29) > 0


def test_the_clearest_area_comes_first() -> None:
    now = compared(
        row(0.10), row(0.20, area="asylum"), row(0.01, area="health"), row(0.5, city="x")
    )
    usual = compared(*(replace(r, share=0.06, low=0.05, high=0.07) for r in now.rows))
    found = week(now, usual, "wien", ASKED)
    assert found.more == ("asylum", "housing")
    assert found.less == ("health",)
    assert str(found).endswith("more about asylum, housing; less about health.")


def test_too_few_is_not_as_usual() -> None:
    few = week(compared(row(None)), compared(row(0.05)), "wien", ASKED)
    same = week(compared(row(0.05)), compared(row(0.05)), "wien", ASKED)
    assert (few.is_told, same.is_told) == (False, True)
    assert str(few).endswith("too few posts to tell.")
    assert str(same).endswith("as usual.")


@pytest.mark.parametrize("usual", [
    row(0.05, area="asylum"),
    replace(row(0.05), base_name="relevant"),
])  # fmt: skip
def test_other_areas_or_another_base_are_refused(usual: Row) -> None:
    with pytest.raises(BadInput, match="belong together"):
        week(compared(row(0.05)), compared(usual), "wien", ASKED)


@given(st.dates(date(2010, 1, 1), date(2040, 1, 1)))
def test_the_week_is_over_and_the_usual_is_old_enough(newest: date) -> None:
    now, usual = periods(newest)
    assert newest - timedelta(days=7) < now.until - timedelta(days=1) <= newest
    assert now.since - usual.since >= timedelta(weeks=4)
    assert exactly(usual.since, usual.until) == usual
    assert usual.kind == "13 weeks"
