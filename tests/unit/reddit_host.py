"""A server that lists as Reddit does, and one visit of the collector to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from test_http_host import Ask, FakeTime, Host, running

from collectors.collector import Access, Cursor, Page, Source, Window
from collectors.http import Http, Limits
from collectors.reddit import collect
from store.schema import ITEM

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MONTH = Window(NOW - timedelta(days=30), NOW)
KEYS = {"client_id": "an-id", "client_secret": "a-secret"}
SITE = "https://www.reddit.com"
WIEN = f"{SITE}/r/wien"


def base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return (base36(number // 36) if number >= 36 else "") + digits[number % 36]


# Items as https://www.reddit.com/dev/api and praw's documentation of Submission and Comment show
# them; that praw's own models take them is tested below.
def post(number: int, at: datetime, **more: Any) -> dict[str, Any]:
    short = base36(number)
    return {"kind": "t3", "data": {
        "id": short, "name": f"t3_{short}", "subreddit": "wien", "subreddit_id": "t5_2qhkd",
        "author": "erfunden_1", "author_fullname": "t2_erf1", "title": f"Frage {number}",
        "selftext": "Wer kennt einen Kurs?", "selftext_html": None, "is_self": True,
        "created": at.timestamp(), "created_utc": at.timestamp(), "edited": False, "score": 7,
        "ups": 7, "downs": 0, "upvote_ratio": 0.9, "hide_score": False, "num_comments": 3,
        "permalink": f"/r/wien/comments/{short}/frage/", "url": f"{SITE}/r/wien/{short}/",
        "domain": "self.wien", "over_18": False, "stickied": False, "locked": False,
        "distinguished": None, "removed_by_category": None, "is_video": False, "media": None,
        **more,
    }}  # fmt: skip


def comment(number: int, at: datetime, **more: Any) -> dict[str, Any]:
    short = base36(number)
    return {"kind": "t1", "data": {
        "id": short, "name": f"t1_{short}", "subreddit": "wien", "subreddit_id": "t5_2qhkd",
        "author": "erfunden_2", "author_fullname": "t2_erf2", "body": f"Antwort {number}",
        "body_html": "", "created": at.timestamp(), "created_utc": at.timestamp(),
        "edited": False, "score": 2, "ups": 2, "downs": 0, "score_hidden": False,
        "link_id": "t3_zz", "parent_id": "t3_zz", "link_title": "Frage", "replies": "",
        "permalink": f"/r/wien/comments/zz/frage/{short}/", "stickied": False,
        "distinguished": None, "over_18": False, "controversiality": 0, **more,
    }}  # fmt: skip


def listing(children: list[dict[str, Any]], after: str | None = None) -> bytes:
    data = {"after": after, "before": None, "dist": len(children), "children": children}
    return json.dumps({"kind": "Listing", "data": {"modhash": "", **data}}).encode()


@dataclass
class Reddit:
    """A server that lists as Reddit does: newest first, `limit` at a time, `most` in all."""

    host: Host
    most: int = 1000
    listings: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    # path and parameters of every listing that was asked for
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        token = {"access_token": "t", "token_type": "bearer", "expires_in": 86400, "scope": "*"}
        self.host.ways["/api/v1/access_token"] = gives(json.dumps(token).encode())

    def lists(self, path: str, items: list[dict[str, Any]]) -> None:
        """items in the order of their ids; the newest is shown first."""
        self.listings[path] = sorted(
            items, key=lambda i: int(str(i["data"]["id"]), 36), reverse=True
        )
        self.host.ways[path] = self._answer

    def _answer(self, ask: Ask) -> None:
        path, _, query = ask.path.partition("?")
        given = dict(parse_qsl(query))
        self.asked.append((path, given))
        items = self.listings[path][: self.most]
        names = [i["data"]["name"] for i in items]
        start = names.index(given["after"]) + 1 if "after" in given else 0
        part = items[start : start + int(given.get("limit", 25))]
        is_end = start + len(part) >= len(items)
        after = None if is_end else part[-1]["data"]["name"]
        ask.give(200, listing(part, after), **self.headers)


def gives(body: bytes, status: int = 200, **headers: str) -> Callable[[Ask], None]:
    return lambda ask: ask.give(status, body, content_type="application/json", **headers)


@contextmanager
def serving() -> Iterator[Reddit]:
    """A server with an empty community."""
    with running() as host:
        found = Reddit(host)
        found.lists("/r/wien/new", [])
        found.lists("/r/wien/comments", [])
        yield found


def access(reddit: Reddit, keys: Mapping[str, str] = KEYS, **limits: float) -> Access:
    fake = FakeTime()
    chosen = {"total": 120, "read": 60, "interval": 0, "tries": 1, **limits}
    http = Http(
        limits=Limits(**chosen),  # type: ignore[arg-type]
        clock=fake.clock,
        sleep=fake.sleep,
        now=lambda: NOW,
    )
    return Access(http, keys, reddit.host.at(""))


def source(address: str = WIEN) -> Source:
    return Source("r-wien", "reddit", "wien", address, "personal", "Europe/Vienna", "de")


def visit(
    reddit: Reddit, cursor: Cursor | None = None, window: Window = MONTH, address: str = WIEN,
    **more: Any,
) -> list[Page]:  # fmt: skip
    pages = list(collect(source(address), window, cursor, access(reddit, **more)))
    assert all(p.items.schema == ITEM for p in pages)
    assert all(p.items.num_rows <= 500 for p in pages)
    return pages


def rows(pages: list[Page]) -> list[dict[str, Any]]:
    return [row for page in pages for row in page.items.to_pylist()]


def names(pages: list[Page]) -> list[str]:
    return [row["native_id"] for row in rows(pages)]


def last(pages: list[Page]) -> Cursor | None:
    return next((p.cursor for p in reversed(pages) if p.cursor is not None), None)


def posts(numbers: range, step: timedelta = HOUR) -> list[dict[str, Any]]:
    """The higher the number the newer; number 0 would stand at NOW."""
    return [post(n, NOW - step * (1000 - n)) for n in numbers]
