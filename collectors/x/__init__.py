"""Posts of X: a search, a list or an account, through tweepy and the API v2.

Addresses stand in `x_listing`, the cursor in `x_cursor`. X gives the newest first; pages come out
oldest first (`x_pages`). A repost is counted, not mapped; a withheld post goes to quarantine; a
protected or deleted one X does not give. No profile is asked for: an account's id, nothing more.
https://docs.x.com/x-api/posts/search/introduction
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from base.time import zone
from collectors.collector import Access, Cursor, Gap, Page, Source, Window, setting, where_to_get
from collectors.errors import AccessRefused, WrongShape
from collectors.items import Reading, page_items
from collectors.session import session
from collectors.x import cursor as x_cursor
from collectors.x import listing as x_listing
from collectors.x.errors import told
from collectors.x.pages import Item, Span, newest, oldest_first, whole

COLLECTOR = "x"
PAGE = 500  # posts
LOOKUP = 100  # ids in one question
TRIAL = 10  # posts, the fewest that X gives to one question
STILL_NEEDS = ("bearer_token",)
# A listing of the newest that ends after fewer has come to its beginning, not to X's limit.
SURELY_WHOLE = 700
_TOO_OLD = "X searches the last 7 days only"
_NEWEST_ALONE = "X lists only the newest posts of a list or account"
TRIAL = 10  # posts, the fewest that X gives to one question

_ORIGIN = "https://api.twitter.com"  # built into tweepy
_GONE = ("resource-not-found", "not-authorized-for-resource")


def collect(
    source: Source, window: Window, cursor: Cursor | None, access: Access
) -> Iterator[Page]:
    """The posts of the window, or since the cursor where the window goes on there, oldest first.

    Raises RateLimited, Unreachable (Transient), AccessRefused (token, plan, a used-up month, a
    private list), Gone (a suspended account), WrongShape, BadInput (an address or query that X
    cannot use).
    """
    where = source.where
    state = x_cursor.state_of(source.address, cursor)
    now = access.http.now()
    reading = Reading(zone(source.time_zone), now, COLLECTOR, home_platform=source.platform)
    with told(where):
        size = TRIAL if access.is_trial else None
        listing = x_listing.reader(_client(access), source, state, reading, where, size)
        look = x_cursor.look(state, window, now, listing.reach)
        old = look.beyond
        beyond = () if old is None else (Gap(old.since, old.until, _TOO_OLD),)
        if look.is_empty:
            yield Page(page_items([]), cursor, 0, gaps=beyond)
            return
        if access.is_trial:
            yield _trial(*newest(listing.reader, look.span), look.span)
            return
        if beyond:
            yield Page(page_items([]), None, 0, gaps=beyond)
        end = _End(look.span.since)
        for items in oldest_first(listing.reader, look.span):
            end.take(items)
            for start in range(0, len(items), PAGE):
                part = items[start : start + PAGE]
                # where a listing may end above the window's beginning, that shows at its end
                reached = None if listing.newest_alone else whole(part[-1].created)
                yield _page(part, look.after(part[-1]), reached)
        gaps = end.gaps(window) if listing.newest_alone else ()
        yield Page(page_items([]), look.done(), 0, gaps=gaps)


def is_askable(native_id: str) -> bool:
    """Whether an id can be one of X."""
    return native_id.isascii() and native_id.isdigit() and len(native_id) < 20


def check_address(source: Source) -> None:
    """Raises BadInput for an address or option that X cannot use."""
    x_listing.read_wanted(source, f"source {source.code!r} of city {source.home}")


def still_public(native_ids: Sequence[str], access: Access) -> Mapping[str, bool]:
    """Whether posts are still public: deleted, protected, suspended and withheld ones are not.

    An id that cannot be one of X, or of which X knows nothing just now, is left out. Raises as
    `collect` does.
    """
    client = _client(access)
    asked = [i for i in native_ids if is_askable(i)]
    found: dict[str, bool] = {}
    for start in range(0, len(asked), LOOKUP):
        with told(COLLECTOR):
            ids = asked[start : start + LOOKUP]
            found |= _standing(ids, client.get_tweets(ids, tweet_fields="withheld"))
    return found


def _standing(ids: Sequence[str], answer: Any) -> dict[str, bool]:
    posts, faults = (_objects(answer, key) for key in ("data", "errors"))
    if not posts and not faults:
        raise WrongShape("X answered in an unknown shape", expected="posts, or why there are none")
    there = {str(p.get("id")): not p.get("withheld") for p in posts}
    # an error of X's own says nothing of the post
    unknown = {
        str(fault.get("resource_id") or fault.get("value"))
        for fault in faults
        if str(fault.get("type")).rpartition("/")[2] not in _GONE
    }
    return {i: there.get(i, False) for i in ids if i in there or i not in unknown}


def _objects(answer: Any, key: str) -> list[Mapping[str, Any]]:
    found = answer.get(key) if isinstance(answer, dict) else None
    return [o for o in found if isinstance(o, dict)] if isinstance(found, list) else []


def _trial(items: Sequence[Item], is_whole: bool, span: Span) -> Page:
    """Each post read costs money: the newest are enough to see that the source answers."""
    page = _page(items, None, None)
    if is_whole or not items:
        return page
    gap = Gap(span.since, items[0].created, f"a trial reads no more than the newest {TRIAL}")
    return replace(page, gaps=(gap,))


def _page(items: Sequence[Item], cursor: Cursor | None, reached: datetime | None) -> Page:
    rows = [item.row for item in items if item.row is not None]
    rejected = tuple(item.fault for item in items if item.fault is not None)
    return Page(page_items(rows), cursor, len(items), rejected, reached=reached)


@dataclass
class _End:
    """Where a listing of the newest posts alone came to its end."""

    oldest: datetime
    count: int = 0

    def take(self, items: Sequence[Item]) -> None:
        """Items in their order, the oldest of all first."""
        named = [item for item in items if item.id]
        if named and not self.count:
            self.oldest = named[0].created
        self.count += len(named)

    def gaps(self, window: Window) -> tuple[Gap, ...]:
        """What of the window lies before the listing's end; of a short listing, nothing."""
        if self.count < SURELY_WHOLE or self.oldest <= window.since:
            return ()
        return (Gap(window.since, min(self.oldest, window.until), _NEWEST_ALONE),)


def _client(access: Access) -> Any:
    import tweepy  # 0.3 s

    # its debug lines hold the token and whole answers
    logging.getLogger("tweepy.client").setLevel(logging.WARNING)
    token = access.key(COLLECTOR, "bearer_token").strip()
    if not re.fullmatch(r"[!-~]+", token):  # no header can carry it
        raise AccessRefused(
            "the bearer token is no token",
            expected=f"no spaces and accents in {setting(COLLECTOR, 'bearer_token')}",
            hint=where_to_get(COLLECTOR),
        )
    client = tweepy.Client(bearer_token=token, return_type=dict, wait_on_rate_limit=False)
    client.session = session(access.http, {_ORIGIN: access.service} if access.service else None)
    return client
