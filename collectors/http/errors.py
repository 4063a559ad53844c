"""What a platform's refusals and a broken network mean in our own tree.

The one map of foreign exceptions and status codes. A message names the host and a number,
never an address in full (it may hold a token) and never a word of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from base.errors import BadInput, UniteError
from collectors.errors import (
    AccessRefused,
    CollectError,
    Gone,
    RateLimited,
    Unreachable,
    WrongShape,
)
from collectors.http.trust import SETTING

CERTIFICATES = f"if a proxy signs with its own certificate, name its file in {SETTING}"
PROXIES = "HTTPS_PROXY=http://user:password@host:port, as the proxy asks for it"

# the first that fits counts: the particular stands before the general
_FOREIGN: tuple[tuple[type[Exception], type[UniteError], str], ...] = (
    (httpx.ConnectTimeout, Unreachable, "no connection in time"),
    (httpx.TimeoutException, Unreachable, "no answer in time"),
    (httpx.ProxyError, Unreachable, "the proxy refused the connection"),
    (httpx.UnsupportedProtocol, BadInput, "the address is not http or https"),
    (httpx.LocalProtocolError, BadInput, "the request cannot be sent as it is"),
    (httpx.RemoteProtocolError, Unreachable, "the answer broke off or is not HTTP"),
    (httpx.ConnectError, Unreachable, "no connection"),
    (httpx.TransportError, Unreachable, "the connection broke"),
    (httpx.InvalidURL, BadInput, "the address cannot be read"),
    (httpx.HTTPError, Unreachable, "the exchange failed"),
    (OSError, Unreachable, "the connection broke"),
)
FOREIGN = (httpx.HTTPError, httpx.InvalidURL, OSError)


def translate(error: Exception, where: str) -> UniteError:
    """The error of ours that a foreign one means."""
    for foreign, ours, what in _FOREIGN:
        if isinstance(error, foreign):
            hint = CERTIFICATES if "CERTIFICATE" in str(error).upper() else None
            if foreign is httpx.ProxyError:
                hint = PROXIES
            return ours(what, where=where, hint=hint)
    return Unreachable("the exchange failed", where=where)


def refusal(
    status: int, headers: Mapping[str, str], where: str, now: datetime
) -> CollectError | None:
    """The error that a status means, or None when the answer can be read."""
    if 200 <= status < 300 or status == 304:
        return None
    wait = seconds_to_wait(headers, now)
    used_up = number_of(rate_header(headers, "remaining")) == 0
    error: CollectError
    if status == 429 or (status == 403 and used_up):
        error = RateLimited(f"asked to wait ({status})", where=where)
        error.retry_after = wait
    elif status >= 500 or status in (408, 425):
        error = Unreachable(f"answered {status}", where=where)
        error.retry_after = wait
    elif status in (401, 402, 403, 407, 451):
        error = AccessRefused(
            f"refused ({status})", where=where, hint="check the key, the plan and the address"
        )
    elif status in (404, 410):
        error = Gone(f"nothing is there ({status})", where=where, hint="check the address")
    else:
        error = WrongShape(f"answered {status}", where=where, expected="200")
    return error


def seconds_to_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds that Retry-After or a used-up X-RateLimit asks for; None when neither does.

    A moment is meant by the clock of who names it, which may be hours off: it tells its own (Date).
    """
    now = _moment(headers.get("date", "")) or now
    given = headers.get("retry-after")
    if given is not None:
        wait = seconds_until(given, now)
        if wait is not None:
            return wait
    if number_of(rate_header(headers, "remaining")) == 0:
        reset = rate_header(headers, "reset")
        return None if reset is None else seconds_until(reset, now)
    return None


def rate_header(headers: Mapping[str, str], what: str) -> str | None:
    """A header of a rate limit: `limit`, `remaining`, `reset`, `used`, as platforms spell it."""
    for prefix in ("x-ratelimit-", "x-rate-limit-", "ratelimit-"):
        found = headers.get(prefix + what)
        if found is not None:
            return found
    return None


def number_of(text: str | None) -> float | None:
    """The number that a header begins with; None where there is none."""
    # "0", "0.0" (Reddit), "0, 0;w=1" (several limits): the first number counts
    found = re.match(r"\s*(\d+(?:\.\d+)?)", text or "")
    return float(found.group(1)) if found else None


def seconds_until(given: str, now: datetime) -> float | None:
    """Seconds from a count of seconds, Unix seconds, an HTTP date or ISO 8601."""
    if re.fullmatch(r"\s*\d+(\.\d+)?\s*", given):
        number = float(given)
        return max(0.0, number - now.timestamp()) if number > 1_000_000_000 else number
    moment = _moment(given)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def _moment(given: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(given.strip())
        except (ValueError, TypeError, IndexError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
