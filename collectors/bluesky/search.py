"""Searches of Bluesky, asked for in spans of time so that posts come oldest first.

The network lists hits newest first and does not let one list go on for ever. So the window is
cut from above: the newest hits end where the next span does, down to one that can be held whole;
from there up each span is asked for again. Cuts are moments, which newer posts cannot shift.
A server that does not heed the dates of a question is walked down like a feed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from atproto_client.models.app.bsky.feed.search_posts import Params

from collectors.bluesky.api import Api, checked, listed, onward
from collectors.bluesky.feed import A_PAGE, Answer, walk
from collectors.bluesky.item import Gathered, reading, sorted_at
from collectors.collector import Access, Page, Source, Window
from collectors.errors import WrongShape

if TYPE_CHECKING:
    from collectors.bluesky import Wanted

MOST = 500  # hits held at once, and of a page
MOST_SPANS = 400
SHORTEST = timedelta(seconds=1)  # a span that is not cut further
_MOST_OF_A_SPAN = 10_000  # the network gives no more to one question

Ask = Callable[[str | None, Window], dict[str, Any]]


@dataclass(frozen=True)
class _Hits:
    """Hits of one span, newest first; `is_whole` when there are no more in it."""

    posts: list[Any]
    is_whole: bool


class _HeedsNoDates(Exception):
    """Hits stood outside of the time that was asked for."""


def collect(
    wanted: Wanted, source: Source, window: Window, access: Access
) -> Iterator[tuple[Page, datetime | None]]:
    """Pages of the window, each with the moment up to which it was collected."""
    api = Api(access, signed_in=True)
    given = {"q": wanted.what, "sort": "latest", "limit": A_PAGE}
    if "lang" in source.options:
        given["lang"] = source.options["lang"]

    def ask(token: str | None, span: Window) -> dict[str, Any]:
        dates = {"since": _stamp(span.since), "until": _stamp(span.until)}
        return api.ask("app.bsky.feed.searchPosts", checked(Params, **given, **dates, cursor=token))

    def listing(token: str | None) -> Answer:
        found = ask(token, window)
        return Answer([(sorted_at(p), p) for p in listed(found, "posts")], onward(found))

    try:
        ends, hits = _cut(ask, window)
    except _HeedsNoDates:
        yield from walk(listing, window, access.http.now())
        return
    begin, position = window.since, 1
    while ends:
        end = ends.pop()
        if begin > window.since:
            hits = _hits(ask, Window(begin, end), _MOST_OF_A_SPAN)
        # whatever the clock of its author says: the network found it in this span
        inside = [p for p in reversed(hits.posts) if (sorted_at(p) or begin) < window.until]
        for first in range(0, max(1, len(inside)), MOST):
            gathered = Gathered(reading(access.http.now()))
            gathered.take(inside[first : first + MOST], position + first)
            is_last = first + MOST >= len(inside)
            gathered.fetched = len(hits.posts) - first if is_last else MOST
            yield gathered.page(), end if is_last else begin
        position += len(hits.posts)
        begin = end


def _cut(ask: Ask, window: Window) -> tuple[list[datetime], _Hits]:
    """The ends of the spans, the first span's last; and its hits. Raises _HeedsNoDates."""
    begin, ends = window.since, [window.until]
    while True:
        hits = _hits(ask, Window(begin, ends[-1]), MOST)
        times = [at for at in map(sorted_at, hits.posts) if at is not None]
        if sum(not begin <= at < ends[-1] for at in times) > len(times) / 2:
            raise _HeedsNoDates
        if hits.is_whole:
            return ends, hits
        length = ends[-1] - begin
        if length <= SHORTEST:
            return ends, _hits(ask, Window(begin, ends[-1]), _MOST_OF_A_SPAN)
        if len(ends) == MOST_SPANS:
            raise WrongShape(
                "a search with too many hits",
                expected=f"at most {MOST_SPANS * MOST:,} posts since {begin:%Y-%m-%d}",
                hint="collect a shorter time first (--since), or search for more words",
            )
        oldest = min(times, default=begin)
        ends.append(oldest if begin < oldest < ends[-1] else begin + length / 2)


def _hits(ask: Ask, span: Window, most: int) -> _Hits:
    """The newest hits of a span, each once."""
    found: dict[str, Any] = {}
    token: str | None = None
    tokens: set[str | None] = set()
    while True:
        tokens.add(token)
        answer = ask(token, span)
        for number, post in enumerate(listed(answer, "posts")):
            name = post.get("uri") if isinstance(post, dict) else None
            found.setdefault(name if isinstance(name, str) else f"{len(found)}.{number}", post)
        token = onward(answer)
        is_whole = token is None or token in tokens
        if is_whole or len(found) >= most:
            return _Hits(list(found.values())[:most], is_whole and len(found) <= most)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
