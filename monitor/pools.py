"""Pools: from how many homes Airflow may collect at once without asking a platform too often.

One process asks one host at most once in UNITE_COLLECTORS_INTERVAL seconds, so that n of them ask
a platform at most n · 60 / interval times a minute, however the homes' sources are spread. A home
is collected from by one task, and a task holds a slot of one pool: that of the strictest platform
that the home asks. A platform is thus asked from its own pool and from stricter ones alone, and
their slots together are what its `requests_a_minute` (data/platforms.toml) allows.

A platform whose limit does not even let one process ask at its pace (X counts by the quarter of an
hour) has no pool: the client waits as its answers say.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.platforms import Platform

_PREFIX = "unite_"
OTHERS = f"{_PREFIX}others"
_OTHERS_SLOTS = 8  # no platform bounds them; each still takes a process of the machine


@dataclass(frozen=True)
class Pool:
    """At most `slots` homes at once. platforms: those whose homes wait here."""

    name: str
    slots: int
    platforms: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """What it is for, a sentence."""
        if not self.platforms:
            return "Homes that ask no platform with a known limit"
        return f"Homes whose strictest platform is {' or '.join(self.platforms)}"


def most_at_once(platform: Platform, interval: float) -> int | None:
    """How many processes may ask a platform at once; None where slots cannot bound it."""
    if platform.requests_a_minute is None:
        return None
    # a hair more, so that 60 a minute at an interval of a second are one
    return math.floor(platform.requests_a_minute * interval / 60 + 1e-9) or None


def pools(platforms: Mapping[str, Platform], interval: float) -> tuple[Pool, ...]:
    """The pools, the strictest first, and last the one of homes that no limit binds."""
    most = {p.code: most_at_once(p, interval) for p in platforms.values()}
    found: list[Pool] = []
    given = 0
    for slots in sorted({n for n in most.values() if n is not None}):
        codes = tuple(sorted(code for code, n in most.items() if n == slots))
        found.append(Pool(f"{_PREFIX}{'_'.join(codes)}", slots - given, codes))
        given = slots
    return (*found, Pool(OTHERS, _OTHERS_SLOTS))


def pool_of(asked: Iterable[str], found: Sequence[Pool]) -> Pool:
    """The pool of a home that asks these platforms: the strictest of theirs."""
    codes = frozenset(asked)
    return next((pool for pool in found if codes.intersection(pool.platforms)), found[-1])


def as_airflow(found: Iterable[Pool]) -> dict[str, dict[str, str | int | bool]]:
    """The pools as `airflow pools import` reads them."""
    return {
        pool.name: {"slots": pool.slots, "description": pool.says, "include_deferred": False}
        for pool in found
    }
