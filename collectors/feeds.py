"""Articles of RSS and Atom feeds: newspapers, town halls, associations, blogs.

One answer is one page, oldest first. The cursor holds ETag and Last-Modified, and digests of
the entries that stood in the feed, so that an unchanged feed costs nothing and an edited entry
comes again. An entry's native id is its guid when that is an address; any other guid gets the
feed's host before it, for two feeds may both count from 1. A feed that ends in the middle is
not taken at all: the next run reads it whole. An unreadable date becomes null (the entry is
as new as the feed); one in the future goes to quarantine, as does an entry without words.

A feed of a site that reserves text and data mining is refused, and an entry that reserves it is
dropped (`collectors/http/reserved.py`).

Formats: https://www.rssboard.org/rss-specification, RFC 4287, RFC 1123 dates and worse.
"""

from __future__ import annotations

import calendar
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from base.time import zone
from collectors.collector import Access, Cursor, Gap, Page, Rejected, Source, Window
from collectors.errors import Unmappable, Unreachable, WrongShape
from collectors.html_text import Plain, bounded, plain
from collectors.http import Answer
from collectors.http.address import read_address
from collectors.http.reserved import is_reserved_by, reserved
from collectors.items import Reading, Row, moment, page_items, settle
from store.schema import ITEM

COLLECTOR = "feeds"
MOST_BYTES = 10_000_000
MOST_SEEN = 3_000  # digests a cursor remembers; a feed lists fewer entries

_CREATED = ITEM.get_field_index("created")
_TEXT = ITEM.get_field_index("text")
_NATIVE_ID = ITEM.get_field_index("native_id")
_ROOT_ENDS = re.compile(rb"</\s*(?:[\w-]+:)?(?:rss|feed|rdf)\s*>|<(?:rss|feed)\b[^>]*/>", re.I)
_HAS_ZONE = re.compile(r"(?:[+-]\d\d:?\d\d|\b[A-Z]{1,4})\s*$")


def collect(
    source: Source, window: Window, cursor: Cursor | None, access: Access
) -> Iterator[Page]:
    """The entries that are new since the cursor, one page, oldest first.

    Without a cursor, entries before the window are left out, until a look asks for their time;
    with one, whatever the feed did not show before is new. Entries after the window wait for the
    next. What of the window lies before the oldest entry is a gap, unless the look goes on where
    one ended that saw an entry which still stands there. Raises RateLimited, Unreachable
    (Transient: also for an answer cut short), AccessRefused (also where the site reserves mining),
    Gone, WrongShape.
    """
    state = dict(cursor.state) if cursor else {}
    left = dict.fromkeys(state.get("left", "").split())  # of entries that were too old so far
    looked = _moment(state, "until")
    goes_back = bool(left) and looked is not None and window.since < looked
    answer = access.http.get(
        source.address,
        etag=None if goes_back else state.get("etag"),  # what was left out once is wanted now
        modified=None if goes_back else state.get("modified"),
        robots=True,
        mining=True,
        most_bytes=MOST_BYTES,
    )
    if answer.is_unchanged:
        oldest = _moment(state, "oldest")
        yield Page(page_items([]), cursor, 0, gaps=_gaps(window, state, oldest, goes_on=True))
        return
    feed = parse(answer, source.where)
    is_bound = not access.http.is_research
    if is_bound and is_reserved_by(feed.feed):
        raise reserved(urlsplit(source.address).netloc, "the feed's own metadata")
    reading = Reading(
        zone(source.time_zone), access.http.now(), fallback=COLLECTOR, home_platform=source.platform
    )
    before = frozenset(state.get("seen", "").split())
    rows: list[Row] = []
    rejected: list[Rejected] = []
    seen: list[str] = []
    are_held_back = False
    dropped = 0
    ambiguous = _shared_guids(feed.entries)
    for position, entry in enumerate(feed.entries, start=1):
        if is_bound and is_reserved_by(entry):
            dropped += 1
            continue
        try:
            row = settle(map_entry(entry, feed, source, reading, ambiguous), reading)
        except Unmappable as error:
            rejected.append(Rejected(position, error.column, error.what))
            continue
        created = row[_CREATED]
        if created is not None and created >= window.until:
            are_held_back = True
            continue
        digest = _digest(row)
        is_in_time = created is None or created >= window.since
        is_new = digest not in seen and (
            is_in_time if cursor is None or digest in left else digest not in before
        )
        seen.append(digest)
        if is_new:
            rows.append(row)
            left.pop(digest, None)
        elif cursor is None and not is_in_time:
            left[digest] = None
    # feeds list the newest first; entries without a date keep the feed's order, at the end
    rows.reverse()
    rows.sort(key=lambda r: (r[_CREATED] is None, r[_CREATED] or window.until))
    after = _cursor(answer, seen, state.get("seen", "").split(), are_held_back)
    dates = [_standing(entry, reading) for entry in feed.entries]
    oldest = min((d for d in dates if d is not None), default=None)
    ends = {"oldest": oldest, "until": max(window.until, _moment(state, "until") or window.until)}
    kept = {name: at.isoformat() for name, at in ends.items() if at is not None}
    if left:
        kept["left"] = " ".join(list(left)[:MOST_SEEN])
    gaps = _gaps(window, state, oldest, goes_on=not before.isdisjoint(seen))
    after = Cursor({**after.state, **kept})
    yield Page(page_items(rows), after, len(feed.entries), tuple(rejected), dropped, gaps)


def _gaps(
    window: Window, state: Mapping[str, str], oldest: datetime | None, *, goes_on: bool
) -> tuple[Gap, ...]:
    """What of the window a feed no longer shows.

    oldest: of its entries; None where none has a date. goes_on: whether it shows an entry of the
    look before, so that none is missing in between.
    """
    until = _moment(state, "until")
    is_joined = goes_on and (until is None or window.since >= until)
    if is_joined or oldest is None or oldest <= window.since:
        return ()
    return (Gap(window.since, min(oldest, window.until), "a feed shows its newest entries alone"),)


