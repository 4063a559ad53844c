"""Submissions and comments of Reddit's communities, and submissions that a search there finds.

A community has two listings, new submissions and new comments; a search has one. The cursor
holds, for each, the full name of the newest seen. Each listing is read from its newest down
(`collectors/reddit/listing.py`) and given oldest first. What a moderator lets in later than the
look that passed its place is not seen.

Sources: `https://www.reddit.com/r/<name>` and `https://www.reddit.com/r/<name>/search?q=…`; not
a person's page, not a search by author.
API: https://www.reddit.com/dev/api (GET /r/…/new, /r/…/comments, /r/…/search, /api/info).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

from base.errors import BadInput
from base.time import zone
from collectors.collector import Access, Cursor, Page, Source, Window
from collectors.items import Reading, page_items
from collectors.reddit.access import PLATFORM, Api
from collectors.reddit.listing import AT_ONCE, Listing, read_down
from collectors.shapes.reddit import is_gone

COLLECTOR = PLATFORM
PAGE_ROWS = 500
STILL_NEEDS = ("client_id", "client_secret")

_HOSTS = ("www.reddit.com", "reddit.com", "old.reddit.com", "new.reddit.com")
# u_…: the page of a person, which Reddit keeps as a community
_PATH = re.compile(r"/r/(?!u_)([a-z0-9]\w{1,20})(/search)?/?", re.ASCII | re.IGNORECASE)
_BY_AUTHOR = re.compile(r"\bauthor\w*:", re.IGNORECASE)
_FULL_NAME = re.compile(r"t[13]_[0-9a-z]{1,13}", re.ASCII)


def collect(
    source: Source, window: Window, cursor: Cursor | None, access: Access
) -> Iterator[Page]:
    """What is new since the cursor, and what the window asks for; listing by listing.

    Raises RateLimited, Unreachable (Transient), AccessRefused (the key; a community that is
    private, quarantined or closed to the app), Gone (banned or unknown), WrongShape, and BadInput
    for an address that is no source.
    """
    listings = _listings(source)
    api = Api(access, source.where)
    reading = Reading(
        zone(source.time_zone), access.http.now(), fallback=COLLECTOR, home_platform=source.platform
    )
    state = dict(cursor.state) if cursor else {}
    position = 0
    for listing in listings:
        found = read_down(api, listing, window, state.get(listing.name), reading, position)
        position = found.position
        last = max(0, len(found.rows) - 1) // PAGE_ROWS * PAGE_ROWS
        for start in range(0, last, PAGE_ROWS):
            rows = found.rows[start : start + PAGE_ROWS]
            yield Page(page_items(rows), None, 0)  # the cursor moves when all was given
        if found.newest is not None:
            state[listing.name] = found.newest
        yield Page(
            page_items(found.rows[last:]),
            Cursor(dict(state)),
            found.fetched,
            tuple(found.rejected),
            gaps=() if found.gap is None else (found.gap,),
        )


def is_askable(native_id: str) -> bool:
    """Whether an id is the full name of a submission or comment."""
    return _FULL_NAME.fullmatch(native_id) is not None


def still_public(native_ids: Sequence[str], access: Access) -> dict[str, bool]:
    """Whether each submission or comment still has its words.

    What Reddit leaves out of its answer is not known. Raises CollectError, as `collect` does.
    """
    names = [n for n in native_ids if is_askable(n)]
    if not names:
        return {}
    api = Api(access, COLLECTOR)
    told: dict[str, bool] = {}
    for start in range(0, len(names), AT_ONCE):
        asked = names[start : start + AT_ONCE]
        for child in api.listing("api/info", {"id": ",".join(asked)})[0]:
            data = child.get("data") if isinstance(child, dict) else None
            if isinstance(data, dict) and data.get("name") in asked:
                told[data["name"]] = not is_gone(data)
    return told


def check_address(source: Source) -> None:
    """Raises BadInput for an address that is no community or search of Reddit."""
    _listings(source)


def _listings(source: Source) -> tuple[Listing, ...]:
    """The listings of an address. Raises BadInput."""
    address = urlsplit(source.address)
    found = _PATH.fullmatch(address.path)
    query = parse_qs(address.query).get("q", [""])[0].strip()
    is_search = found is not None and found[2] is not None
    if found is None or address.hostname not in _HOSTS or is_search is not bool(query):
        raise BadInput(
            "not the address of a community or of a search in one",
            where=source.where,
            expected="https://www.reddit.com/r/<name> or https://www.reddit.com/r/<name>/search?q=…",
        )
    if _BY_AUTHOR.search(query):
        raise BadInput("a search by author", where=source.where, expected="words of a topic")
    base = f"r/{found[1]}"
    if is_search:
        params = {"q": query, "sort": "new", "restrict_sr": "on", "type": "link"}
        return (Listing("search", "t3", f"{base}/search", "submissions of a search", params),)
    return (
        Listing("posts", "t3", f"{base}/new", "submissions of a community"),
        Listing("comments", "t1", f"{base}/comments", "comments of a community"),
    )
