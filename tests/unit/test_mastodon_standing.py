"""Are statuses still public? Asked where each was written; a server's silence deletes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import mastodon_host as m
import pytest
from mastodon_host import SERVER, gives
from test_http_host import Ask, Host, running

from collectors.collector import Access
from collectors.errors import Unreachable
from collectors.mastodon import still_public
from monitor.retention.standing import Standing, ask_platform, own_way

pytestmark = pytest.mark.unit
OTHER = "anderswo.invalid"
STATUSES = "/api/v1/statuses"
NODEINFO = "/.well-known/nodeinfo"


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        yield found


def native(number: object, server: str = SERVER) -> str:
    return f"https://{server}/users/erfunden/statuses/{number}"


def listed(there: set[str], *, silenced: frozenset[str] = frozenset()) -> Callable[[Ask], None]:
    """Statuses asked for all at once: what is there, without accounts made less visible."""

    def answer(ask: Ask) -> None:
        wanted = parse_qs(urlsplit(ask.path).query).get("id[]", [])
        if len(wanted) > 20:
            gives({"error": "Validation failed"}, 422)(ask)
            return
        gives([m.status("x", m.START, native=n) for n in wanted if n in there - silenced])(ask)

    return answer


def serve(host: Host, there: set[str], numbers: int, **more: Any) -> None:
    """A Mastodon that has some of the statuses 0 … numbers - 1."""
    host.ways[STATUSES] = listed(there, **more)
    host.ways[NODEINFO] = gives({"links": []})
    for n in range(numbers):
        is_there = str(n) in there
        found = m.status("x", m.START, native=str(n))
        host.ways[f"{STATUSES}/{n}"] = gives(found) if is_there else gives({}, 404)


def ask(host: Host, *native_ids: str) -> dict[str, bool]:
    with m.client(host) as http:
        return still_public(native_ids, Access(http))


def test_twenty_are_asked_at_a_time_and_only_those_left_out_once_more(host: Host) -> None:
    serve(host, {str(n) for n in range(45) if n != 30}, 45)
    found = ask(host, *(native(n) for n in range(45)))
    assert found == {native(n): n != 30 for n in range(45)}
    assert [p.partition("?")[0] for p in host.paths()] == [
        STATUSES, STATUSES, f"{STATUSES}/30", STATUSES,
    ]  # fmt: skip


def test_an_account_made_less_visible_is_still_there(host: Host) -> None:
    serve(host, {"1", "2"}, 3, silenced=frozenset({"2"}))
    assert ask(host, native(1), native(2)) == {native(1): True, native(2): True}


@pytest.mark.parametrize("code", [404, 422])
def test_before_4_3_each_is_asked_by_itself(host: Host, code: int) -> None:
    serve(host, {"1"}, 3)
    host.ways[STATUSES] = gives({"error": "x"}, code)
    assert ask(host, native(1), native(2)) == {native(1): True, native(2): False}


def test_newer_servers_write_addresses_with_numbers_only(host: Host) -> None:
    serve(host, {"1"}, 2)
    address = f"https://{SERVER}/ap/users/77/statuses/1"
    assert ask(host, address) == {address: True}


def test_other_software_is_asked_for_the_object_itself(host: Host) -> None:
    host.ways["/objects/a"] = gives({"type": "Note"})
    host.ways["/objects/b"] = gives({"type": "Tombstone"}, 410)
    host.ways["/objects/c"] = gives({}, 401)  # wants a signature: it does not tell
    address = f"https://{OTHER}/objects/"
    assert ask(host, address + "a", address + "b", address + "c") == {
        address + "a": True,
        address + "b": False,
    }
    assert host.asked[0][1]["accept"] == "application/activity+json"


@pytest.mark.parametrize("code", [401, 403])
def test_a_server_that_refuses_tells_nothing(host: Host, code: int) -> None:
    host.ways[STATUSES] = host.ways[f"{STATUSES}/1"] = gives({}, code)
    with m.client(host) as http:
        found = ask_platform(still_public, [native(1)], Access(http))
    assert found[native(1)] is not Standing.GONE


def test_a_silent_server_stops_no_other(host: Host) -> None:
    serve(host, {"1"}, 2)
    honest = host.ways[STATUSES]
    host.ways[STATUSES] = lambda ask: (
        gives({}, 503)(ask) if ask.headers["host"] == OTHER else honest(ask)
    )
    assert ask(host, native(1, OTHER), native(1)) == {native(1): True}
    with pytest.raises(Unreachable):
        ask(host, native(1, OTHER))


def test_a_host_that_is_no_such_server_any_more_deletes_nothing(host: Host) -> None:
    """A domain that was sold answers 404 to whatever is asked."""
    assert ask(host, native(1), native(2)) == {}
    host.ways[NODEINFO] = lambda ask: ask.give(200, b"<html>for sale</html>")
    assert ask(host, native(1)) == {}
    host.ways[NODEINFO] = gives({"links": []})
    assert ask(host, native(1)) == {native(1): False}


@pytest.mark.parametrize(
    "odd",
    ["", "109", "tag:x.invalid,2017:1", "https://127.0.0.1/users/a/statuses/1",
     "https://rathaus.internal/users/a/statuses/1", "ftp://x.invalid/users/a/statuses/1"],
)  # fmt: skip
def test_what_is_no_public_address_is_not_asked(host: Host, odd: str) -> None:
    assert ask(host, odd) == {}
    assert host.asked == []


def test_no_key_is_sent(host: Host) -> None:
    serve(host, {"1"}, 2)
    ask(host, native(1))
    assert all("authorization" not in headers for _, headers in host.asked)


def test_retaining_finds_this_way() -> None:
    assert own_way("mastodon") is still_public
