"""Questions to the YouTube Data API v3: what each costs, what is left, what a refusal means.

There is no YouTube client in the lock: Google's own builds its methods from a description it
fetches first, and asks plain JSON; so do we, over our one client. The key goes in a header, never
in an address. A project has UNITS_A_DAY units, counted anew at midnight in California; a search
costs 100, any other question 1 (as of 2026). Counted here: what this process asked, and what the
cursors of its sources say of the same day. What another process asked is only known when YouTube
itself refuses; that is the same RateLimited.
Errors: https://developers.google.com/youtube/v3/docs/errors
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from base import log
from collectors.collector import Access, setting, where_to_get
from collectors.errors import (
    AccessRefused,
    CollectError,
    Gone,
    RateLimited,
    Unreachable,
    WrongShape,
)
from collectors.http.quota import Quota

_HOST = "www.googleapis.com"
SERVICE = f"https://{_HOST}/youtube/v3"
UNITS_A_DAY = 10_000
_COST = {"search": 100}
_CALIFORNIA = ZoneInfo("America/Los_Angeles")
_USED_UP = frozenset({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"})
_TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_GONE = frozenset({"videoNotFound", "channelNotFound", "commentThreadNotFound", "commentNotFound"})
_PASSING = frozenset({"processingFailure", "backendError", "internalError"})
_REFUSALS = (400, 401, 403, 404)

# units used: (key, day) → source → units
_used: dict[tuple[int, str], dict[str, int]] = {}


class CommentsOff(CollectError):
    """A video or channel without comments: no refusal of the key."""


class Api:
    """Asks for one source, and counts."""

    def __init__(
        self, access: Access, where: str, source: str, limit: int, state: Mapping[str, str]
    ) -> None:
        self._access = access
        self._key = access.key("youtube", "key")
        self._where = where
        self._source = source
        self._limit = limit
        self.day = access.http.now().astimezone(_CALIFORNIA).date().isoformat()
        self._units = _used.setdefault((hash(self._key), self.day), {})
        if state.get("day") == self.day:
            earlier = int(state.get("units", "0"))
            self._units[source] = max(earlier, self._units.get(source, 0))

    @property
    def units(self) -> int:
        """Units this source used today."""
        return self._units.get(self._source, 0)

    @property
    def left(self) -> int:
        """Units that all sources of this key have left today, as far as is known."""
        return max(0, self._limit - sum(self._units.values()))

    def ask(self, method: str, **params: str | int | None) -> dict[str, Any]:
        """The answer of a `list` method.

        Raises RateLimited before the day's units are overdrawn, CommentsOff, AccessRefused,
        Gone, Unreachable, WrongShape.
        """
        cost = _COST.get(method, 1)
        if cost > self.left:
            raise self._used_up(f"{self._limit - self.left:,} of {self._limit:,} units of today")
        self._units[self._source] = self.units + cost
        answer = self._access.http.get(
            f"{self._access.service or SERVICE}/{method}",
            params={k: v for k, v in params.items() if v is not None},
            headers={"x-goog-api-key": self._key},
            told=_REFUSALS,
        )
        given = answer.json()
        if not isinstance(given, dict):
            raise WrongShape("not an answer of YouTube", where=self._where)
        if answer.status in _REFUSALS:
            raise self._refusal(answer.status, given)
        if not isinstance(given.get("items"), list):
            raise WrongShape("an answer without items", where=self._where)
        return given

    def tell(self) -> None:
        """Write down what was used and what is left."""
        log.event("collectors", "youtube-units", used=self.units, left=self.left, day=self.day)
        # no answer of YouTube tells what is left
        resets_at = self._midnight().astimezone(UTC)
        self._access.http.quotas.note(Quota(_HOST, self.left, self._limit, resets_at))

    def _refusal(self, status: int, given: Mapping[str, Any]) -> CollectError:
        reason = _reason(given)
        said = f" ({reason})" if reason else f" ({status})"
        where = self._where
        if reason == "commentsDisabled":
            return CommentsOff("comments are switched off", where=where)
        if reason in _USED_UP:
            self._units[self._source] = self.units + self.left
            return self._used_up("YouTube says that the units of today")
        if reason in _TOO_FAST:
            error = RateLimited(f"asked to wait{said}", where=where)
            error.retry_after = 60.0
            return error
        if reason in _PASSING:
            return Unreachable(f"YouTube could not answer{said}", where=where)
        if reason in _GONE or status == 404:
            return Gone(f"nothing is there{said}", where=where, hint="check the address")
        if status == 400 and not reason.lower().startswith("key") and reason != "API_KEY_INVALID":
            return WrongShape(f"YouTube does not understand the question{said}", where=where)
        return AccessRefused(
            f"YouTube refuses the key{said}",
            where=where,
            expected=f"{setting('youtube', 'key')}: a key of a project with the Data API v3 on",
            hint=where_to_get("youtube"),
        )

    def _used_up(self, what: str) -> RateLimited:
        error = RateLimited(
            f"{what} are used up",
            where=self._where,
            hint="midnight in California brings new ones; fewer searches need fewer",
        )
        error.retry_after = self._midnight().timestamp() - self._access.http.now().timestamp()
        return error

    def _midnight(self) -> datetime:
        """When the units are counted anew."""
        today = self._access.http.now().astimezone(_CALIFORNIA).date()
        return datetime.combine(today + timedelta(days=1), time(), _CALIFORNIA)


def _reason(given: Mapping[str, Any]) -> str:
    """YouTube's word for what is wrong, a code; empty where it gives none."""
    error = given.get("error")
    if not isinstance(error, dict):
        return ""
    words = []
    for part in ("details", "errors"):
        found = error.get(part)
        words += [d.get("reason") for d in found or () if isinstance(d, dict)]
    codes = [w[:60] for w in words if isinstance(w, str) and w.isascii() and w.isidentifier()]
    return codes[0] if codes else ""
