"""X as a local server answers it, after the published schema of its API v2.

https://docs.x.com/x-api/posts/search/introduction: newest first, pages by `next_token`,
`start_time` inclusive, `end_time` exclusive, `since_id` exclusive; a search of the last days
refuses (400) times before them, and an end that is nearly now. Posts are invented; each one is
read once by tweepy's own model, which knows the schema too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import tweepy
from test_http_host import Ask, Host, running

from collectors import x
from collectors.collector import Access, Cursor, Page, Source, Window
from collectors.http import Http, Limits

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SEARCH, ARCHIVE = "/2/tweets/search/recent", "/2/tweets/search/all"
LIST, USER, ACCOUNT = "/2/lists/77/tweets", "/2/users/4711/tweets", "/2/users/by/username/stadtamt"
LOOKUP = "/2/tweets"
SOURCE = Source("x-wien", "x", "wien", "search:(Wien) (Asyl)", "personal", "Europe/Vienna")
ACCOUNT_SOURCE = replace(SOURCE, address="@stadtamt")
LIST_SOURCE = replace(SOURCE, address="list:77")


def snowflake(created: datetime, number: int = 0) -> str:
    """An id of X as it was given out at that moment."""
    return str(((int(created.timestamp() * 1000) - 1_288_834_974_657) << 22) + number)


def post(created: datetime, text: str = "Neue Kurse in Wien", number: int = 0, **more: Any) -> Any:
    """One post as the API gives it."""
    native_id = snowflake(created, number)
    found = {
        "id": native_id,
        "edit_history_tweet_ids": [native_id],
        "author_id": "900",
        "conversation_id": native_id,
        "created_at": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] + "Z",
        "lang": "de",
        "public_metrics": {"retweet_count": 2, "reply_count": 1, "like_count": 3,
                           "quote_count": 0, "bookmark_count": 0, "impression_count": 90},
        "text": text,
        **more,
    }  # fmt: skip
    tweepy.Tweet(found)
    return found


def posts(count: int, end: datetime = NOW - HOUR, step: timedelta = HOUR) -> list[Any]:
    """Posts, the newest first, one each step back from the end."""
    return [post(end - step * n, f"Beitrag {n} über Kurse in Wien", n) for n in range(count)]


@dataclass
class Service:
    """What stands at X, and what was asked. `size`: the most posts of a page."""

    host: Host
    posts: list[Any] = field(default_factory=list)
    size: int = 1_000
    media: list[Any] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    now: datetime = NOW

    def __post_init__(self) -> None:
        for path in (SEARCH, ARCHIVE, LIST, USER):
            self.host.ways[path] = self._listing
        self.host.ways[ACCOUNT] = gives({"data": {"id": "4711", "name": "n", "username": "u"}})

    def _listing(self, ask: Ask) -> None:
        path, query = urlsplit(ask.path).path, urlsplit(ask.path).query
        asked = {k: v[0] for k, v in parse_qs(query).items()}
        self.asked.append(asked)
        wrong = None if path == LIST else self._wrong(asked, path == SEARCH)
        if wrong:
            problem = {
                "errors": [{"parameters": {wrong: [asked[wrong]]}, "message": "invalid"}],
                "title": "Invalid Request",
                "detail": "One or more parameters to your request was invalid.",
                "type": "https://api.twitter.com/2/problems/invalid-request",
            }
            gives(problem, 400)(ask)
            return
        found = [p for p in self.posts if _lies(p, asked)]
        begin = int(asked.get("next_token") or asked.get("pagination_token") or 0)
        end = begin + min(self.size, int(asked["max_results"]))
        page: dict[str, Any] = {"meta": {"result_count": len(found[begin:end])}}
        if found[begin:end]:
            page["data"] = found[begin:end]
            page["includes"] = {"media": self.media}
        if end < len(found):
            page["meta"]["next_token"] = str(end)
        gives(page)(ask)

    def _wrong(self, asked: dict[str, str], is_recent: bool) -> str | None:
        earliest = self.now - timedelta(days=7)
        for name in ("start_time", "since_id") if is_recent else ():
            if name in asked and _moment(asked[name]) < earliest:
                return name
        if "end_time" in asked and _moment(asked["end_time"]) > self.now - timedelta(seconds=10):
            return "end_time"
        return None


def _moment(given: str) -> datetime:
    if given.isdigit():
        return datetime.fromtimestamp(((int(given) >> 22) + 1_288_834_974_657) / 1000, UTC)
    return datetime.fromisoformat(given)


def _lies(given: Any, asked: dict[str, str]) -> bool:
    created = datetime.fromisoformat(given["created_at"])
    since, until = asked.get("start_time"), asked.get("end_time")
    return (
        int(given["id"]) > int(asked.get("since_id", 0))
        and (since is None or created >= _moment(since))
        and (until is None or created < _moment(until))
    )


def gives(body: Any, status: int = 200, **headers: str) -> Any:
    """A behaviour of the server: JSON, or bytes as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "application/json; charset=utf-8"
    return lambda ask: ask.give(status, raw, content_type=kind, **headers)


@contextmanager
def service(*found: Any) -> Iterator[Service]:
    with running() as host:
        yield Service(host, sorted(found, key=lambda p: -int(p["id"])))


def access(host: Host, now: datetime = NOW, token: str = "a-token", patience: float = 60) -> Access:
    limits = Limits(read=patience, total=2 * patience, tries=1, interval=0, longest_wait=5)
    return Access(Http(limits=limits, now=lambda: now), {"bearer_token": token}, host.at(""))


def window(days: float = 5, end: datetime = NOW) -> Window:
    return Window(end - timedelta(days=days), end)


def collect(
    at: Service, source: Source = SOURCE, span: Window | None = None, cursor: Cursor | None = None
) -> list[Page]:
    return list(x.collect(source, span or window(), cursor, access(at.host, at.now)))


def ids(pages: Iterable[Page]) -> list[str]:
    return [i for page in pages for i in page.items["native_id"].to_pylist()]


def texts(pages: Iterable[Page]) -> list[str]:
    return [i for page in pages for i in page.items["text"].to_pylist()]
