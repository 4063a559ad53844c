"""Pages of a Mastodon timeline, oldest first, from a moment or from an id on.

The ids of Mastodon itself hold the moment a status was made (milliseconds × 2¹⁶), so the pages
from a moment on are asked forward (`min_id`). Other software that speaks the API numbers in its
own way: there the pages are walked back from the newest (`max_id`), keeping one id a page, and
asked once more in the other direction.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from base.errors import BadInput
from base.time import parse_moment
from collectors.errors import WrongShape
from collectors.mastodon.server import Ask, Status

_UTC = ZoneInfo("UTC")
_BELIEVABLE = timedelta(days=1)
_SKEW = timedelta(minutes=10)  # how far a server's clock may be ahead of the one that numbers


def from_moment(ask: Ask, since: datetime) -> Iterator[list[Status]]:
    """Pages that hold everything since a moment, and perhaps a little before it."""
    newest = _oldest_first(ask({}))
    if not newest or _reaches(newest, since):
        if newest:
            yield newest
        return
    told = [has_moment(native_id(s), created(s)) for s in newest if native_id(s)]
    if sum(told) > len(told) / 2:
        yield from from_id(ask, id_at(since - _SKEW))
        return
    after = ""
    for end in reversed(list(_ends(ask, newest, since))):
        page = [
            s for s in _oldest_first(ask({"max_id": end})) if order(native_id(s)) > order(after)
        ]
        if page:
            yield page
            after = native_id(page[-1])
    yield newest


def _ends(ask: Ask, newest: list[Status], since: datetime) -> Iterator[str]:
    """The ids before which to ask for the pages back to a moment, newest first."""
    page = newest
    while page and not _reaches(page, since):
        end = next(native_id(s) for s in page if native_id(s))
        page = _oldest_first(ask({"max_id": end}))
        if page and order(native_id(page[-1])) >= order(end):
            raise WrongShape("the server does not page back (max_id)")
        if page:
            yield end


def from_id(ask: Ask, after: str) -> Iterator[list[Status]]:
    """Pages of everything after an id."""
    while page := _oldest_first(ask({"min_id": after})):
        newest = native_id(page[-1])
        if order(newest) <= order(after):
            raise WrongShape("the server does not page forward (min_id)")
        # what has no id of its own is passed on, for it to be counted
        yield [s for s in page if not native_id(s) or order(native_id(s)) > order(after)]
        after = newest


def native_id(status: Status) -> str:
    """The id on the asked server; empty where it has none."""
    return str(dict.get(status, "id") or "") if isinstance(status, dict) else ""


def order(native: str) -> tuple[int, str]:
    """What ids are sorted by: numbers by size, other codes as their servers make them."""
    return len(native), native


def created(status: Status) -> datetime | None:
    """When it was published, UTC; None where that cannot be read."""
    given = dict.get(status, "created_at") if isinstance(status, dict) else None
    if isinstance(given, datetime):
        return given.astimezone(UTC) if given.tzinfo else given.replace(tzinfo=UTC)
    try:
        return parse_moment(given, _UTC) if isinstance(given, str) else None
    except BadInput:
        return None


def id_at(moment: datetime) -> str:
    """The first id of a moment, as Mastodon makes them."""
    return str(max(0, int(moment.timestamp() * 1000)) << 16)


def has_moment(native: str, at: datetime | None) -> bool:
    """Whether an id holds the moment a status was made."""
    if at is None or not (native.isascii() and native.isdigit()):
        return False
    told = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(native) >> 16)
    return abs(told - at) < _BELIEVABLE


def _oldest_first(page: list[Status]) -> list[Status]:
    """Each status once; what has no id comes first."""
    named = {native_id(s): s for s in page}
    nameless = [s for s in page if not native_id(s)]
    return nameless + [named[i] for i in sorted(named, key=order) if i]


def _reaches(page: list[Status], moment: datetime) -> bool:
    """Whether a page goes back beyond a moment."""
    dates = [d for d in map(created, page) if d]
    return bool(dates) and dates[0] < moment
