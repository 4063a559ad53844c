"""Posts of Bluesky: searches, and the posts of listed institutions, feeds and lists.

A source's address is one of
    search:Wien Geflüchtete       words or a #tag; needs a handle and an app password
    at://stadt.example            the posts of an account that is no private person's
    at://…/app.bsky.feed.generator/…  or https://bsky.app/profile/…/feed/…    a feed
    at://…/app.bsky.graph.list/…      or https://bsky.app/profile/…/lists/…   a list
and its options may say `lang` (of searches) and `filter` (of accounts, as the API names it).
No profile is asked for; reposts are counted and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from base.errors import BadInput
from collectors.collector import Access, Cursor, Page, Source, Window, where_to_get
from collectors.session import told

COLLECTOR = "bluesky"
# Posts reach the index late, through bridges and from slow clocks later still: a look that follows
# another begins this much before its end.
OVERLAP = timedelta(hours=1)

_ADDRESS = re.compile(
    r"(?:at://|https://bsky\.app/profile/|@)?"
    r"(?P<who>did:[a-z]+:[\w.:%-]+|[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
    r"(?:/(?P<kind>app\.bsky\.feed\.generator|app\.bsky\.graph\.list|feed|lists)/(?P<key>[\w.~:-]+))?/?",
    re.IGNORECASE,
)
_KINDS = {
    None: "account",
    "app.bsky.feed.generator": "feed", "feed": "feed",
    "app.bsky.graph.list": "list", "lists": "list",
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What a source asks for. kind: search, account, feed or list."""

    kind: str
    what: str  # the words of a search, the account
    key: str = ""  # of a feed or list of that account


def collect(
    source: Source, window: Window, cursor: Cursor | None, access: Access
) -> Iterator[Page]:
    """Posts of the window, oldest first; a look that follows the cursor's begins a little earlier.

    The cursor holds the window's beginning and how far it was collected: a look at the same
    beginning goes on there, any other begins where it says. Raises RateLimited, Unreachable
    (Transient), AccessRefused, Gone, WrongShape, BadInput.
    API: https://docs.bsky.app/docs/category/http-reference (app.bsky.feed)
    """
    wanted = read_address(source)
    # the protocol's client takes a second to import: not before a source needs it
    from collectors.bluesky import feed as bluesky_feed
    from collectors.bluesky import search as bluesky_search

    listing = bluesky_search.collect if wanted.kind == "search" else bluesky_feed.collect
    where = source.where
    with told(where, where_to_get(COLLECTOR)):
        for page, reached in listing(wanted, source, _span(window, cursor), access):
            yield replace(page, cursor=_cursor(window, reached), reached=reached)


def is_askable(native_id: str) -> bool:
    """Whether an id is the address of a post in the network."""
    return native_id.startswith("at://did:")


def still_public(native_ids: Sequence[str], access: Access) -> Mapping[str, bool]:
    """Whether each post is still public, asked without a key. Raises CollectError."""
    from collectors.bluesky import standing as bluesky_standing

    return bluesky_standing.still_public(native_ids, access)


def check_address(source: Source) -> None:
    """Raises BadInput for an address that is none of Bluesky."""
    read_address(source)


def read_address(source: Source) -> Wanted:
    """What the address of a source asks for. Raises BadInput."""
    where = source.where
    scheme, _, words = source.address.partition(":")
    if scheme == "search":
        if not words.strip():
            raise BadInput("a search for nothing", where=where, expected="search:words or #tag")
        return Wanted("search", words.strip())
    match = _ADDRESS.fullmatch(source.address.strip())
    if match is None:
        raise BadInput(
            "an address that is none of Bluesky",
            where=where,
            expected="search:words, at://account, or the address of a feed or list",
            hint="see docs/sources.md#bluesky",
        )
    kind = _KINDS[match["kind"] and match["kind"].lower()]
    if kind == "account" and source.voice == "personal":
        raise BadInput(
            "a person's account is no source",
            where=where,
            expected='voice = "institutional", "political" or "media"',
            hint="posts of people come by searches, feeds and lists",
        )
    return Wanted(kind, match["who"].lower(), match["key"] or "")


def _span(window: Window, cursor: Cursor | None) -> Window:
    """What of the window is still to be looked at."""
    state = dict(cursor.state) if cursor else {}
    try:
        reached = datetime.fromisoformat(state["reached"]).astimezone(UTC)
    except (KeyError, ValueError):
        return window
    if state.get("since") == window.since.isoformat():
        return Window(max(window.since, min(reached, window.until)), window.until)
    if reached == window.since:
        return Window(window.since - OVERLAP, window.until)
    return window


def _cursor(window: Window, reached: datetime | None) -> Cursor | None:
    if reached is None:
        return None
    return Cursor({"since": window.since.isoformat(), "reached": reached.isoformat()})
