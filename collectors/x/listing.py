"""A search, a list or an account of X as pages: what tweepy is asked, and what it gave back.

`search:<query>`, `list:<id>`, `@handle`. Options of a source: archive = "full" searches all years
(else seven days), plan = "enterprise" allows longer queries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from base.errors import BadInput, unknown
from collectors.collector import Source
from collectors.errors import WrongShape
from collectors.items import Reading, Row, settle
from collectors.shapes import dig
from collectors.shapes.x import Repost, from_api
from collectors.x import query as x_query
from collectors.x.errors import check_answer
from collectors.x.pages import Answer, Reader, Span, moment_of, whole

RECENT = timedelta(days=7) - timedelta(minutes=1)  # how far back everybody may search
FIELDS = {
    "tweet_fields": "attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,"
    "lang,note_tweet,public_metrics,referenced_tweets,withheld",
    "expansions": "attachments.media_keys",
    "media_fields": "type",
}

_OPTIONS = {"archive": ("full",), "plan": ("enterprise",)}
_SHOWN = [f"{name} = {value}" for name, values in _OPTIONS.items() for value in values]
_HANDLE = re.compile(r"@(\w{1,15})", re.ASCII)
_LIST = re.compile(r"list:\s*(\d{1,19})", re.ASCII)
_SECOND = timedelta(seconds=1)

Call = Callable[..., Any]


@dataclass(frozen=True)
class Wanted:
    """kind: search, list or account; words: the query, the list's number, the handle."""

    kind: str
    words: str
    is_full: bool = False


@dataclass(frozen=True)
class Listing:
    """reach: how far back it can be asked. newest_alone: it ends after so many posts."""

    reader: Reader
    reach: timedelta | None = None
    newest_alone: bool = False


def reader(
    client: Any,
    source: Source,
    state: dict[str, str],
    reading: Reading,
    where: str,
    size: int | None = None,
) -> Listing:
    """The listing of a source's address.

    An account's id is looked up once and noted in the state. size: posts of a page, the most
    that X gives where it is None. Raises BadInput for an address of no kind or a query that is
    too long, and what asking raises.
    """
    wanted, now = read_wanted(source, where), reading.latest

    def made(call: Call, token: str, most: int = 20, takes_time: bool = True) -> Reader:
        def ask(span: Span, at: str | None) -> Answer:
            bounds = _bounds(span, now) if takes_time else {}
            given = call(**FIELDS, **bounds, **({token: at} if at else {}))
            return _answer(given, where)

        return Reader(ask, lambda p, media: map_post(p, media, reading), where, most, takes_time)

    if wanted.kind == "search":
        is_full = wanted.is_full
        search = client.search_all_tweets if is_full else client.search_recent_tweets
        most = size or (500 if is_full else 100)
        call = _with(search, wanted.words, max_results=most)
        found = made(call, "next_token", 4 if is_full else 20)
        return Listing(found, None if is_full else RECENT)
    if wanted.kind == "list":
        call = _with(client.get_list_tweets, wanted.words, max_results=size or 100)
        return Listing(made(call, "pagination_token", takes_time=False), newest_alone=True)
    if "user" not in state:
        state["user"] = _user(client, wanted.words, where)
    call = _with(
        client.get_users_tweets, state["user"], max_results=size or 100, exclude="retweets"
    )
    return Listing(made(call, "pagination_token"), newest_alone=True)


def read_wanted(source: Source, where: str) -> Wanted:
    """What a source's address and options ask for. Raises BadInput."""
    address = source.address.strip()
    for name, value in source.options.items():
        if value not in _OPTIONS.get(name, ()):
            raise unknown("option", f"{name} = {value}", _SHOWN, where=where)
    if address.startswith("search:"):
        is_full = source.options.get("archive") == "full"
        query = _query(address.removeprefix("search:"), source, is_full, where)
        return Wanted("search", query, is_full)
    if listed := _LIST.fullmatch(address):
        return Wanted("list", listed[1])
    if handle := _HANDLE.fullmatch(address):
        return Wanted("account", handle[1])
    raise BadInput(
        "no address of a source of X",
        where=where,
        expected="search:<query>, list:<number> or @handle",
        hint="docs/sources.md#x",
    )


def map_post(post: Mapping[str, Any], media: Mapping[str, Any], reading: Reading) -> Row | None:
    """The row of one post of the API v2; None for a repost. Raises Unmappable."""
    try:
        return settle(from_api(post, media), reading)
    except Repost:
        return None


def _with(call: Call, first: str, **fixed: Any) -> Call:
    return lambda **more: call(first, **fixed, **more)


def _query(given: str, source: Source, is_full: bool, where: str) -> str:
    query = x_query.own_words(given)
    longest = x_query.limit(full=is_full, enterprise=source.options.get("plan") == "enterprise")
    if not given.strip() or len(query) > longest:
        raise BadInput(
            "no query" if not given.strip() else f"a query of {len(query):,} characters",
            where=where,
            expected=f"1 to {longest:,} characters, with {x_query.NO_REPOSTS}",
            hint="make several sources of it; unite city searches packs names and words",
        )
    return query


def _bounds(span: Span, now: datetime) -> dict[str, Any]:
    """The span in X's words. An id may stand alone only, and is not older than a search reaches."""
    if span.is_open and span.after and moment_of(span.after) > now - RECENT:
        return {"since_id": str(span.after)}
    found: dict[str, Any] = {"start_time": whole(span.since)}
    if not span.is_open:
        is_whole = span.until == whole(span.until)
        found["end_time"] = span.until if is_whole else whole(span.until) + _SECOND
    return found


def _user(client: Any, handle: str, where: str) -> str:
    answer = check_answer(client.get_user(username=handle), where)
    found = dig(answer.get("data"), "id")
    if not isinstance(found, str) or not found.isdecimal():
        raise WrongShape("X answered in an unknown shape", where=where, expected="an account's id")
    return found


def _answer(given: Any, where: str) -> Answer:
    answer = check_answer(given, where)
    posts = answer.get("data", [])
    media = dig(answer.get("includes"), "media") or []
    token = dig(answer.get("meta"), "next_token")
    if not isinstance(posts, list) or not isinstance(media, list):
        raise WrongShape("X answered in an unknown shape", where=where, expected="a list of posts")
    by_key = {m["media_key"]: m for m in media if isinstance(dig(m, "media_key"), str)}
    return Answer(posts, by_key, token if isinstance(token, str) and token else None)
