"""Bluesky's own software, started here: what the collector makes of the real thing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from servers import BlueskyNetwork, bluesky

from collectors.bluesky import collect, still_public
from collectors.bluesky.stream import StreamPage, follow
from collectors.collector import Access, Cursor, Page, Source, Window
from collectors.errors import AccessRefused, Gone
from collectors.http import Http, Limits

pytestmark = pytest.mark.network
DAY = timedelta(days=1)
TEXTS = [f"Neue Wohnungen in wien, Haus {n}" for n in range(1, 106)]


class Account:
    """An invented account of the network, written to as its owner would."""

    def __init__(self, network: BlueskyNetwork, name: str) -> None:
        self._base = f"{network.pds}/xrpc/"
        given = {"handle": f"{name}.test", "email": f"{name}@example.org", "password": "app-pass"}
        found = httpx.post(self._base + "com.atproto.server.createAccount", json=given).json()
        self.did, self.handle = found["did"], found["handle"]
        self._headers = {"authorization": f"Bearer {found['accessJwt']}"}

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        answer = httpx.post(self._base + method, json=given, headers=self._headers, timeout=20)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def write(self, text: str, at: datetime, collection: str = "app.bsky.feed.post") -> str:
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record = {"$type": collection, "text": text, "createdAt": stamp}
        found = self.call(
            "com.atproto.repo.createRecord", repo=self.did, collection=collection, record=record
        )
        return str(found["uri"])

    def delete(self, uri: str) -> None:
        _, _, _, collection, key = uri.split("/")
        self.call("com.atproto.repo.deleteRecord", repo=self.did, collection=collection, rkey=key)


@pytest.fixture(scope="module")
def network() -> Iterator[BlueskyNetwork]:
    with bluesky() as found:
        yield found


@pytest.fixture(scope="module")
def town(network: BlueskyNetwork) -> Account:
    return Account(network, "stadt")


def http() -> Http:
    return Http(limits=Limits(tries=1, interval=0))


def signed_in(network: BlueskyNetwork, town: Account) -> Access:
    return Access(http(), {"handle": town.handle, "password": "app-pass"}, network.pds)


def public(network: BlueskyNetwork) -> Access:
    return Access(http(), {}, network.appview)


def source(address: str, voice: str = "institutional") -> Source:
    return Source("s", "bluesky", "wien", address, voice, "Europe/Vienna")


def ids(pages: list[Page]) -> list[str]:
    return [n for p in pages for n in p.items["native_id"].to_pylist()]


def until(holds: Callable[[], bool]) -> None:
    """The index follows a few moments behind."""
    end = time.monotonic() + 30
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
    assert holds()


def test_posts_searches_and_deletions_of_a_real_network(
    network: BlueskyNetwork, town: Account
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)  # dates of posts have milliseconds
    begin = now - timedelta(minutes=len(TEXTS))
    uris = [town.write(t, begin + timedelta(minutes=n)) for n, t in enumerate(TEXTS)]
    other = town.write("Guten Morgen", now - timedelta(seconds=30))
    window = Window(begin, now + DAY)
    account, search = source(f"at://{town.did}"), source("search:wien", "personal")

    def of_account() -> list[str]:
        return ids(list(collect(account, window, None, public(network))))

    until(lambda: len(of_account()) == 106)
    assert of_account() == [*uris, other]
    # both as anybody, and signed in through the account's own server
    assert ids(list(collect(account, window, None, signed_in(network, town)))) == [*uris, other]
    pages = list(collect(search, window, None, signed_in(network, town)))
    assert ids(pages) == uris
    assert {r["author"] for p in pages for r in p.items.to_pylist()} == {town.did}
    half = Window(begin, begin + timedelta(minutes=65))
    assert ids(list(collect(search, half, None, signed_in(network, town)))) == uris[:65]
    # what is taken back stands no more
    town.delete(uris[0])
    until(lambda: still_public(uris[:2], public(network)) == {uris[0]: False, uris[1]: True})
    assert of_account() == [*uris[1:], other]


def test_refusals_of_a_real_network(network: BlueskyNetwork, town: Account) -> None:
    window = Window(datetime.now(UTC) - DAY, datetime.now(UTC))
    wrong = Access(http(), {"handle": town.handle, "password": "other"}, network.pds)
    with pytest.raises(AccessRefused, match="AuthenticationRequired"):
        list(collect(source("search:wien"), window, None, wrong))
    with pytest.raises(Gone):
        list(collect(source("at://nobody.test"), window, None, public(network)))
    with pytest.raises(Gone):
        list(collect(source(f"at://{town.did}/app.bsky.feed.generator/none"), window, None,
                     public(network)))  # fmt: skip


def test_a_closed_account_is_gone(network: BlueskyNetwork) -> None:
    leaving = Account(network, "fort")
    leaving.write("Wir ziehen um", datetime.now(UTC) - timedelta(minutes=1))
    window = Window(datetime.now(UTC) - DAY, datetime.now(UTC) + DAY)
    where = source(f"at://{leaving.did}")

    def stands() -> bool:
        try:
            return bool(ids(list(collect(where, window, None, public(network)))))
        except Gone:
            return False

    until(stands)
    leaving.call("com.atproto.server.deactivateAccount")
    until(lambda: not stands())
    with pytest.raises(Gone, match="any more"):
        list(collect(where, window, None, public(network)))


def test_the_network_s_own_stream_is_followed(network: BlueskyNetwork, town: Account) -> None:
    address = network.pds.replace("http", "ws") + "/xrpc/com.atproto.sync.subscribeRepos"
    now = datetime.now(UTC).replace(microsecond=0)
    uris = [town.write(f"Kurse in graz, Teil {n}", now - timedelta(minutes=n)) for n in range(6)]
    town.write("Guten Abend", now)
    town.delete(uris[0])
    leaving = Account(network, "weg")
    last = leaving.write("graz, zum Abschied", now)
    leaving.call("com.atproto.server.deactivateAccount")

    def keep(text: str) -> str | None:
        return "graz" if "graz" in text else None

    def read(cursor: Cursor, seconds: float) -> list[StreamPage]:
        end = time.monotonic() + seconds
        return list(
            follow(keep, address=address, cursor=cursor, stop=lambda: time.monotonic() > end)
        )

    pages = read(Cursor({"position": "0"}), 4)
    assert ids([p.page for p in pages]) == uris[1:]
    assert {d for p in pages for d in p.deleted} >= {uris[0]}
    assert leaving.did in {d for p in pages for d in p.closed}
    assert last not in ids([p.page for p in pages])
    assert all(r == () for r in (p.page.rejected for p in pages))
    # from its cursor on there is only what is new
    more = town.write("Noch ein Kurs in graz", now)
    cursor = pages[-1].page.cursor
    assert cursor is not None
    assert ids([p.page for p in read(cursor, 4)]) == [more]
