"""Pages of X, newest first as it gives them, made oldest first without holding everything.

A span of time is read down to its beginning, at most `most` pages. Where more would follow, what
was read stays aside as the newest part, and the time before it is read in slices as wide as that
part turned out to be: wider where little stands, narrower where much does. Each part that is set
aside lies in a narrower span than the one before, so few are held at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.collector import Rejected
from collectors.errors import Unmappable, WrongShape
from collectors.items import Row
from store.schema import ITEM

_EPOCH = 1_288_834_974_657  # ms since 1970 at which the ids of X begin to hold a time
_SECOND = timedelta(seconds=1)
_CREATED = ITEM.get_field_index("created")


@dataclass(frozen=True)
class Span:
    """Half-open time, UTC. after: only posts with a higher id. is_open: until now."""

    since: datetime
    until: datetime
    after: int = 0
    is_open: bool = False


@dataclass(frozen=True)
class Item:
    """One post of an answer: mapped, or rejected, or neither (a repost).

    id: 0 where it has none; then `created` is the beginning of the span.
    """

    id: int
    created: datetime
    row: Row | None = None
    fault: Rejected | None = None


@dataclass(frozen=True)
class Answer:
    """One page of a listing, newest first. media: key of a medium → the medium."""

    posts: Sequence[Any]
    media: Mapping[str, Any]
    token: str | None  # of the page that follows


@dataclass(frozen=True)
class Reader:
    """How one listing is read.

    ask: the span and the token of a page → the page. map: a post and the page's media → its row,
    None for a repost; raises Unmappable. most: pages read at once. takes_time: False where a
    listing cannot be asked for a span and is read from its top.
    """

    ask: Callable[[Span, str | None], Answer]
    map: Callable[[Mapping[str, Any], Mapping[str, Any]], Row | None]
    where: str
    most: int = 20
    takes_time: bool = True


def oldest_first(reader: Reader, span: Span) -> Iterator[list[Item]]:
    """The posts of the span in runs, each run and all together from old to new, none twice."""
    newest, cut = _down(reader, span)
    if cut is not None:
        width = span.until - cut
        start = whole(span.since)
        while start < cut:
            end = min(cut, start + max(_SECOND, width))
            count = 0
            for part in oldest_first(reader, replace(span, since=start, until=end, is_open=False)):
                count += len(part)
                yield part
            width = (end - start) * 2 if count < len(newest) // 2 else end - start
            start = end
    yield newest


def newest(reader: Reader, span: Span) -> tuple[list[Item], bool]:
    """The posts of the first page alone, old to new; whether there are no others."""
    answer = reader.ask(span, None)
    items = [
        _item(reader, post, answer.media, position, span.since)
        for position, post in enumerate(answer.posts, start=1)
    ]
    found = {i.id: i for i in items if i.id and span.since <= i.created < span.until}
    return _ordered(found, [i for i in items if not i.id]), answer.token is None


def moment_of(native_id: int) -> datetime:
    """When X gave out an id (since November 2010), UTC."""
    return datetime.fromtimestamp(((native_id >> 22) + _EPOCH) / 1000, UTC)


def whole(moment: datetime) -> datetime:
    """The second in which a moment lies: X is asked for whole seconds."""
    return moment.replace(microsecond=0)


def _down(reader: Reader, span: Span) -> tuple[list[Item], datetime | None]:
    """Posts of the newest pages, old to new; the moment before which more stand unread, if so."""
    found: dict[int, Item] = {}
    nameless: list[Item] = []
    token: str | None = None
    tokens: set[str] = set()
    oldest, position, pages = span.until, 0, 0
    while True:
        answer = reader.ask(span, token)
        pages += 1
        is_over = False
        for post in answer.posts:
            position += 1
            item = _item(reader, post, answer.media, position, span.since)
            if item.id == 0:
                nameless.append(item)
                continue
            oldest = min(oldest, item.created)
            is_over = item.id <= span.after or item.created < span.since
            if item.id > span.after and span.since <= item.created < span.until:
                found.setdefault(item.id, item)
        token = answer.token
        if token is None or (is_over and not reader.takes_time):
            return _ordered(found, nameless), None
        if token in tokens:
            raise WrongShape("the pages of X go round in a circle", where=reader.where)
        tokens.add(token)
        cut = whole(oldest) + _SECOND
        if pages >= reader.most and reader.takes_time and cut < span.until:
            # the second in which the last page ended is read again as a whole
            kept = {i: item for i, item in found.items() if item.created >= cut}
            return _ordered(kept, nameless), cut


def _item(
    reader: Reader,
    post: Any,
    media: Mapping[str, Any],
    position: int,
    since: datetime,
) -> Item:
    given = post.get("id") if isinstance(post, dict) else None
    if not isinstance(given, str) or not given.isdecimal() or not 0 < int(given) < 2**63:
        fault = Rejected(position, "native_id", "a post without an id")
        return Item(0, since, fault=fault)
    native_id = int(given)
    try:
        row = reader.map(post, media)
    except Unmappable as error:
        fault = Rejected(position, error.column, error.what)
        return Item(native_id, moment_of(native_id), fault=fault)
    created = row[_CREATED] if row is not None else None
    return Item(native_id, created or moment_of(native_id), row)


def _ordered(found: Mapping[int, Item], nameless: list[Item]) -> list[Item]:
    return nameless + [found[i] for i in sorted(found)]
