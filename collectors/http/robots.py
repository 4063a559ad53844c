"""What a site's robots.txt lets us fetch (RFC 9309), asked once a day for each origin.

No robots.txt (4xx) allows everything; one that cannot be had (5xx, network) allows nothing
for now. Wildcards inside paths are read literally, as Python's parser does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.robotparser import RobotFileParser

from collectors.errors import AccessRefused, Gone, WrongShape

MOST_BYTES = 512_000
KEPT_FOR = 24 * 3600.0
LONGEST_DELAY = 30.0  # a Crawl-delay beyond it is a typing error or a no


@dataclass(frozen=True)
class _Rules:
    read_at: float
    parser: RobotFileParser | None  # None allows everything


class Robots:
    """The rules of each origin; `fetch` gives the bytes of an address."""

    def __init__(
        self, agent: str, fetch: Callable[[str], bytes], clock: Callable[[], float]
    ) -> None:
        self._agent = agent
        self._fetch = fetch
        self._clock = clock
        self._rules: dict[str, _Rules] = {}
        self._lock = threading.Lock()

    def check(self, origin: str, address: str, where: str) -> float | None:
        """The delay the site asks for, if any. Raises AccessRefused when it says no."""
        parser = self._of(origin).parser
        if parser is None:
            return None
        if not parser.can_fetch(self._agent, address):
            raise AccessRefused(
                "the site's robots.txt does not allow this address",
                where=where,
                hint="ask the site for permission, or use its API",
            )
        delay = parser.crawl_delay(self._agent)
        return None if delay is None else min(float(delay), LONGEST_DELAY)

    def _of(self, origin: str) -> _Rules:
        with self._lock:
            known = self._rules.get(origin)
        if known is not None and self._clock() - known.read_at < KEPT_FOR:
            return known
        rules = _Rules(self._clock(), self._read(f"{origin}/robots.txt"))
        with self._lock:
            self._rules[origin] = rules
        return rules

    def _read(self, address: str) -> RobotFileParser | None:
        try:
            body = self._fetch(address)
        except (Gone, AccessRefused, WrongShape):
            return None  # any 4xx; a file without end holds no rules either
        parser = RobotFileParser()
        parser.parse(body.decode("utf-8", "replace").lstrip("\ufeff").splitlines())
        return parser
