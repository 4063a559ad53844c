"""Moments, days and months: what people and platforms write, and the days the clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.errors import BadInput
from base.time import (
    day_of,
    midnight,
    month_of,
    month_start,
    months_before,
    next_month,
    parse_day,
    parse_moment,
    week_start,
    zone,
)

pytestmark = pytest.mark.unit
WIEN = ZoneInfo("Europe/Vienna")
LATEST = datetime(2026, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "utc"),
    [
        ("2026-03-10T12:00:00+02:00", "2026-03-10 10:00"),
        ("2026-03-10T12:00:00Z", "2026-03-10 12:00"),
        ("2026-03-10T12:00:00", "2026-03-10 11:00"),  # without a zone: the city's time
        ("2026-03-10 12:00", "2026-03-10 11:00"),
        ("2026-03-10", "2026-03-09 23:00"),
        ("  2026-07-10 12:00  ", "2026-07-10 10:00"),
        ("Tue, 10 Mar 2026 12:00:00 GMT", "2026-03-10 12:00"),
        ("Tue, 10 Mar 2026 12:00:00 +0100", "2026-03-10 11:00"),
        ("10 Mar 2026 12:00:00 -0000", "2026-03-10 12:00"),  # RFC 5322: UTC, the zone unsaid
        ("10 Mar 2026 12:00:00", "2026-03-10 11:00"),
        (1773144000, "2026-03-10 12:00"),
        ("1773144000", "2026-03-10 12:00"),
        (1773144000.0, "2026-03-10 12:00"),
        (1773144000000, "2026-03-10 12:00"),  # milliseconds
        ("1773144000000000", "2026-03-10 12:00"),  # microseconds
        ("1773144000000000000", "2026-03-10 12:00"),  # nanoseconds
        # the hour that comes twice is read as the first; the one that never is moves on by it
        ("2026-10-25 02:30", "2026-10-25 00:30"),
        ("2026-03-29 02:30", "2026-03-29 01:30"),
        ("2026-03-29 01:59:59", "2026-03-29 00:59"),
        ("2026-03-29 03:00", "2026-03-29 01:00"),
    ],
)
def test_a_moment(given: str | int | float, utc: str) -> None:
    assert f"{parse_moment(given, WIEN, latest=LATEST):%Y-%m-%d %H:%M}" == utc


@pytest.mark.parametrize(
    "given",
    [
        "", "gestern", "2026-13-01", "2026-02-30", "10/03/2026", "nan", "inf", "1e400", "-1",
        "1989-12-31", "2027-01-03", "9" * 30, "9" * 400, "0001-01-01", "9999-12-31T23:59:59",
        "Mon, 32 Mar 2026 12:00:00 GMT", "Tue, 10 Mar 99999999999999999999 12:00:00 GMT", "\0",
        "²⁰²⁶", float("inf"), 10**400,
    ],
)  # fmt: skip
def test_what_is_no_date_is_said_without_its_content(given: str | float) -> None:
    with pytest.raises(BadInput) as caught:
        parse_moment(given, WIEN, latest=LATEST)
    assert caught.value.expected
    assert len(str(given)) < 4 or str(given) not in str(caught.value)


@given(st.one_of(st.text(max_size=40), st.floats(), st.integers()))
def test_nothing_ends_in_another_error(given: str | float) -> None:
    try:
        found = parse_moment(given, WIEN, latest=LATEST)
    except BadInput:
        return
    assert found.tzinfo is UTC


@given(st.integers(0, 1_100_000_000), st.booleans())
def test_what_is_written_is_read_again(seconds: int, is_local: bool) -> None:
    moment = datetime(1991, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds, microseconds=7)
    shown = moment.astimezone(WIEN) if is_local else moment
    assert parse_moment(shown.isoformat(), WIEN, latest=LATEST) == moment


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 5, 1), 24)]
)
def test_a_day_is_as_long_as_its_city_says(day: date, hours: int) -> None:
    begin, end = midnight(day, WIEN), midnight(day + timedelta(days=1), WIEN)
    assert end - begin == timedelta(hours=hours)
    assert day_of(begin, WIEN) == day_of(end - timedelta(microseconds=1), WIEN) == day
    assert day_of(end, WIEN) == day + timedelta(days=1)


def test_days_weeks_and_months() -> None:
    assert parse_day(" 2026-03-29 ") == date(2026, 3, 29)
    assert week_start(date(2026, 3, 29)) == date(2026, 3, 23)
    assert month_of(date(2026, 3, 29)) == "2026-03"
    assert month_start("2026-03") == date(2026, 3, 1)
    assert next_month(date(2026, 12, 31)) == date(2027, 1, 1)
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2026, 1, 15), 24) == date(2024, 1, 15)


@pytest.mark.parametrize("name", ["Europe/Wien", "", "Europe", "../../etc/passwd", "a\0b", "/etc"])
def test_a_zone_that_is_none_is_named(name: str) -> None:
    with pytest.raises(BadInput, match="time zone"):
        zone(name)


@pytest.mark.parametrize("given", ["", "29.3.2026", "2026-3-1", "2026-02-30", "heute"])
def test_a_day_that_is_none(given: str) -> None:
    with pytest.raises(BadInput, match="YYYY-MM-DD"):
        parse_day(given)
