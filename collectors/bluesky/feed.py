"""The posts of an account, a feed or a list: listings that begin with the newest.

A listing is walked down to the beginning of the window and given back from there up, so that
pages come oldest first. Only the last few answers are held on the way down; what lies above
them is asked for again by its cursor. Of a feed, which may have an order of its own, the walk
ends at an answer that is older as a whole, and the look is remembered only when it is over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from collectors.bluesky.api import Api, checked, listed, onward
from collectors.bluesky.item import Gathered, reading, sorted_at
from collectors.collector import Access, Gap, Page, Source, Window
from collectors.errors import WrongShape
from collectors.shapes.bluesky import instant

if TYPE_CHECKING:
    from collectors.bluesky import Wanted

A_PAGE = 100
MOST_PAGES = 2_000  # answers of one look
_HELD = 5  # answers held on the way down
_FURTHER = 4  # answers in which the end of one is looked for on the way up

Entry = tuple[datetime | None, Any]  # when it was sorted in, the post (None: a repost)
Ask = Callable[[str | None], "Answer"]


@dataclass(frozen=True)
class Answer:
    """One answer of a listing: its entries, newest first, and the cursor of the next."""

    entries: list[Entry]
    onward: str | None


def collect(
    wanted: Wanted, source: Source, window: Window, access: Access
) -> Iterator[tuple[Page, datetime | None]]:
    """Pages of the window, each with the moment up to which it was collected."""
    signed_in = access.service is not None and bool(access.keys.get("password"))
    api = Api(access, signed_in=signed_in)
    ask = _listing(api, wanted, source)
    is_in_order = wanted.kind != "feed"
    yield from walk(ask, window, access.http.now(), is_in_order=is_in_order)


def walk(
    ask: Ask, window: Window, now: datetime, *, is_in_order: bool = True
) -> Iterator[tuple[Page, datetime | None]]:
    """The posts of the window from a listing that begins with the newest, oldest first."""
    tokens: list[str | None] = [None]
    ends: list[str | None] = []  # the name of the last post of each answer
    held: deque[Answer] = deque(maxlen=_HELD)
    oldest = window.until
    while True:
        answer = ask(tokens[-1])
        held.append(answer)
        ends.append(_last_name(answer))
        is_over = _is_before(answer, window.since, is_in_order)
        oldest = min([oldest, *(at for at, _ in answer.entries if at is not None)])
        if answer.onward is None or is_over or answer.onward in tokens:
            is_cut = not is_in_order and not is_over
            break
        if len(tokens) == MOST_PAGES:
            raise WrongShape(
                "the listing has no end",
                expected=f"at most {MOST_PAGES * A_PAGE:,} posts since {window.since:%Y-%m-%d}",
                hint="collect a shorter time first (--since)",
            )
        tokens.append(answer.onward)
    seen: set[str] = set()
    position, reached = 1, window.since
    while tokens:
        token, end = tokens.pop(), ends.pop()
        entries = held.pop().entries if held else _again(ask, token, end)
        gathered = Gathered(reading(now))
        gathered.fetched = len(entries)
        inside = [e for e in reversed(entries) if _is_inside(e, window, seen)]
        gathered.take((post for _, post in inside), position)
        position += len(entries)
        reached = max([reached, *(at for at, _ in inside if at is not None)])
        is_known = is_in_order or not tokens
        page = gathered.page()
        if not tokens and is_cut and oldest > window.since:
            # a feed's own server keeps its newest posts alone, and not for ever
            gap = Gap(window.since, min(oldest, window.until), "the feed does not go back further")
            page = replace(page, gaps=(gap,))
        yield page, (reached if tokens else window.until) if is_known else None


def _again(ask: Ask, token: str | None, end: str | None) -> list[Entry]:
    """The entries from a cursor to the post that ended its answer before."""
    entries: list[Entry] = []
    for _ in range(_FURTHER):
        answer = ask(token)
        entries += answer.entries
        if end in (None, *map(_name, answer.entries)) or answer.onward is None:
            break
        token = answer.onward
    return entries


def _name(entry: Entry) -> str | None:
    post = entry[1]
    name = post.get("uri") if isinstance(post, dict) else None
    return name if isinstance(name, str) else None


def _last_name(answer: Answer) -> str | None:
    return next((n for n in map(_name, reversed(answer.entries)) if n), None)


def _listing(api: Api, wanted: Wanted, source: Source) -> Ask:
    """The question for one answer of what is wanted."""
    from atproto_client.models.app.bsky.feed import get_author_feed, get_feed, get_list_feed

    method, params, given = {
        "account": ("getAuthorFeed", get_author_feed.Params, {"actor": wanted.what}),
        "feed": ("getFeed", get_feed.Params, {"feed": "app.bsky.feed.generator"}),
        "list": ("getListFeed", get_list_feed.Params, {"list": "app.bsky.graph.list"}),
    }[wanted.kind]
    if wanted.key:
        ((name, collection),) = given.items()
        given = {name: f"at://{_did(api, wanted.what)}/{collection}/{wanted.key}"}
    elif "filter" in source.options:
        given["filter"] = source.options["filter"]

    def ask(token: str | None) -> Answer:
        asked = checked(params, **given, limit=A_PAGE, cursor=token)
        found = api.ask(f"app.bsky.feed.{method}", asked)
        return Answer([_entry(e) for e in listed(found, "feed")], onward(found))

    return ask


def _did(api: Api, who: str) -> str:
    """The stable id of a handle; feeds and lists stand under it."""
    from atproto_client.models.com.atproto.identity.resolve_handle import Params

    if who.startswith("did:"):
        return who
    found = api.ask("com.atproto.identity.resolveHandle", checked(Params, handle=who)).get("did")
    if not isinstance(found, str):
        raise WrongShape("a handle without an id", expected="did")
    return found


def _entry(entry: object) -> Entry:
    if not isinstance(entry, dict):
        return None, entry
    post, reason = entry.get("post"), entry.get("reason")
    if isinstance(reason, dict):
        # a repost, with the moment of it; a pinned post stands where it belongs, too
        return instant(reason.get("indexedAt")), None
    return sorted_at(post), post


def _is_before(answer: Answer, since: datetime, is_in_order: bool) -> bool:
    times = [at for at, _ in answer.entries if at is not None]
    if not times:
        return False
    return (times[-1] if is_in_order else max(times)) < since


def _is_inside(entry: Entry, window: Window, seen: set[str]) -> bool:
    """Whether it is a post of the window that was not there before; one without date may be."""
    at, post = entry
    if post is None or (at is not None and not window.since <= at < window.until):
        return False
    name = _name(entry)
    is_new = name is None or name not in seen
    if name is not None:
        seen.add(name)
    return is_new
