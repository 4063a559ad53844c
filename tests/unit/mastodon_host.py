"""A server that answers as Mastodon's published API says, with invented statuses.

Shapes: https://docs.joinmastodon.org/entities/Status/ and …/methods/timelines/. Several servers
share one host of this machine: `Rerouted` leads every name there, and the Host header tells them
apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
from test_http_host import Ask, FakeTime, Host

from collectors.collector import Access, Cursor, Page, Source, Window
from collectors.http import Http, Limits
from collectors.mastodon import collect
from store.schema import ITEM

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
ALWAYS = Window(datetime(2026, 2, 1, tzinfo=UTC), NOW)
SERVER = "kaffeehaus.invalid"


def number(at: datetime, sequence: int = 0) -> str:
    """The id Mastodon gives to a status of a moment."""
    return str((int(at.timestamp() * 1000) << 16) + sequence)


def account(name: str = "erfunden", server: str = SERVER, **given: Any) -> dict[str, Any]:
    """An account as it stands in a status."""
    found: dict[str, Any] = {
        "id": "7", "username": name, "acct": name, "display_name": "Erna Erfunden",
        "locked": False, "bot": False, "discoverable": None, "indexable": False, "group": False,
        "noindex": False, "created_at": "2024-01-01T00:00:00.000Z",
        "note": "<p>Ich bin erfunden.</p>", "url": f"https://{server}/@{name}",
        "uri": f"https://{server}/users/{name}", "followers_count": 3, "following_count": 3,
        "statuses_count": 3, "emojis": [], "fields": [],
    }  # fmt: skip
    return found | given


def status(
    text: str, at: datetime, *, server: str = SERVER, native: str | None = None, **given: Any
) -> dict[str, Any]:
    """A status of a moment; `text` becomes one paragraph unless `content` is given."""
    native = native or number(at)
    who = given.pop("account", None) or account(server=server)
    found: dict[str, Any] = {
        "id": native,
        "created_at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "in_reply_to_id": None, "in_reply_to_account_id": None, "sensitive": False,
        "spoiler_text": "", "visibility": "public", "language": "de",
        "uri": f"{who['uri']}/statuses/{native}", "url": f"{who['url']}/{native}",
        "replies_count": 1, "reblogs_count": 2, "favourites_count": 3, "edited_at": None,
        "content": f"<p>{text}</p>", "reblog": None, "account": who, "media_attachments": [],
        "mentions": [], "tags": [], "emojis": [], "card": None, "poll": None, "quote": None,
    }  # fmt: skip
    return found | given


def hourly(count: int, text: str = "Beitrag") -> list[dict[str, Any]]:
    """Statuses an hour apart, from START on."""
    return [status(f"{text} {n}", START + timedelta(hours=n)) for n in range(count)]


def timeline(
    statuses: Iterable[Any], most: int = 40, *, knows_min_id: bool = True
) -> Callable[[Ask], None]:
    """A timeline: newest first, `most` at a time, by `min_id` and `max_id` as documented."""
    listed = sorted(statuses, key=lambda s: (len(s["id"]), s["id"]))

    def answer(ask: Ask) -> None:
        asked = {k: v[0] for k, v in parse_qs(urlsplit(ask.path).query).items()}
        limit = min(most, int(asked.get("limit", 20)))
        found = listed
        if "max_id" in asked:
            found = [s for s in found if key(s["id"]) < key(asked["max_id"])]
        if "min_id" in asked and knows_min_id:
            found = [s for s in found if key(s["id"]) > key(asked["min_id"])][:limit]
        gives([*reversed(found[-limit:])])(ask)

    return answer


def key(native: str) -> tuple[int, str]:
    return len(native), native


def gives(body: Any, code: int = 200, **headers: str) -> Callable[[Ask], None]:
    """An answer in JSON."""
    whole = json.dumps(body).encode()
    return lambda ask: ask.give(code, whole, content_type="application/json", **headers)


class Rerouted(httpx.BaseTransport):
    """Leads every host name to one server of this machine; `Host` says who was meant."""

    def __init__(self, host: Host) -> None:
        self._port = host.server_address[1]
        # a connection for each request, as the client has it
        self._inner = httpx.HTTPTransport(
            trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return self._inner.handle_request(request)


def client(host: Host, now: datetime = NOW, **limits: float) -> Http:
    """A client for whom every name is the host, and whose clock only sleeping moves."""
    fake = FakeTime()
    chosen = {"connect": 60, "read": 60, "total": 120, "interval": 0, "tries": 1, **limits}
    return Http(
        limits=Limits(**chosen),  # type: ignore[arg-type]
        transport=Rerouted(host),
        clock=fake.clock,
        sleep=fake.sleep,
        now=lambda: now,
    )


def source(path: str = "/tags/wien", voice: str = "personal", **options: str) -> Source:
    return Source(
        "kaffeehaus", "mastodon", "wien", f"https://{SERVER}{path}", voice, "Europe/Vienna", "de",
        options,
    )  # fmt: skip


def visit(
    host: Host,
    cursor: Cursor | None = None,
    window: Window = ALWAYS,
    *,
    place: Source | None = None,
    token: str = "",
    **limits: float,
) -> list[Page]:
    """The pages of one look."""
    with client(host, max(NOW, window.until), **limits) as http:
        access = Access(http, {"token": token})
        pages = list(collect(place or source(), window, cursor, access))
    assert all(p.items.schema == ITEM for p in pages)
    return pages


def texts(pages: Iterable[Page]) -> list[str]:
    return [t for p in pages for t in p.items["text"].to_pylist()]


def asked(host: Host) -> list[str]:
    """Paths and queries asked for, decoded."""
    return [unquote(path) for path in host.paths()]
