"""How fast each host is asked: one request an interval, later when the host says so."""

from __future__ import annotations

import threading
from collections.abc import Callable

from collectors.errors import RateLimited


class Pace:
    """The next moment each host may be asked, on one monotonic clock; safe between threads."""

    def __init__(
        self,
        interval: float,
        longest_wait: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._interval = interval
        self._longest_wait = longest_wait
        self._clock = clock
        self._sleep = sleep
        self._next: dict[str, float] = {}
        self._own: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, host: str) -> None:
        """Wait for the host's turn. Raises RateLimited when that is longer than we stay."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next.get(host, now))
            if turn - now > self._longest_wait:
                error = RateLimited("asked to wait", where=host)
                error.retry_after = turn - now
                raise error
            self._next[host] = turn + self._own.get(host, self._interval)
        if turn > now:
            self._sleep(turn - now)

    def hold(self, host: str, seconds: float) -> None:
        """Leave the host alone for that long, whoever asks."""
        with self._lock:
            until = self._clock() + seconds
            self._next[host] = max(until, self._next.get(host, until))

    def slow(self, host: str, interval: float) -> None:
        """At least `interval` seconds between two requests to the host."""
        with self._lock:
            self._own[host] = max(interval, self._own.get(host, self._interval))
