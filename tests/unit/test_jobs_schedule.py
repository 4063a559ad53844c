"""When jobs are due: whatever the clock does, each window is done once and none is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.collector import Window
from monitor.jobs.schedule import Every, is_too_far, pause

pytestmark = pytest.mark.unit
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
START = datetime(2026, 11, 22, 12, 7, tzinfo=UTC)

periods = st.sampled_from([timedelta(minutes=15), HOUR, DAY, 7 * DAY])
moments = st.integers(0, 5_000_000).map(lambda minutes: START + timedelta(minutes=minutes))


@given(periods, st.integers(0, 23), moments)
def test_a_moment_lies_between_its_tick_and_the_following(
    period: timedelta, hour: int, at: datetime
) -> None:
    every = Every(period, hour * HOUR)
    assert every.tick(at) <= at < every.following(at)
    assert every.tick(every.tick(at)) == every.tick(at)
    assert every.following(at) - every.tick(at) == period


@pytest.mark.parametrize(
    ("every", "at", "tick"),
    [
        (Every(HOUR), START, datetime(2026, 11, 22, 12, tzinfo=UTC)),
        (Every(DAY, 2 * HOUR), START, datetime(2026, 11, 22, 2, tzinfo=UTC)),
        (Every(DAY, 13 * HOUR), START, datetime(2026, 11, 21, 13, tzinfo=UTC)),
        (Every(7 * DAY), START, datetime(2026, 11, 16, tzinfo=UTC)),  # a Monday
    ],
)
def test_ticks_fall_on_whole_hours_days_and_mondays(
    every: Every, at: datetime, tick: datetime
) -> None:
    assert every.tick(at) == tick


@dataclass
class _Machine:
    """A wall clock that may be wrong, and one part of a job."""

    every: Every
    wall: datetime = START
    covered: datetime | None = None
    done: list[Window] = field(default_factory=list)

    def look(self, *, is_killed: bool = False) -> None:
        window = self.every.window(self.covered, self.wall)
        if window is None or is_killed:  # killed: nothing was written down but that it began
            return
        self.done.append(window)
        self.covered = self.every.covered(self.covered, window, self.wall)


# minutes of sleep or work; a kill is a look that comes to nothing
steps = st.lists(st.tuples(st.integers(0, 60 * 24 * 40), st.booleans()), max_size=40)


@given(periods, steps)
def test_sleeps_and_kills_neither_lose_nor_double_a_window(
    period: timedelta, given: list[tuple[int, bool]]
) -> None:
    machine = _Machine(Every(period))
    machine.look()
    for minutes, is_killed in given:
        machine.wall += timedelta(minutes=minutes)
        machine.look(is_killed=is_killed)
        machine.look(is_killed=is_killed)  # looked twice is done once
    machine.look()
    for before, after in zip(machine.done, machine.done[1:], strict=False):
        assert after.since == before.until < after.until
    assert machine.done[-1].until == machine.every.tick(machine.wall)
    assert machine.every.window(machine.covered, machine.wall) is None
    assert len(machine.done) <= len(given) + 2  # a long sleep is one run


@given(periods, st.lists(st.integers(-60 * 24 * 400, 60 * 24 * 400), min_size=1, max_size=12))
def test_a_clock_that_jumps_is_followed_within_a_period(
    period: timedelta, jumps: list[int]
) -> None:
    machine = _Machine(Every(period))
    machine.look()
    for minutes in jumps:
        machine.wall += timedelta(minutes=minutes)
        runs = len(machine.done)
        for _ in range(5):
            machine.look()
        assert len(machine.done) - runs <= 1
    # however far ahead it was, it is not waited for
    runs = len(machine.done)
    machine.wall += 2 * period
    machine.look()
    assert len(machine.done) == runs + 1


def test_a_window_of_the_past_leaves_no_hole_behind() -> None:
    every, noon = Every(HOUR), START.replace(minute=0)
    at = noon + 5 * HOUR
    first = every.covered(None, Window(noon, noon + HOUR), at)
    assert first == noon + HOUR
    assert every.covered(first, Window(noon + 3 * HOUR, noon + 4 * HOUR), at) == first  # a hole
    assert every.covered(first, Window(noon - DAY, noon), at) == first  # a back-fill
    assert every.covered(first, Window(noon, noon + 2 * HOUR), at) == noon + 2 * HOUR


def test_pauses_grow_and_heed_who_was_asked() -> None:
    waits = [pause(n).total_seconds() for n in range(1, 40)]
    assert waits[:4] == [60, 120, 240, 480]
    assert waits == sorted(waits)
    assert waits[-1] == 6 * 3600
    assert pause(1, 900.0) == timedelta(seconds=900)
    assert pause(9, 1.0) == pause(9)
    assert not is_too_far(START + pause(50, 1e9), START)
    assert is_too_far(START + 2 * DAY, START)
