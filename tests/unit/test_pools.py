"""Pools: however homes' sources are spread, no platform is asked more often than it allows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import cities
from monitor.platforms import Platform
from monitor.pools import OTHERS, as_airflow, most_at_once, pool_of, pools

pytestmark = pytest.mark.unit
PLATFORMS = cities.load().platforms


def limited(rates: dict[str, int | None]) -> dict[str, Platform]:
    some = next(iter(PLATFORMS.values()))
    return {c: replace(some, code=c, requests_a_minute=n) for c, n in rates.items()}


codes = st.sampled_from(["a", "b", "c", "d", "e"])
rates = st.dictionaries(codes, st.none() | st.integers(1, 900), min_size=1)


@given(rates, st.floats(0.1, 20), st.lists(st.sets(codes), max_size=40))
def test_at_once_a_platform_is_asked_by_no_more_than_it_allows(
    rates: dict[str, int | None], interval: float, homes: list[set[str]]
) -> None:
    platforms = limited(rates)
    found = pools(platforms, interval)
    # the worst that can happen: every pool is full of homes that ask this platform
    for platform in platforms.values():
        most = most_at_once(platform, interval)
        waiting = Counter(pool_of(h, found).name for h in homes if platform.code in h)
        at_once = sum(min(pool.slots, waiting[pool.name]) for pool in found)
        assert most is None or at_once <= most
        assert most is None or most * 60 / interval <= (platform.requests_a_minute or 0) + 1e-6
    assert all(pool.slots >= 1 for pool in found)


def test_a_home_waits_in_the_pool_of_its_strictest_platform() -> None:
    platforms = limited({"strict": 120, "same": 130, "wide": 600, "unknown": None, "slow": 4})
    found = pools(platforms, 1)
    assert [(p.name, p.slots) for p in found] == [
        ("unite_same_strict", 2), ("unite_wide", 8), (OTHERS, 8),
    ]  # fmt: skip
    assert pool_of({"wide", "strict", "unknown"}, found).name == "unite_same_strict"
    assert pool_of({"wide", "unknown"}, found).name == "unite_wide"
    assert pool_of({"unknown"}, found).name == OTHERS
    assert pool_of({"slow"}, found).name == OTHERS  # its own answers bound it: slots cannot


def test_a_slower_pace_lets_more_homes_in_at_once() -> None:
    slots = [sum(p.slots for p in pools(PLATFORMS, interval)) for interval in (1, 3)]
    assert slots == sorted(slots)
    (strictest, *_) = pools(PLATFORMS, 3)
    assert (strictest.name, strictest.slots) == ("unite_mastodon", 3)


def test_pools_are_told_as_airflow_imports_them() -> None:
    told = as_airflow(pools(limited({"a": 60}), 1))
    assert told["unite_a"] == {
        "slots": 1, "description": "Homes whose strictest platform is a", "include_deferred": False,
    }  # fmt: skip
