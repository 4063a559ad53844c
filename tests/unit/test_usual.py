"""Silence and unread items against a source's own past: what is found, what cries wolf, and how
often. The sources are simulated; the figures stand in docs/sources.md."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.sources.usual import PAST, Counts, is_unread, silences, usual

pytestmark = pytest.mark.unit
FLAT, OFFICE, WEEKLY = (1,) * 7, (1.3, 1.3, 1.3, 1.3, 1.3, 0.3, 0.2), (0, 0, 0, 7, 0, 0, 0)
DAYS, SOURCES = PAST + 365, 60


def simulated(mean: float, k: float | None, week: tuple[float, ...], n: int, seed: int) -> Counts:
    """Posts of n sources by day: Poisson, or with k negative-binomial, by weekday."""
    random = np.random.default_rng(seed)
    by_day = mean * np.array(week)[np.arange(DAYS) % 7] / np.mean(week)
    expected = np.broadcast_to(by_day, (n, DAYS))
    if k is not None:
        expected = random.gamma(k, expected / k)
    return np.asarray(random.poisson(expected), np.int64)


def looked(count: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.ones(count, bool)


@pytest.mark.parametrize("week", [FLAT, OFFICE, WEEKLY], ids=["flat", "office", "weekly"])
@pytest.mark.parametrize(("k", "most"), [(None, 0.02), (2.0, 0.07), (0.5, 0.15)])
def test_a_source_that_is_there_is_hardly_ever_called_silent(
    week: tuple[float, ...], k: float | None, most: float
) -> None:
    """most: false alarms in a source's year, over means from 1 in 20 days to 50 a day."""
    found = [
        sum(begin >= PAST for begin, _ in silences(row, looked(DAYS)))
        for seed, mean in enumerate((0.05, 0.2, 1, 3, 10, 50))
        for row in simulated(mean, k, week, SOURCES // 6, seed)
    ]
    assert sum(found) / len(found) <= most


@pytest.mark.parametrize(("mean", "days"), [(50, 2), (10, 2), (3, 5), (1, 17)])
def test_a_source_that_falls_silent_is_found_soon(mean: float, days: int) -> None:
    found = []
    for row in simulated(mean, None, FLAT, 30, 7):
        cut = row[: 300 + days].copy()
        cut[300:] = 0
        last = silences(cut, looked(len(cut)))
        found.append(bool(last) and last[-1][1] == len(cut))
    assert np.mean(found) >= 0.8


@pytest.mark.parametrize(("counts", "found"), [
    ([5] * 40 + [0] * 9, [(40, 49)]),
    ([5] * 40 + [0] * 9 + [5] * 9, [(40, 49)]),
    ([5] * 40 + [0] * 9 + [5] * 40 + [0] * 9, [(40, 49), (89, 98)]),  # the first teaches nothing
    ([5] * 40 + [0], []),
    ([5] * 13 + [0] * 30, []),  # too young
    ([0] * 40 + [5] * 40, []),  # before its first post
    ([1, 0, 0, 0, 0, 0, 0] * 8 + [0] * 14, []),  # a post a week: it may be a holiday
    (([9] * 5 + [0] * 9) * 4 + [9] * 5 + [0] * 13, []),  # it has had such pauses before
    ([0] * 90, []),
])  # fmt: skip
def test_what_is_a_silence(counts: list[int], found: list[tuple[int, int]]) -> None:
    assert silences(np.array(counts, np.int64), looked(len(counts))) == found


def test_days_that_nobody_looked_at_are_no_silence() -> None:
    counts, there = np.array([5] * 40 + [0] * 20, np.int64), looked(60)
    there[40:] = False
    assert silences(counts, there) == []
    there[55:] = True  # looked at again, and nothing was there: from then on
    assert silences(counts, there) == [(55, 60)]


def test_a_silence_known_to_be_true_is_none_and_teaches() -> None:
    counts, truly = np.array([5] * 40 + [0] * 20 + [5] * 20 + [0] * 20, np.int64), looked(100)
    truly[:] = False
    truly[40:60] = True
    assert silences(counts, looked(100), truly) == []  # a pause of 20 days was true before


def test_usual_is_of_the_same_weekday_and_no_outlier_moves_it() -> None:
    week = [10, 10, 10, 10, 10, 0, 0]
    counts = np.array(week * 8 + [500, *week[1:]], np.int64)
    monday, sunday = usual(counts, looked(63), 56), usual(counts, looked(63), 62)
    assert monday is not None
    assert sunday is not None
    assert (monday.middle, sunday.middle) == (10, 0)
    assert monday.low < 4 < 16 < monday.high < 500
    after = usual(np.append(counts, 10), looked(64), 63)
    assert after is not None
    assert after.high == monday.high
    assert usual(counts, looked(63), 20) is None  # not four of its weekday yet


@pytest.mark.parametrize(("unread", "items", "past", "is_wrong"), [
    (5, 5, (0, 0), True),
    (4, 4, (0, 0), False),  # four items are not enough
    (20, 20, (3, 400), True),
    (6, 20, (3, 400), True),
    (3, 20, (0, 400), False),
    (6, 20, (100, 400), False),  # a quarter never could
    (20, 20, (100, 400), True),
    (10, 100, (0, 4000), False),  # less than a fifth
    (0, 0, (0, 0), False),
])  # fmt: skip
def test_what_is_too_much_unread(
    unread: int, items: int, past: tuple[int, int], is_wrong: bool
) -> None:
    assert is_unread(unread, items, *past) is is_wrong


def test_a_source_with_some_unread_items_is_hardly_ever_called_broken() -> None:
    random = np.random.default_rng(3)
    found = [
        is_unread(int(random.binomial(20, p)), 20, int(random.binomial(400, p)), 400)
        for p in (0.0, 0.02, 0.1, 0.3)
        for _ in range(1000)
    ]
    assert sum(found) <= 2
