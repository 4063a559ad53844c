"""Posts of a Discourse forum: all of it, a category, a tag, a topic or a search.

No key. Discourse has no Python library of its own; its pages ask plain JSON, and so do we, over
our one client, which obeys the forum's robots.txt (by default it closes searches and lists of
tags: then the look is refused and says so).

A whole forum is read upwards by post numbers, which follow arrival: `/posts.json?before=N` gives
at most 50 posts, so steps of 49 numbers lose none. Memory is one page, and each page carries its
cursor. Where a first look begins is found by halving. Categories, tags and searches list topics,
topics the numbers of their posts: those above the cursor are fetched, then turned. What arrives
during a look (numbers above the newest at its beginning) waits for the next, and so does all
above the first post that is dated after the window.
API: https://docs.discourse.org
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from collectors.collector import Access, Cursor, Gap, Page, Rejected, Source, Window
from collectors.discourse.forum import Forum, Json, read_forum, read_place, stream_posts
from collectors.discourse.items import fields
from collectors.errors import Gone, Unmappable
from collectors.items import Reading, Row, moment_or_none, page_items, settle
from collectors.newest_first import PAGE, NewestFirst
from collectors.still import is_askable, still

__all__ = ["COLLECTOR", "collect", "is_askable", "still_public"]

COLLECTOR = "discourse"
_STEP = 49


def collect(
    source: Source, window: Window, cursor: Cursor | None, access: Access
) -> Iterator[Page]:
    """The posts that are new since the cursor, oldest first.

    With a cursor whose look ended where the window begins, those with a higher number;
    otherwise those created within the window. Raises RateLimited, Unreachable (Transient),
    AccessRefused (robots.txt, members only), Gone, WrongShape, BadInput (the address).
    """
    forum = read_forum(source, access)
    look = _Look(forum, window, cursor, Reading(ZoneInfo("UTC"), access.http.now()))
    newest = forum.latest()
    look.ceiling = max((_number(p) for p in newest), default=0)
    yield from _topics(look) if forum.part else _whole(look, newest)


def check_address(source: Source) -> None:
    """Raises BadInput for an address that is no part of a forum."""
    read_place(source, f"source {source.code!r} of city {source.home}")


def still_public(native_ids: Sequence[str], access: Access) -> dict[str, bool]:
    """Whether each post still stands, by its own JSON.

    The page of a topic tells nothing of a reply that was deleted.
    """

    def ask(native: str) -> bool | None:
        base, _, number = native.rpartition("/p/")
        if not number.isdigit():
            return None
        post = access.http.get(f"{base}/posts/{number}.json", robots=True).json()
        if not isinstance(post, dict) or "cooked" not in post:
            return None
        return not (post.get("user_deleted") or post.get("deleted_at"))

    return still(native_ids, access, ask)


@dataclass
class _Look:
    """One look: what is asked for, and the numbers between which posts are new."""

    forum: Forum
    window: Window
    cursor: Cursor | None
    reading: Reading
    ceiling: int = 0
    state: Mapping[str, str] = field(init=False)
    known: int | None = field(init=False)
    is_cut: bool = False  # a search gave its newest results alone
    oldest: datetime = field(init=False)  # of its results

    def __post_init__(self) -> None:
        # known: the number up to which an earlier look saw everything; None: go by date
        self.state = self.cursor.state if self.cursor else {}
        self.oldest = self.window.until
        until = self.state.get("until")
        follows = until is not None and self.window.since >= datetime.fromisoformat(until)
        self.known = int(self.state["post"]) if follows else None

    def created(self, post: Json) -> datetime | None:
        """When a post was created; None where nobody can tell."""
        return moment_or_none(post.get("created_at"), self.reading)

    def is_before(self, post: Json) -> bool:
        """Whether a post is too old for this look."""
        created = self.created(post)
        return self.known is None and created is not None and created < self.window.since

    def is_after(self, post: Json) -> bool:
        """Whether a post belongs to a later look."""
        created = self.created(post)
        return created is not None and created >= self.window.until

    def row(self, post: Json, title: str | None = None) -> Row:
        """A mapped post. Raises Unmappable."""
        return settle(fields(post, self.forum.base, title), self.reading)

    def after(self, number: int, *, is_last: bool) -> Cursor | None:
        """The cursor after all posts up to a number."""
        until = self.state.get("until")
        end = self.window.until.isoformat()
        if until is None or self.known is not None:
            return Cursor({"post": str(number), "until": end if is_last else until or self._since})
        if is_last and self.window.until >= datetime.fromisoformat(until):
            return Cursor({"post": str(max(number, int(self.state["post"]))), "until": end})
        return self.cursor  # a look back: following goes on where it stood

    @property
    def _since(self) -> str:
        return self.window.since.isoformat()


def _whole(look: _Look, newest: list[Json]) -> Iterator[Page]:
    at = look.known
    if at is None:
        at = _begin(look, newest)
    rows: list[Row] = []
    rejected: list[Rejected] = []
    fetched, is_over = 0, False
    reached: datetime | None = None  # numbers follow arrival
    while at < look.ceiling and not is_over:
        end = min(at + _STEP, look.ceiling)
        posts = {_number(p): p for p in look.forum.latest(at + _STEP + 1)}
        for number in sorted(n for n in posts if at < n <= end):
            fetched += 1
            post = posts[number]
            if look.is_after(post):
                end, is_over = number - 1, True
                break
            if look.is_before(post):
                continue
            reached = look.created(post) or reached
            try:
                rows.append(look.row(post))
            except Unmappable as error:
                rejected.append(Rejected(fetched, error.column, error.what))
        at = max(at, end)
        if len(rows) > PAGE - _STEP:
            after = look.after(at, is_last=False)
            yield Page(page_items(rows), after, fetched, tuple(rejected), reached=reached)
            rows, rejected, fetched = [], [], 0
    yield Page(page_items(rows), look.after(at, is_last=True), fetched, tuple(rejected))


def _begin(look: _Look, newest: list[Json]) -> int:
    """A number below which every post is older than the window, found by halving."""
    low, high, posts, middle = 0, look.ceiling, newest, look.ceiling
    while True:
        young = [_number(p) for p in posts if not look.is_before(p)]
        old = [_number(p) for p in posts if look.is_before(p)]
        if young:
            high = min(high, min(young) - 1)
        elif not old:
            high = middle - 1  # a hole, or nothing public: the beginning may lie below it
        low = max([low, *(middle if not young else n for n in old)])
        if high - low <= _STEP:
            return min(low, max(high, 0))
        middle = (low + high) // 2
        posts = look.forum.latest(middle + 1)


def _topics(look: _Look) -> Iterator[Page]:
    forum = look.forum
    found = NewestFirst(look.reading, forum.where)
    end = max(look.ceiling, look.known or 0)
    for topic, numbers in _wanted(look):
        try:
            given, stream = forum.topic(topic)
        except Gone:  # removed since it was listed
            continue
        title, slug = given.get("title"), given.get("slug")
        for post in _new(look, topic, given, stream if numbers is None else numbers):
            found.fetched += 1
            if look.is_after(post):
                end = min(end, _number(post) - 1)
            elif not look.is_before(post):
                try:
                    found.add(fields({"topic_slug": slug, **post}, forum.base, title))
                except Unmappable as error:
                    found.reject(error)
    gaps: tuple[Gap, ...] = ()
    if look.is_cut and look.oldest > look.window.since:
        gaps = (Gap(look.window.since, look.oldest, "a search shows its newest results alone"),)
    yield from found.pages(look.after(end, is_last=True), gaps)


def _wanted(look: _Look) -> Iterator[tuple[int, list[int] | None]]:
    """Topics that may hold new posts, with the numbers of these where they are known."""
    forum = look.forum
    if forum.part == "t":
        yield int(forum.path), None
    elif forum.part == "search":
        by_topic: dict[int, list[int]] = {}
        for post in forum.results(look.window.since):
            if post is None:
                look.is_cut = True
                continue
            oldest = look.created(post)
            look.oldest = min(oldest or look.oldest, look.oldest)
            topic = post.get("topic_id")
            if isinstance(topic, int):
                by_topic.setdefault(topic, []).append(_number(post))
        yield from by_topic.items()
    else:
        listed: dict[int, None] = {}
        for topics in forum.topics():
            fresh = [t for t in topics if _is_fresh(t, look)]
            listed.update((int(t["id"]), None) for t in fresh if isinstance(t.get("id"), int))
            if not any(not (t.get("pinned") or t.get("pinned_globally")) for t in fresh):
                break
        yield from listed.items()


def _is_fresh(topic: Json, look: _Look) -> bool:
    moments = (look.created({"created_at": topic.get(n)}) for n in ("bumped_at", "last_posted_at"))
    return any(m is not None and m >= look.window.since for m in moments)


def _new(look: _Look, topic: int, given: Json, stream: list[int]) -> Iterator[Json]:
    """The posts of a topic that this look may take, the newest first."""
    known = look.known or 0
    wanted = sorted((n for n in stream if known < n <= look.ceiling), reverse=True)
    here = {_number(p): p for p in stream_posts(given, look.forum.where)}
    for i in range(0, len(wanted), 20):
        part = wanted[i : i + 20]
        missing = [n for n in part if n not in here]
        more = look.forum.posts(topic, missing) if missing else []
        posts = [here[n] for n in part if n in here] + more
        yield from posts
        if posts and all(look.is_before(p) for p in posts):
            return


def _number(post: Json) -> int:
    found = post.get("id")
    return found if isinstance(found, int) else 0