def _moment(state: Mapping[str, str], name: str) -> datetime | None:
    return datetime.fromisoformat(state[name]) if name in state else None


def _standing(entry: Any, reading: Reading) -> datetime | None:
    """When an entry was published; None where nobody can tell."""
    try:
        return _created(dict.get(entry, "published") or dict.get(entry, "updated"), entry, reading)
    except Unmappable:
        return None


def check_address(source: Source) -> None:
    """Raises BadInput for an address that no feed can have."""
    read_address(source.address)


def parse(answer: Answer, where: str) -> Any:
    """The parsed feed. Raises Unreachable for one cut short, WrongShape for another thing."""
    start = answer.body[:2000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").lower()
    is_page = start.startswith((b"<!doctype html", b"<html"))
    # bytes in a file object: a string could be taken for an address or a file and opened
    headers = {"content-type": answer.headers.get("content-type", "")}
    try:
        feed = feedparser.parse(
            io.BytesIO(answer.body),
            response_headers={**headers, "content-location": answer.address},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # the loose parser of broken markup fails in ways of its own
        raise WrongShape("not a feed that can be parsed", where=where) from error
    if is_page or not feed.get("version"):
        raise WrongShape(
            "a web page where a feed should be" if is_page else "not a feed",
            where=where,
            expected="RSS or Atom",
            hint="look for the feed's own address in the page's source (rel=alternate)",
        )
    if not _ROOT_ENDS.search(answer.body[-4000:].replace(b"\0", b"")):
        raise Unreachable("the feed ends in the middle; nothing of it was taken", where=where)
    return feed


def map_entry(
    entry: Any, feed: Any, source: Source, reading: Reading, ambiguous: frozenset[str]
) -> dict[str, Any]:
    """The fields of one entry under the names of ITEM. Raises Unmappable."""
    body = _words(_body(entry))
    title = _words(entry.get("title_detail"))
    link = _link(entry, source.address)
    # past FeedParserDict, which answers with one date where another was asked for
    given = dict.get(entry, "published") or dict.get(entry, "updated")
    return {
        "native_id": _native_id(entry.get("id"), link, source.address, ambiguous),
        "address": link,
        "author": entry.get("author"),
        "created": _created(given, entry, reading),
        "date_given": given,
        "kind": "article",
        "title": title.text if title.text != body.text else "",
        "text": body.text,
        "replies": entry.get("slash_comments") or entry.get("thr_total"),
        "image": body.image or _has_media(entry, "image") or None,
        "video": body.video or _has_media(entry, "video") or None,
        "lang": (entry.get("title_detail") or {}).get("language") or feed.feed.get("language"),
    }


def _body(entry: Any) -> Any:
    # the full text where there is one, else the summary; the longer when there are several
    parts = [c for c in entry.get("content", ()) if c.get("value")]
    if entry.get("summary"):
        parts.append(entry.get("summary_detail") or {"value": entry["summary"]})
    return max(parts, key=lambda c: len(c.get("value") or ""), default=None)


def _words(detail: Any) -> Plain:
    value = bounded((detail or {}).get("value") or "")
    is_plain = (detail or {}).get("type") == "text/plain"
    return Plain(value.strip()) if is_plain else plain(value)


def _link(entry: Any, base: str) -> str | None:
    link = entry.get("link")
    if not link:
        return None
    try:
        return str(urljoin(base, link.strip()))
    except ValueError:
        return None


def _native_id(
    guid: str | None, link: str | None, address: str, ambiguous: frozenset[str]
) -> str | None:
    if not guid or guid in ambiguous:
        return link
    if "://" in guid or guid.startswith(("urn:", "tag:")):
        return guid
    return f"{urlsplit(address).netloc}/{guid}"


def _shared_guids(entries: list[Any]) -> frozenset[str]:
    """Guids that entries with different links share: they tell nothing apart."""
    links: dict[str, set[str]] = {}
    for entry in entries:
        if entry.get("id"):
            links.setdefault(entry["id"], set()).add(entry.get("link") or "")
    return frozenset(guid for guid, found in links.items() if len(found) > 1)


def _created(given: str | None, entry: Any, reading: Reading) -> datetime | None:
    if not given:
        return None
    try:
        return moment(given, reading)
    except Unmappable as error:
        # feedparser reads Asian, Greek and Hungarian dates too; without a zone they are local
        parsed = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
        if parsed is None:
            if "range" in error.what:
                raise
            return None
        found = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
        if not _HAS_ZONE.search(given):
            found = found.replace(tzinfo=reading.local)
        return moment(found, reading)


def _has_media(entry: Any, kind: str) -> bool:
    parts = [*entry.get("enclosures", ()), *entry.get("media_content", ())]
    if any((p.get("type") or "").startswith(kind) or p.get("medium") == kind for p in parts):
        return True
    return kind == "image" and bool(entry.get("media_thumbnail"))


def _digest(row: Row) -> str:
    joined = f"{row[_NATIVE_ID] or row[_CREATED]}\0{row[_TEXT]}"
    return hashlib.blake2b(joined.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _cursor(answer: Answer, seen: list[str], before: list[str], are_held_back: bool) -> Cursor:
    kept = list(dict.fromkeys([*seen, *before]))[:MOST_SEEN]
    state = {"seen": " ".join(kept)}
    # with entries left for the next window, that one must get the feed again
    if not are_held_back:
        for name, header in (("etag", "etag"), ("modified", "last-modified")):
            if answer.headers.get(header):
                state[name] = answer.headers[header]
    return Cursor(state)
