"""Comments under YouTube's videos: of a channel, of one video, of what a search finds.

Needs a key of the Data API v3 (see `youtube_api`: units, refusals). A source is a channel
(`UC…`, `@name` or its address), a video's address, or a search
(`https://www.youtube.com/results?search_query=words`, with the options `region`, `language`).
A search costs 100 units and is made once a day; in between, the videos it found are read.

Threads come newest first by the comment on top. Replies have moments of their own: threads of
the last REPLIED days are looked at again, and those with more replies than the answer brings are
asked for all of them only when their number has grown. OVERLAP covers what the listing shows
late; comments that a channel approves later than that are not found. Where comments are switched
off there is nothing to read, and that is no error.
API: https://developers.google.com/youtube/v3/docs
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from collectors.collector import Access, Cursor, Page, Source, Window
from collectors.errors import Gone, Unmappable
from collectors.items import Reading
from collectors.newest_first import NewestFirst
from collectors.shapes import dig
from collectors.youtube.api import UNITS_A_DAY, Api, CommentsOff
from collectors.youtube.items import fields
from collectors.youtube.place import CHANNEL, VIDEO, Place, read_place

COLLECTOR = "youtube"
STILL_NEEDS = ("key",)
OVERLAP = timedelta(hours=1)
REPLIED = timedelta(days=7)  # how long a thread is looked at again for replies
FOUND = timedelta(days=30)  # how old a video may be that a search finds
AGAIN = timedelta(hours=23)  # when a search is made anew
MOST_VIDEOS = 100
MOST_THREADS = 1_000  # whose number of replies a cursor remembers
_A_PAGE = 100
_AT_ONCE = 50  # comments that one question may name


def collect(
    source: Source, window: Window, cursor: Cursor | None, access: Access
) -> Iterator[Page]:
    """The comments and replies published within the window, oldest first.

    Raises RateLimited (also when the day's units do not suffice), Unreachable (Transient),
    AccessRefused (the key), Gone (no such channel or video), WrongShape, BadInput.
    """
    where = source.where
    place = read_place(source, where)
    state = dict(cursor.state) if cursor else {}
    limit = int(source.options.get("units_a_day", UNITS_A_DAY))
    api = Api(access, where, f"{source.home}/{source.code}", limit, state)
    reading = Reading(ZoneInfo("UTC"), access.http.now())
    look = _Look(api, window, state, NewestFirst(reading, where))
    try:
        if place.words:
            _search(look, place, source.options, access.http.now())
            for video in look.videos:
                _threads(look, videoId=video)
        elif place.video:
            _threads(look, videoId=place.video, is_named=True)
        else:
            channel = place.channel or _channel_of(api, place.handle, where)
            look.channel = channel
            _threads(look, allThreadsRelatedToChannelId=channel, is_named=True)
    finally:
        api.tell()
    yield from look.found.pages(look.after())


def check_address(source: Source) -> None:
    """Raises BadInput for an address that is no channel, video or search."""
    read_place(source, f"source {source.code!r} of city {source.home}")


def still_public(native_ids: Sequence[str], access: Access) -> dict[str, bool]:
    """Whether each comment still stands: a unit for 50 of them. Raises CollectError."""
    api = Api(access, "rechecking YouTube", "rechecking", UNITS_A_DAY, {})
    told: dict[str, bool] = {}
    for i in range(0, len(native_ids), _AT_ONCE):
        told |= _standing(api, native_ids[i : i + _AT_ONCE])
    return told


def _standing(api: Api, native_ids: Sequence[str]) -> dict[str, bool]:
    try:
        items = api.ask("comments", part="id", id=",".join(native_ids))["items"]
    except Gone:  # one of them, YouTube does not say which
        middle = len(native_ids) // 2
        if not middle:
            return dict.fromkeys(native_ids, False)
        return _standing(api, native_ids[:middle]) | _standing(api, native_ids[middle:])
    there = {c.get("id") for c in items if isinstance(c, dict)}
    return {native: native in there for native in native_ids}


@dataclass
class _Look:
    """One look. counts: replies of threads that have more than an answer brings."""

    api: Api
    window: Window
    state: dict[str, str]
    found: NewestFirst
    channel: str = ""
    videos: list[str] = field(default_factory=list)
    searched: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        until = self.state.get("until")
        self.follows = until is not None and self.window.since >= datetime.fromisoformat(until)
        pairs = (p.rpartition("=") for p in self.state.get("replies", "").split())
        self.known = {t: int(n) for t, _, n in pairs} if self.follows else {}

    @property
    def since(self) -> datetime:
        """From when comments are taken."""
        return self.window.since - (OVERLAP if self.follows else timedelta())

    def take(self, comment: object, video: str | None, replies: object = None) -> None:
        """A comment, if it falls into the window."""
        self.found.fetched += 1
        try:
            given = fields(comment, video, replies)
        except Unmappable as error:
            self.found.reject(error)
            return
        created = self.found.created(given["created"])
        if created is None or self.since <= created < self.window.until:
            self.found.add(given)

    def after(self) -> Cursor:
        """Where to go on."""
        end, until = self.window.until, self.state.get("until")
        after = {**self.state, "day": self.api.day, "units": str(self.api.units)}
        if self.searched:
            after |= {"searched": self.searched, "videos": " ".join(self.videos)}
        if until is None or end >= datetime.fromisoformat(until):
            kept = list(self.counts.items())[:MOST_THREADS]
            after |= {"until": end.isoformat(), "replies": " ".join(f"{t}={n}" for t, n in kept)}
        return Cursor(after)


def _search(look: _Look, place: Place, options: Mapping[str, str], now: datetime) -> None:
    """The videos of a search: found anew, or as the cursor remembers them."""
    before = look.state.get("searched")
    look.videos = look.state.get("videos", "").split()
    if look.follows and before and now - datetime.fromisoformat(before) < AGAIN:
        return
    begin = (look.window.since - FOUND).astimezone(UTC)
    given = look.api.ask(
        "search", part="id", type="video", order="date", q=place.words, maxResults=_AT_ONCE,
        publishedAfter=begin.strftime("%Y-%m-%dT%H:%M:%SZ"),
        regionCode=options.get("region"), relevanceLanguage=options.get("language"),
    )  # fmt: skip
    ids = [dig(item, "id", "videoId") for item in given["items"]]
    fresh = [i for i in ids if isinstance(i, str) and VIDEO.fullmatch(i)]
    look.videos = list(dict.fromkeys([*fresh, *look.videos]))[:MOST_VIDEOS]
    look.searched = now.isoformat()


def _threads(look: _Look, *, is_named: bool = False, **which: str) -> None:
    """The threads of a video or channel; is_named: the source itself, which must exist."""
    token: str | None = None
    horizon = look.window.since - REPLIED
    while True:
        try:
            given = look.api.ask(
                "commentThreads", part="snippet,replies", order="time", textFormat="plainText",
                maxResults=_A_PAGE, pageToken=token, **which,
            )  # fmt: skip
        except CommentsOff:
            return
        except Gone:
            if is_named:
                raise
            return  # a video that went since it was found
        is_young = False
        for thread in given["items"]:
            is_young |= _thread(look, thread, horizon)
        token = given.get("nextPageToken")
        if not token or not is_young:
            return


def _thread(look: _Look, thread: object, horizon: datetime) -> bool:
    """A thread with its replies; whether older ones may still have new replies."""
    snippet = thread.get("snippet") if isinstance(thread, dict) else None
    top = snippet.get("topLevelComment") if isinstance(snippet, dict) else None
    if not isinstance(thread, dict) or not isinstance(snippet, dict) or not isinstance(top, dict):
        look.found.fetched += 1
        look.found.reject(Unmappable("no thread", column="text"))
        return True
    video, count = snippet.get("videoId"), snippet.get("totalReplyCount")
    count = count if isinstance(count, int) else 0
    created = look.found.created(dig(top, "snippet", "publishedAt"))
    look.take(top, video, count)
    given = dig(thread, "replies", "comments")
    here = given if isinstance(given, list) else []
    number = str(thread.get("id"))
    if count > len(here):
        if look.known.get(number) != count:
            here = _replies(look, number)
        look.counts[number] = count
    for reply in here:
        look.take(reply, video)
    return created is not None and created >= horizon


def _replies(look: _Look, thread: str) -> list[Any]:
    """All replies of a thread, a unit for 100."""
    found: list[Any] = []
    token: str | None = None
    while True:
        try:
            given = look.api.ask(
                "comments", part="snippet", parentId=thread, textFormat="plainText",
                maxResults=_A_PAGE, pageToken=token,
            )  # fmt: skip
        except Gone:  # removed since it was listed
            return found
        found += given["items"]
        token = given.get("nextPageToken")
        if not token:
            return found


def _channel_of(api: Api, handle: str, where: str) -> str:
    items = api.ask("channels", part="id", forHandle=handle)["items"]
    for item in items:
        if isinstance(item, dict) and CHANNEL.fullmatch(str(item.get("id"))):
            return str(item["id"])
    raise Gone("no channel of that name", where=where, hint="check the address")
