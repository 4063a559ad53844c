"""Moments, days and months: UTC for moments, the home city's calendar for days.

A date without a zone is the city's local time; a moment that falls twice (the hour the clock
goes back) is read as the first, one that never was (the hour it goes forward) moves on by it.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from base.errors import BadInput

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


def zone(name: str) -> ZoneInfo:
    """The time zone of that name. Raises BadInput when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder of zones
        raise BadInput(
            f"unknown time zone {name!r}", expected="an IANA name such as Europe/Vienna"
        ) from error


def now() -> datetime:
    """This moment, UTC, whole microseconds."""
    return datetime.now(UTC)


def parse_moment(
    given: str | int | float, local: ZoneInfo, *, latest: datetime | None = None
) -> datetime:
    """A moment in UTC from ISO 8601, RFC 2822 or Unix seconds/milliseconds.

    A value without a zone is read in `local`. Raises BadInput when it is no date, lies before
    1990 or after `latest` (a day of grace): such a date is somebody's typing error.
    """
    moment = _read(given, local)
    limit = (latest or now()) + timedelta(days=1)
    if not EARLIEST <= moment <= limit:
        raise BadInput(
            "a date out of range",
            expected=f"between {EARLIEST.date()} and {limit.date()}",
        )
    return moment


def _read(given: str | int | float, local: ZoneInfo) -> datetime:
    if isinstance(given, (int, float)) and 100_000_000 <= given < 10_000_000_000:
        return datetime.fromtimestamp(given, UTC)  # seconds, as most platforms write them
    text = str(given).strip()
    try:
        if text.replace(".", "", 1).isdigit() and len(text.partition(".")[0]) >= 9:
            return _of_number(float(text))
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError) as error:
            raise BadInput(
                "a date that cannot be read",
                expected="ISO 8601 (2026-03-29T14:05:00+02:00), RFC 2822 or Unix seconds",
            ) from error
        if moment.tzinfo is None and text.endswith("-0000"):  # RFC 5322: UTC, the zone unsaid
            moment = moment.replace(tzinfo=UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=local)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise BadInput("a date out of range", expected="a year between 1990 and now") from error


def _of_number(number: float) -> datetime:
    """Unix time in seconds, milliseconds, micro- or nanoseconds."""
    for _ in range(3):
        if number > 100_000_000_000:
            number /= 1000
    return datetime.fromtimestamp(number, UTC)


def parse_day(text: str) -> date:
    """A day written as YYYY-MM-DD. Raises BadInput."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput(f"{text!r} is not a day", expected="YYYY-MM-DD") from error


def day_of(moment: datetime, local: ZoneInfo) -> date:
    """The calendar day of a moment in a city's own time."""
    return moment.astimezone(local).date()


def month_of(day: date | datetime) -> str:
    """YYYY-MM."""
    return f"{day.year:04d}-{day.month:02d}"


def week_start(day: date) -> date:
    """The Monday of a day's ISO week."""
    return day - timedelta(days=day.weekday())


def month_start(month: str) -> date:
    """The first day of a YYYY-MM."""
    return parse_day(f"{month}-01")


def next_month(day: date) -> date:
    """The first day of the month after the one `day` is in."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def months_before(day: date, count: int) -> date:
    """The same day `count` months earlier, or that month's last day."""
    index = day.year * 12 + day.month - 1 - count
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def midnight(day: date, local: ZoneInfo) -> datetime:
    """The moment a city's day begins, UTC."""
    return datetime.combine(day, time(), local).astimezone(UTC)
