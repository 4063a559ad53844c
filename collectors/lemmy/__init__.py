"""Posts and comments of a Lemmy community, by the API v3 of a server that knows it.

No key. There is no library of Lemmy's own for Python; its clients ask plain JSON over HTTP, and
so do we, over our one client, which also obeys the server's robots.txt. A source is
`!name@server` or `https://server/c/name`; a community of another server is asked there as
`https://server/c/name@other`.

Both listings begin with the newest by publication. What federation brings late stands further
down with a new local number, so a following look reads LATE further back than its window and
takes the numbers above the cursor's. An item that carries a date after the window waits for the
next look. Lemmy 1.0 keeps v3 beside v4 (v4: `published_at`, `items`, cursors everywhere);
PieFed has its own `/api/alpha`, like v3 but with `post.title`: not read here.
API: https://join-lemmy.org/api
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from base.errors import BadInput
from collectors.collector import Access, Cursor, Page, Source, Window, where_to_get
from collectors.errors import AccessRefused, CollectError, Gone, Unmappable, WrongShape
from collectors.http.address import read_address
from collectors.items import Reading
from collectors.lemmy.items import comment_fields, post_fields
from collectors.newest_first import NewestFirst
from collectors.still import is_askable, still

__all__ = ["COLLECTOR", "collect", "is_askable", "still_public"]

COLLECTOR = "lemmy"
LATE = timedelta(days=1)  # how late federation may bring an item
MOST_PAGES = 1_000
_A_PAGE = 50
_REFUSALS = (400, 401, 403, 404)
_ACTIVITY = {"accept": "application/activity+json"}


@dataclass(frozen=True)
class _Kind:
    """One of the two listings: where it is asked, what stands in it, how one item is mapped."""

    name: str
    fields: Callable[[Mapping[str, Any]], dict[str, Any]]


_KINDS = (_Kind("post", post_fields), _Kind("comment", comment_fields))


def collect(
    source: Source, window: Window, cursor: Cursor | None, access: Access
) -> Iterator[Page]:
    """What is new in the community, oldest first.

    With a cursor whose look ended where the window begins, whatever has a higher number than
    that look saw; otherwise what was published within the window. Raises RateLimited,
    Unreachable (Transient), AccessRefused (a closed server), Gone (no such community),
    WrongShape, BadInput (the source's address).
    """
    base, community = _address(source)
    ask = _Ask(source, access, access.service or base, community)
    state = dict(cursor.state) if cursor else {}
    follows = _follows(state, window)
    found = NewestFirst(Reading(ZoneInfo("UTC"), access.http.now()), ask.where)
    after = dict(state)
    for kind in _KINDS:
        known = int(state.get(kind.name, "0")) if follows else 0
        highest = _read(kind, ask, window, known, found)
        after[kind.name] = str(max(highest, int(state.get(kind.name, "0"))))
    if follows or not cursor or window.until >= datetime.fromisoformat(state["until"]):
        after["until"] = max(window.until.isoformat(), state.get("until", ""))
        yield from found.pages(Cursor(after))
    else:
        yield from found.pages(cursor)  # a look back: following goes on where it stood


def still_public(native_ids: Sequence[str], access: Access) -> dict[str, bool]:
    """Whether each item still stands, as its own server says to a fediverse server that asks.

    A deleted one is answered with a tombstone (410). A server that does not answer, or only
    those it trusts, tells nothing. https://www.w3.org/TR/activitypub/#delete-activity-outbox
    """

    def ask(native: str) -> bool:
        access.http.get(native, headers=_ACTIVITY, robots=True)
        return True

    return still(native_ids, access, ask)


def check_address(source: Source) -> None:
    """Raises BadInput for an address that is no community of Lemmy."""
    _address(source)


def _address(source: Source) -> tuple[str, str]:
    """The server to ask and the community as it calls it."""
    given = source.address.strip()
    name, at, server = given.removeprefix("!").partition("@")
    if given.startswith("!") and name and at and server and "/" not in given:
        return f"https://{server}", name
    if not given.startswith("!"):
        address = read_address(given)
        _, kind, name, *more = (*address.path.split("/"), "", "", "")
        if kind == "c" and name and not any(more):
            return str(address.copy_with(path="/", query=None)).rstrip("/"), name
    raise BadInput(
        "not a community of Lemmy",
        where=source.where,
        expected="!name@server or https://server/c/name",
    )


def _follows(state: Mapping[str, str], window: Window) -> bool:
    return "until" in state and window.since >= datetime.fromisoformat(state["until"])


@dataclass(frozen=True)
class _Ask:
    """How a listing is asked."""

    source: Source
    access: Access
    base: str
    community: str

    @property
    def where(self) -> str:
        return self.source.where

    def pages(self, kind: _Kind) -> Iterator[list[dict[str, Any]]]:
        """The pages of a listing, newest first. Raises CollectError."""
        turn: dict[str, str | int] = {"page": 1}
        for number in range(1, MOST_PAGES + 1):
            fixed = {"community_name": self.community, "sort": "New", "type_": "All"}
            given = self._one(f"/api/v3/{kind.name}/list", {**fixed, "limit": _A_PAGE, **turn})
            views = given.get(f"{kind.name}s")
            if not isinstance(views, list) or not all(isinstance(v, dict) for v in views):
                raise WrongShape(
                    f"no list of {kind.name}s", where=self.where, expected="Lemmy's API v3",
                    hint="PieFed and Lemmy's v4 are others; see docs/sources.md#lemmy",
                )  # fmt: skip
            yield views
            following = given.get("next_page")
            # a short page may be followed by others: the server filters after it counted
            if not views or (kind.name == "post" and "next_page" in given and not following):
                return
            turn = {"page_cursor": following} if following else {"page": number + 1}
        raise CollectError(
            f"more than {MOST_PAGES * _A_PAGE:,} {kind.name}s are newer than the time asked for",
            where=self.where,
            hint="so far back this server is not read; look at a later time",
        )

    def _one(self, path: str, params: Mapping[str, str | int]) -> dict[str, Any]:
        answer = self.access.http.get(self.base + path, params=params, robots=True, told=_REFUSALS)
        given = answer.json()
        if not isinstance(given, dict):
            raise WrongShape("not an answer of Lemmy", where=self.where)
        if answer.status in _REFUSALS:
            raise self._refusal(answer.status, given.get("error"))
        return given

    def _refusal(self, status: int, word: object) -> CollectError:
        # Lemmy's errors are codes (`couldnt_find_community`); anything else is not repeated
        code = word if isinstance(word, str) and word.isascii() and word.isidentifier() else ""
        said = f" ({code[:60]})" if code else f" ({status})"
        if status in (401, 403) or code == "instance_is_private":
            return AccessRefused(
                f"the server refuses{said}", where=self.where, hint=where_to_get(COLLECTOR)
            )
        if status == 404 or "couldnt_find" in code or "not_found" in code:
            return Gone(
                f"no such community{said}", where=self.where,
                hint="check the name; a server knows another's community once somebody reads it",
            )  # fmt: skip
        return WrongShape(f"the server cannot answer{said}", where=self.where)


def _read(kind: _Kind, ask: _Ask, window: Window, known: int, found: NewestFirst) -> int:
    """Take what is new of one listing; the number up to which everything is taken.

    known: the number up to which an earlier look took everything; 0, by date alone.
    """
    begin = window.since - LATE if known else window.since
    highest, held_back = known, 0
    for views in ask.pages(kind):
        goes_on = False
        for view in views:
            found.fetched += 1
            number, created, is_pinned = _standing(view, kind, found)
            if created is not None and created < begin:
                continue
            goes_on |= created is not None and not is_pinned
            if created is not None and created >= window.until:
                held_back = min(number, held_back or number) or held_back
            elif number > known or not number:
                _take(kind, view, found)
                highest = max(highest, number)
        if not goes_on:
            break
    return min(highest, held_back - 1) if held_back else highest


def _standing(
    view: Mapping[str, Any], kind: _Kind, found: NewestFirst
) -> tuple[int, datetime | None, bool]:
    """Local number, moment, and whether it is pinned above the newest."""
    part = view.get(kind.name)
    if not isinstance(part, dict):
        return 0, None, False
    number = part.get("id")
    is_pinned = bool(part.get("featured_community") or part.get("featured_local"))
    return number if isinstance(number, int) else 0, found.created(part.get("published")), is_pinned


def _take(kind: _Kind, view: Mapping[str, Any], found: NewestFirst) -> None:
    try:
        fields = kind.fields(view)
    except Unmappable as error:
        found.reject(error)
    else:
        found.add(fields)
