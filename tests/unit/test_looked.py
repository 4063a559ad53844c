"""What was looked at: shares of a period by city; a gap is never a zero."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import schema
from store.looked import Doubts, Looked, looked_at

pytestmark = pytest.mark.unit
SINCE, UNTIL = date(2026, 3, 2), date(2026, 3, 12)  # ten days
Span = tuple[str, float, float, str | None]


def look(*spans: Span, home: str = "wien") -> dict[str, Looked]:
    """(source, first day, last day, reason), days counted from SINCE."""
    start = datetime.combine(SINCE, datetime.min.time(), UTC)
    rows = [
        (home, source, start + timedelta(days=a), start + timedelta(days=b), 1, 0, 0, reason, "s")
        for source, a, b, reason in spans
    ]
    columns = [list(c) for c in zip(*rows, strict=True)] or [[] for _ in schema.WINDOW]
    return dict(looked_at(pa.table(columns, schema=schema.WINDOW), SINCE, UNTIL))


@pytest.mark.parametrize(
    ("spans", "share"),
    [
        ([("a", 0, 10, None)], 1.0),
        ([("a", -5, 20, None)], 1.0),
        ([("a", 0, 5, None), ("a", 5, 10, None)], 1.0),
        ([("a", 0, 7, None), ("a", 3, 10, None)], 1.0),  # an overlap is not counted twice
        ([("a", 0, 10, None), ("a", 2, 4, None)], 1.0),
        ([("a", 0, 4, None), ("a", 6, 10, None)], 0.8),
        ([("a", 0, 4, None), ("a", 6, 10, None), ("a", 4, 6, "moved")], 0.8),
        ([("a", 0, 10, None), ("b", 0, 5, None)], 0.75),
        ([("a", 0, 10, None), ("b", 5, 10, None)], 1.0),  # b began later: nothing was missed
        ([("a", 0, 10, None), ("b", -10, -5, None)], 0.5),  # b ended before: it is missed
        ([("a", 0, 10, None), ("b", 10, 12, None)], 1.0),  # b begins afterwards
        ([("a", -10, -5, None)], 0.0),
        ([("a", -1, 0.5, None)], 0.05),
        ([("a", -1, 0.25, None), ("a", 0.5, 0.75, None)], 0.05),
        ([("a", -1, 0, None), ("a", 3, 3, None)], 0.0),
    ],
)
def test_the_share_of_days_and_sources(spans: Sequence[Span], share: float) -> None:
    assert look(*spans)["wien"].share == pytest.approx(share)


def test_days_reasons_and_sources() -> None:
    found = look(("a", 0, 2.5, None), ("a", 2.5, 5, "key refused"), ("a", 5, 10, None),
                 ("b", 8, 10, None), ("c", 40, 50, None))["wien"]  # fmt: skip
    assert found.days == pytest.approx((1, 1, 0.5, 0, 0, 1, 1, 1, 1, 1))
    assert found.reasons == ("key refused",)
    assert found.sources == ("a", "b")


def test_a_city_that_nobody_looked_at_is_not_there() -> None:
    assert look() == {}
    assert "berlin" not in look(("a", 0, 10, None))


def test_a_city_with_only_an_explained_gap_keeps_its_reason() -> None:
    assert look(("a", 0, 10, "no key"))["wien"] == Looked(
        0.0, (), (0.0,) * 10, ("no key",), (1.0,) * 10
    )
    assert look(("a", 20, 30, "no key"), ("a", -9, 20, None))["wien"].reasons == ()


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.floats(-15, 25), st.floats(0, 12)).map(
            lambda s: (s[0], s[1], s[1] + s[2], None)
        ),
        min_size=1,
        max_size=8,
    )
)
def test_shares_are_shares_in_any_order_and_repeats_add_nothing(spans: list[Span]) -> None:
    found = look(*spans)
    assert look(*reversed(spans)) == found == look(*spans, *spans)
    assert 0 <= found["wien"].share <= 1
    assert len(found["wien"].days) == 10
    assert all(0 <= d <= 1 for d in found["wien"].days)
    whole = look(*spans, ("a", -30, 30, None), ("b", -30, 30, None))["wien"]
    assert whole.share == 1


def test_looks_of_every_hour_are_as_one_long_look() -> None:
    hours = [("a", h / 24, (h + 1) / 24, None) for h in range(-2000, 240) if not 48 <= h < 72]
    odd = [("b", 0, 1, None), ("a", 5, 5, None), ("a", 2.5, 3, "no key")]
    found = look(*reversed(hours), *odd)["wien"]
    assert found == look(("a", -2000 / 24, 2, None), ("a", 3, 10, None), *odd)["wien"]
    assert found.days[2] == 0


def test_a_retired_source_is_no_longer_waited_for() -> None:
    both: list[Span] = [("a", 0, 10, None), ("b", 0, 4, None)]
    start = datetime.combine(SINCE, datetime.min.time(), UTC)
    rows = [("wien", s, start + timedelta(days=a), start + timedelta(days=b), 1, 0, 0, r, "s")
            for s, a, b, r in both]  # fmt: skip
    windows = pa.table([list(c) for c in zip(*rows, strict=True)], schema=schema.WINDOW)

    def gone(home: str) -> Doubts:
        return Doubts(ended=frozenset({(home, "b")}))

    assert looked_at(windows, SINCE, UNTIL)["wien"].share == pytest.approx(0.7)
    assert looked_at(windows, SINCE, UNTIL, gone("wien"))["wien"].share == 1.0
    assert looked_at(windows, SINCE, UNTIL, gone("malmo"))["wien"].share < 1.0
