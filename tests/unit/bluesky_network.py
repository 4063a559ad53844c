"""A Bluesky network of invented posts on a local host.

Built from the published lexicons (app.bsky.feed.*, com.atproto.server.createSession), as nobody
records answers that hold real posts; tests validate its answers with the client's own models.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from test_http_host import Ask, Host

TOWN = "did:plc:stadterfunden000000000000"
SOMEBODY = "did:plc:jemanderfunden0000000000"
CID = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a"


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def post(
    number: int, at: datetime, text: str = "", *, did: str = SOMEBODY, seen: datetime | None = None,
    **record: Any,
) -> dict[str, Any]:  # fmt: skip
    """The app's view of one post (app.bsky.feed.defs#postView)."""
    return {
        "uri": f"at://{did}/app.bsky.feed.post/3k{number:06d}",
        "cid": CID,
        "author": {"did": did, "handle": "erfunden.example", "labels": []},
        "record": {
            "$type": "app.bsky.feed.post",
            "text": text or f"Wohnungen in Wien, Beitrag {number}",
            "createdAt": stamp(at),
            "langs": ["de"],
            **record,
        },
        "replyCount": 1, "repostCount": 2, "likeCount": number % 7, "quoteCount": 0,
        "indexedAt": stamp(seen or at + timedelta(seconds=2)),
    }  # fmt: skip


def sort_at(view: dict[str, Any]) -> str:
    """How the network sorts: createdAt, or indexedAt where that is earlier."""
    found: str = min(view["record"]["createdAt"], view["indexedAt"])
    return found


@dataclass
class Network:
    """Answers of the API over `posts`; `reposts` are entries of the account's feed."""

    host: Host
    posts: list[dict[str, Any]] = field(default_factory=list)
    reposts: list[dict[str, Any]] = field(default_factory=list)
    page: int = 100
    heeds_dates: bool = True
    tokens: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None  # called with each method, ahead of its answer

    def __post_init__(self) -> None:
        for method, answer in {
            "com.atproto.server.createSession": self._session,
            "com.atproto.identity.resolveHandle": self._resolve,
            "app.bsky.feed.searchPosts": self._search,
            "app.bsky.feed.getAuthorFeed": self._account,
            "app.bsky.feed.getFeed": self._feed,
            "app.bsky.feed.getListFeed": self._feed,
            "app.bsky.feed.getPosts": self._posts,
        }.items():
            self.host.ways[f"/xrpc/{method}"] = self._answering(method, answer)

    def _answering(self, method: str, answer: Callable[[Ask, dict[str, str]], Any]) -> Any:
        def answered(ask: Ask) -> None:
            self.before(method)
            query = {k: v[0] for k, v in parse_qs(urlsplit(ask.path).query).items()}
            found = answer(ask, query)
            if found is not None:
                give(ask, found)

        return answered

    def asked(self, method: str) -> int:
        return sum(path.partition("?")[0].endswith(method) for path in self.host.paths())

    def _session(self, _: Ask, __: dict[str, str]) -> dict[str, Any]:
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        return {"accessJwt": self.tokens[-1], "refreshJwt": "r", "did": SOMEBODY,
                "handle": "konto.example"}  # fmt: skip

    def _resolve(self, _: Ask, __: dict[str, str]) -> dict[str, Any]:
        return {"did": TOWN}

    def _search(self, ask: Ask, query: dict[str, str]) -> dict[str, Any] | None:
        if not self.tokens or ask.headers.get("authorization") != f"Bearer {self.tokens[-1]}":
            refuse(
                ask, 400 if self.tokens else 401, "ExpiredToken" if self.tokens else "AuthMissing"
            )
            return None
        since, until = query.get("since", ""), query.get("until", "z")
        found = [
            p for p in self._newest_first()
            if all(w.casefold() in str(p).casefold() for w in query["q"].split())
            and (not self.heeds_dates or since <= sort_at(p) < until)
        ]  # fmt: skip
        start = int(query.get("cursor", 0))
        return self._slice("posts", found, start)

    def _account(self, _: Ask, query: dict[str, str]) -> dict[str, Any]:
        entries = [{"post": p} for p in self.posts if p["author"]["did"] == TOWN] + self.reposts
        entries.sort(key=_entry_key, reverse=True)
        start = query.get("cursor")
        rest = [e for e in entries if start is None or _entry_key(e) < start]
        found = rest[: self.page]
        more = {"cursor": _entry_key(found[-1])} if len(rest) > len(found) else {}
        return {"feed": found, **more}

    def _feed(self, _: Ask, query: dict[str, str]) -> dict[str, Any]:
        entries = [{"post": p} for p in self._newest_first()]
        return self._slice("feed", entries, int(query.get("cursor", 0)))

    def _posts(self, ask: Ask, _: dict[str, str]) -> dict[str, Any]:
        wanted = parse_qs(urlsplit(ask.path).query)["uris"]
        assert len(wanted) <= 25
        return {"posts": [p for p in self.posts if p["uri"] in wanted]}

    def _newest_first(self) -> list[dict[str, Any]]:
        return sorted(self.posts, key=lambda p: (sort_at(p), p["uri"]), reverse=True)

    def _slice(self, name: str, found: list[Any], start: int) -> dict[str, Any]:
        end = start + self.page
        more = {"cursor": str(end)} if end < len(found) else {}
        return {name: found[start:end], **more}


def _entry_key(entry: dict[str, Any]) -> str:
    reason = entry.get("reason")
    at = reason["indexedAt"] if reason else sort_at(entry["post"])
    return f"{at}::{entry['post']['uri']}"


def repost(of: dict[str, Any], at: datetime) -> dict[str, Any]:
    by = {"did": TOWN, "handle": "stadt.example"}
    reason = {"$type": "app.bsky.feed.defs#reasonRepost", "by": by, "indexedAt": stamp(at)}
    return {"post": of, "reason": reason}


def give(ask: Ask, answer: Any, status: int = 200, **headers: str) -> None:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    ask.give(status, body, content_type="application/json; charset=utf-8", **headers)


def refuse(ask: Ask, status: int, code: str, message: str = "no", **headers: str) -> None:
    give(ask, {"error": code, "message": message}, status, **headers)
