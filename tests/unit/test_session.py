"""A requests session over our own client: what a library gets, and what it must not swallow."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from test_http_host import Ask, Host, running

from base.errors import UniteError
from collectors.collector import Access
from collectors.errors import AccessRefused, Gone, RateLimited, Unreachable
from collectors.http import Http, Limits
from collectors.session import reason, session, told

pytestmark = pytest.mark.unit


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        yield found


def client() -> Http:
    return Http(limits=Limits(tries=1, interval=0))


def gives(status: int, body: bytes = b"{}", **headers: str) -> Callable[[Ask], None]:
    return lambda ask: ask.give(status, body, **headers)


def test_a_library_gets_the_answer_and_we_say_who_asks(host: Host) -> None:
    host.ways["/a"] = gives(200, b'{"n": "\xc3\xa9"}', x_rate_limit_remaining="5")
    answer = session(client()).get(host.at("/a"), params={"q": "wien"}, headers={"x-own": "1"})
    assert answer.json() == {"n": "é"}
    assert answer.headers["x-rate-limit-remaining"] == "5"
    path, headers = host.asked[-1]
    assert path == "/a?q=wien"
    assert headers["x-own"] == "1"
    assert headers["user-agent"].startswith("UniteEurope/")


def test_a_form_is_posted(host: Host) -> None:
    host.ways["/token"] = gives(200, b'{"access_token": "t"}')
    answer = session(client()).post(host.at("/token"), data={"grant_type": "client_credentials"})
    assert answer.json()["access_token"] == "t"


def test_a_built_in_address_is_led_to_where_the_service_stands(host: Host) -> None:
    host.ways["/mirror/2/a"] = gives(200)
    moved = session(client(), {"https://api.built-in.example": host.at("/mirror/")})
    assert moved.get("https://api.built-in.example/2/a", params={"q": "1"}).json() == {}
    assert host.paths() == ["/mirror/2/a?q=1"]
    # another host that begins alike is another host
    with pytest.raises(UniteError):
        moved.get("https://api.built-in.example.invalid/2/a")
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, AccessRefused), (403, AccessRefused), (404, Gone), (429, RateLimited),
     (503, Unreachable)],
)  # fmt: skip
def test_refusals_are_ours(host: Host, status: int, kind: type[UniteError]) -> None:
    host.ways["/a"] = gives(status)
    with pytest.raises(kind):
        session(client()).get(host.at("/a"))


def test_what_a_library_wraps_is_found_again(host: Host) -> None:
    host.ways["/a"] = gives(401)

    def library() -> None:
        try:
            session(client()).get(host.at("/a"))
        except Exception as error:
            raise RuntimeError("the library's own") from error

    with pytest.raises(AccessRefused) as caught, told("source 'r/wien' of city wien", "read this"):
        library()
    assert (caught.value.where, caught.value.hint) == ("source 'r/wien' of city wien", "read this")
    assert reason(ValueError("another")) is None


def test_a_missing_key_names_its_setting_and_the_page() -> None:
    access = Access(client(), {"client_id": "x", "client_secret": ""})
    assert access.key("reddit", "client_id") == "x"
    with pytest.raises(AccessRefused) as caught:
        access.key("reddit", "client_secret")
    assert caught.value.expected == "UNITE_COLLECTORS_REDDIT_CLIENT_SECRET"
    assert caught.value.available == ("UNITE_COLLECTORS_REDDIT_CLIENT_ID",)
    assert "docs/sources.md#reddit" in str(caught.value)
