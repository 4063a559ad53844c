"""Every platform as a server of this machine with the same posts, for tests that hold for all.

A `Place` shows posts under the platform's own shapes and addresses; `listing` is the path that a
fault strikes. The servers are those of the platforms' own tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, ClassVar
from xml.sax.saxutils import escape

import bluesky_network
import mastodon_host
import reddit_host
import test_discourse
import test_lemmy
import test_youtube
import x_service
from looks import NOW
from test_http_host import Ask, Host, running

from collectors.collector import Source
from monitor.settings import Settings

Native = Any  # one item as the platform writes it
KEY = "gehe1m-schluessel"


class Place:
    """One source of one platform.

    listing: the path that is asked for posts. many: posts that one answer does not hold. other:
    a whole answer of another shape. reset: the headers of a 429 that asks for ten minutes, by the
    platform's own clock.
    """

    platform = ""
    listing = ""
    address = ""
    voice = "personal"
    many = 110
    keys: ClassVar[Mapping[str, str]] = {}
    other: ClassVar[Mapping[str, str]] = {"changed": "shape"}

    def __init__(self, host: Host) -> None:
        self.host = host

    @property
    def source(self) -> Source:
        return Source(
            f"{self.platform}-wien", self.platform, "wien", self.address, self.voice,
            "Europe/Vienna", "de",
        )  # fmt: skip

    def native(self, number: int, at: datetime, text: str) -> Native:
        raise NotImplementedError

    def spoil(self, native: Native) -> Native:
        """The item after the platform changed a field of it."""
        raise NotImplementedError

    def show(self, natives: Sequence[Native]) -> None:
        """The items stand there now, in the order of their age."""
        raise NotImplementedError

    def reset(self, now: datetime) -> dict[str, str]:
        del now
        return {"retry_after": "600"}


class X(Place):
    platform, listing, address = "x", x_service.SEARCH, "search:Wien"
    keys: ClassVar = {"bearer_token": KEY}

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.service = x_service.Service(host, size=50, now=NOW + timedelta(hours=9))

    def native(self, number: int, at: datetime, text: str) -> Native:
        return x_service.post(at, text, number, author_id=str(900 + number % 9))

    def spoil(self, native: Native) -> Native:
        return {k: v for k, v in native.items() if k != "text"}

    def show(self, natives: Sequence[Native]) -> None:
        self.service.posts = sorted(natives, key=lambda p: -int(p["id"]))

    def reset(self, now: datetime) -> dict[str, str]:
        until = str(int(now.timestamp()) + 600)
        return {"x_rate_limit_remaining": "0", "x_rate_limit_reset": until}


class Reddit(Place):
    platform, listing, address = "reddit", "/r/wien/comments", reddit_host.WIEN
    keys: ClassVar = {"client_id": KEY, "client_secret": KEY}

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.service = reddit_host.Reddit(host)
        self.service.lists("/r/wien/new", [])

    def native(self, number: int, at: datetime, text: str) -> Native:
        return reddit_host.comment(number, at, body=text, author=f"erfunden_{number % 9}")

    def spoil(self, native: Native) -> Native:
        return {**native, "data": {**native["data"], "body": {"text": "b"}}}

    def show(self, natives: Sequence[Native]) -> None:
        self.service.lists(self.listing, list(natives))

    def reset(self, now: datetime) -> dict[str, str]:
        del now
        return {"x_ratelimit_remaining": "0.0", "x_ratelimit_reset": "600"}


class Mastodon(Place):
    platform, listing = "mastodon", "/api/v1/timelines/tag/wien"
    address = f"https://{mastodon_host.SERVER}/tags/wien"
    many = 60  # its library takes two milliseconds a post

    def native(self, number: int, at: datetime, text: str) -> Native:
        who = mastodon_host.account(f"erfunden{number % 9}")
        native_id = mastodon_host.number(at, number)
        return mastodon_host.status(escape(text), at, native=native_id, account=who)

    def spoil(self, native: Native) -> Native:
        return {**native, "content": {"html": "b"}}

    def show(self, natives: Sequence[Native]) -> None:
        self.host.ways[self.listing] = mastodon_host.timeline(natives)

    def reset(self, now: datetime) -> dict[str, str]:
        until = (now + timedelta(seconds=600)).isoformat()
        return {"x_ratelimit_remaining": "0", "x_ratelimit_reset": until}


class Bluesky(Place):
    platform, listing, address = "bluesky", "/xrpc/app.bsky.feed.searchPosts", "search:wien"
    keys: ClassVar = {"handle": "konto.example", "password": KEY}

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.service = bluesky_network.Network(host, page=50)

    def native(self, number: int, at: datetime, text: str) -> Native:
        return bluesky_network.post(number, at, text, did=f"did:plc:nummer{number % 9:018d}")

    def spoil(self, native: Native) -> Native:
        return {**native, "record": {**native["record"], "text": {"wien": "b"}}}

    def show(self, natives: Sequence[Native]) -> None:
        self.service.posts = list(natives)

    def reset(self, now: datetime) -> dict[str, str]:
        return {"ratelimit_remaining": "0", "ratelimit_reset": str(int(now.timestamp()) + 600)}


class Youtube(Place):
    platform, listing, address = "youtube", "/commentThreads", test_youtube.CHANNEL
    keys: ClassVar = {"key": KEY}

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.service = test_youtube.Tube(host)
        self.service.a_page = 50

    def native(self, number: int, at: datetime, text: str) -> Native:
        published = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return test_youtube.comment(
            f"c{number}", 0, publishedAt=published, textDisplay=text,
            authorChannelId={"value": f"UC{number % 9:022d}"},
        )  # fmt: skip

    def spoil(self, native: Native) -> Native:
        return {**native, "snippet": {**native["snippet"], "textDisplay": {"text": "b"}}}

    def show(self, natives: Sequence[Native]) -> None:
        self.service.threads = {
            f"{place}": (native, test_youtube.VIDEO, []) for place, native in enumerate(natives)
        }


class Feeds(Place):
    platform, listing, voice, many = "feeds", "/feed", "media", 20
    other: ClassVar = {"version": "https://jsonfeed.org"}

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.address = host.at("/feed")

    def native(self, number: int, at: datetime, text: str) -> Native:
        return (
            f"<item><guid>urn:a:{number}</guid><title>{escape(text)}</title>"
            f"<pubDate>{format_datetime(at)}</pubDate></item>"
        )

    def spoil(self, native: Native) -> Native:
        return native.replace("title>", "heading>")

    def show(self, natives: Sequence[Native]) -> None:
        items = "".join(reversed(natives))
        body = f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()
        self.host.ways[self.listing] = lambda ask: ask.give(
            200, body, content_type="application/rss+xml; charset=utf-8"
        )

    def reset(self, now: datetime) -> dict[str, str]:
        return {"retry_after": format_datetime(now + timedelta(seconds=600), usegmt=True)}


class Lemmy(Place):
    platform, listing = "lemmy", "/api/v3/comment/list"

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.address = host.at("/c/wien")
        self.service = test_lemmy.Server(host, [], [])

    def native(self, number: int, at: datetime, text: str) -> Native:
        published = at.strftime("%Y-%m-%dT%H:%M:%S.000001Z")
        found = test_lemmy.comment(number, 0, published=published, content=text)
        found["creator"]["actor_id"] += str(number % 9)
        return found

    def spoil(self, native: Native) -> Native:
        return {**native, "comment": {**native["comment"], "content": {"text": "b"}}}

    def show(self, natives: Sequence[Native]) -> None:
        self.service.comments = list(natives)


class Discourse(Place):
    platform, listing = "discourse", "/posts.json"

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.address = host.at("")
        self.service = test_discourse.Board(host, [])

    def native(self, number: int, at: datetime, text: str) -> Native:
        return test_discourse.post(
            number, created_at=at.strftime("%Y-%m-%dT%H:%M:%S.000Z"), post_number=2,
            cooked=f"<p>{escape(text)}</p>", user_id=number % 9 + 1,
        )  # fmt: skip

    def spoil(self, native: Native) -> Native:
        return {**native, "cooked": {"html": "b"}}

    def show(self, natives: Sequence[Native]) -> None:
        self.service.posts = {p["id"]: p for p in natives}


PLACES: dict[str, type[Place]] = {
    place.platform: place
    for place in (X, Reddit, Mastodon, Bluesky, Youtube, Feeds, Lemmy, Discourse)
}


def settings(home: Path, *places: Place) -> Settings:
    """An installation that has the keys of these places and asks for their services here."""
    keys: dict[str, Any] = {
        f"collectors_{p.platform}_{name}": key for p in places for name, key in p.keys.items()
    }
    services = [f"{p.platform}={p.host.at('')}" for p in places if "127.0.0.1" not in p.address]
    return Settings(home=home, collectors_services=" ".join(services), **keys)


@contextmanager
def standing(platform: str) -> Iterator[Place]:
    """A platform that shows nothing yet."""
    with running() as host:
        yield PLACES[platform](host)


def strike(place: Place, way: Callable[[Ask], None]) -> Callable[[], None]:
    """Let a fault strike from the second question for the listing on; a feed has but one.

    What comes back ends it.
    """
    honest, asked = place.host.ways[place.listing], [0]

    def behave(ask: Ask) -> None:
        asked[0] += 1
        (way if asked[0] > 1 or place.platform == "feeds" else honest)(ask)

    def over() -> None:
        place.host.ways[place.listing] = honest

    place.host.ways[place.listing] = behave
    return over


def breaks_off(*, hangs: bool) -> Callable[[Ask], None]:
    """The half of an answer; then the end of the connection, or silence."""
    body = json.dumps({"data": ["Erna Erfunden"] * 50}).encode()

    def behave(ask: Ask) -> None:
        ask.send_response(200)
        ask.send_header("content-type", "application/json")
        ask.send_header("content-length", str(len(body)))
        ask.end_headers()
        ask.wfile.write(body[: len(body) // 2])
        if hangs:
            assert isinstance(ask.server, Host)
            ask.wfile.flush()
            ask.server.end.wait(60)

    return behave
