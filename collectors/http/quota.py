"""What hosts say of the quota that is left, as their answers' headers or a collector tell it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from collectors.http.errors import number_of, rate_header, seconds_until


@dataclass(frozen=True)
class Quota:
    """left, limit: questions, or units of the platform. limit, resets_at: None where unsaid."""

    host: str
    left: float
    limit: float | None = None
    resets_at: datetime | None = None


class Quotas:
    """The newest of each host since somebody asked; safe between threads."""

    def __init__(self) -> None:
        self._newest: dict[str, Quota] = {}
        self._lock = threading.Lock()

    def note(self, quota: Quota | None) -> None:
        """Remember what a host said; None: it said nothing."""
        if quota is not None:
            with self._lock:
                self._newest[quota.host] = quota

    def take(self) -> list[Quota]:
        """What was noted since the last time."""
        with self._lock:
            found, self._newest = self._newest, {}
        return list(found.values())


def read_quota(headers: Mapping[str, str], host: str, now: datetime) -> Quota | None:
    """The quota that an answer's headers tell; None where they do not."""
    left = number_of(rate_header(headers, "remaining"))
    if left is None:
        return None
    limit, used = (number_of(rate_header(headers, what)) for what in ("limit", "used"))
    if limit is None and used is not None:  # Reddit
        limit = left + used
    reset = rate_header(headers, "reset")
    seconds = None if reset is None else seconds_until(reset, now)
    return Quota(host, left, limit, None if seconds is None else now + timedelta(seconds=seconds))
