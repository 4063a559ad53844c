"""The HTTP client against a real server that misbehaves."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest
from test_http_host import Ask, FakeTime, Host, running

from base.errors import BadInput, Transient, UniteError
from collectors.errors import (
    AccessRefused,
    CollectError,
    Gone,
    RateLimited,
    Unreachable,
    WrongShape,
)
from collectors.http import Http, Limits
from collectors.http.address import is_private, onward
from collectors.http.errors import seconds_to_wait, translate

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SECRET = b"Erna Erfunden was here"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        yield found


@pytest.fixture
def fake() -> FakeTime:
    return FakeTime()


def client(fake: FakeTime, **limits: float) -> Http:
    chosen = {"total": 5, "read": 3, "connect": 3, "interval": 0, "most_bytes": 100_000, **limits}
    return Http(
        contact="monitor@example.org",
        limits=Limits(**chosen),  # type: ignore[arg-type]
        clock=fake.clock,
        sleep=fake.sleep,
        now=lambda: NOW,
    )


def test_says_who_asks_and_keeps_no_cookie(host: Host, fake: FakeTime) -> None:
    host.ways["/"] = lambda ask: ask.give(200, b"ok", set_cookie="a=b")
    with client(fake) as http:
        assert http.get(host.at("/")).body == b"ok"
        http.get(host.at("/"), params={"q": "ä", "n": 2})
    (_, first), (path, second) = host.asked
    assert first["user-agent"].startswith("UniteEurope/")
    assert "monitor@example.org" in first["user-agent"]
    assert path == "/?q=%C3%A4&n=2"
    assert "cookie" not in second


def test_500_then_200_is_an_answer(host: Host, fake: FakeTime) -> None:
    left = [500, 503]
    host.ways["/"] = lambda ask: ask.give(left.pop() if left else 200, b"at last")
    assert client(fake).get(host.at("/")).body == b"at last"
    assert len(host.asked) == 3
    assert all(s > 0 for s in fake.slept)


def test_gives_up_after_its_tries(host: Host, fake: FakeTime) -> None:
    host.ways["/"] = lambda ask: ask.give(502, SECRET)
    with pytest.raises(Unreachable) as caught:
        client(fake, tries=3).get(host.at("/"))
    assert len(host.asked) == 3
    assert SECRET.decode() not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "kind", "asked"),
    [
        (401, AccessRefused, 1),
        (403, AccessRefused, 1),
        (404, Gone, 1),
        (410, Gone, 1),
        (400, WrongShape, 1),
        (451, AccessRefused, 1),
        (408, Unreachable, 2),
    ],
)
def test_status(host: Host, fake: FakeTime, status: int, kind: type, asked: int) -> None:
    host.ways["/"] = lambda ask: ask.give(status, SECRET)
    with pytest.raises(kind) as caught:
        client(fake, tries=2).get(host.at("/secret-path" if status == 404 else "/"))
    assert len(host.asked) == asked
    assert "secret" not in str(caught.value).lower()
    assert "Erna" not in str(caught.value)


def test_retry_after_is_waited_for(host: Host, fake: FakeTime) -> None:
    left = [1]
    host.ways["/"] = lambda ask: (
        ask.give(429, retry_after="7") if left and left.pop() else ask.give(200, b"ok")
    )
    assert client(fake).get(host.at("/")).body == b"ok"
    assert fake.at >= 7


def test_too_long_a_wait_is_reported_not_slept(host: Host, fake: FakeTime) -> None:
    host.ways["/"] = lambda ask: ask.give(429, retry_after="3600")
    http = client(fake)
    for asked in (1, 1):  # the second time the host is not even asked
        with pytest.raises(RateLimited) as caught:
            http.get(host.at("/"))
        assert caught.value.retry_after == pytest.approx(3600)
        assert len(host.asked) == asked
    assert fake.slept == []


def test_a_used_up_quota_holds_the_next_question(host: Host, fake: FakeTime) -> None:
    host.ways["/"] = lambda ask: ask.give(
        200, b"ok", x_ratelimit_remaining="0.0", x_ratelimit_reset="9"
    )
    http = client(fake)
    http.get(host.at("/"))
    http.get(host.at("/"))
    assert fake.at == pytest.approx(9)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "5"}, 5.0),
        ({"retry-after": "Tue, 10 Mar 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Tue, 10 Mar 2026 11:00:00 GMT"}, 0.0),  # past: now
        ({"retry-after": "soon"}, None),
        ({"x-ratelimit-remaining": "3", "x-ratelimit-reset": "60"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "60"}, 60.0),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1773144060"}, 60.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-03-10T12:01:00Z"}, 60.0),
        ({"ratelimit-remaining": "0"}, None),
        ({}, None),
    ],
)
def test_seconds_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_to_wait(headers, NOW) == seconds


def test_one_question_an_interval(host: Host, fake: FakeTime) -> None:
    host.ways["/"] = lambda ask: ask.give(200)
    http = client(fake, interval=2)
    for _ in range(3):
        http.get(host.at("/"))
    assert fake.slept == [2, 2]


def test_unchanged(host: Host, fake: FakeTime) -> None:
    def behave(ask: Ask) -> None:
        known = ask.headers.get("if-none-match") == '"v1"'
        ask.give(304 if known else 200, b"" if known else b"ok", etag='"v1"')

    host.ways["/"] = behave
    http = client(fake)
    first = http.get(host.at("/"))
    again = http.get(host.at("/"), etag=first.headers["etag"])
    assert (again.is_unchanged, again.body) == (True, b"")


def test_follows_a_few_redirects_only(host: Host, fake: FakeTime) -> None:
    host.ways["/a"] = lambda ask: ask.give(301, location="/b")
    host.ways["/b"] = lambda ask: ask.give(200, b"there")
    host.ways["/loop"] = lambda ask: ask.give(302, location="/loop")
    answer = client(fake).get(host.at("/a"))
    assert (answer.body, answer.address) == (b"there", host.at("/b"))
    with pytest.raises(WrongShape, match="again and again"):
        client(fake, redirects=3).get(host.at("/loop"))
    assert host.paths().count("/loop") == 4


@pytest.mark.parametrize(
    ("start", "location", "leads_to"),
    [
        ("http://a.example/x", "https://a.example/x", "https://a.example/x"),
        ("https://a.example/x", "http://a.example/x", None),
        ("https://a.example/x", "file:///etc/passwd", None),
        ("https://a.example/x", "", None),
        ("https://a.example/x", "https://169.254.169.254/meta", None),
        ("https://a.example/x", "https://localhost/admin", None),
        ("http://127.0.0.1/x", "http://127.0.0.1/y", "http://127.0.0.1/y"),
        ("https://a.example/x", "//b.example/y", "https://b.example/y"),
    ],
)
def test_where_a_redirect_may_lead(start: str, location: str, leads_to: str | None) -> None:
    if leads_to is None:
        with pytest.raises(WrongShape):
            onward(httpx.URL(start), location)
    else:
        assert str(onward(httpx.URL(start), location)) == leads_to


def test_private_hosts() -> None:
    assert is_private("10.1.2.3")
    assert is_private("::1")
    assert not is_private("a.example")


def test_a_key_does_not_follow_to_another_host(fake: FakeTime) -> None:
    asked: list[httpx.Request] = []

    def behave(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.host == "a.example":
            return httpx.Response(302, headers={"location": "https://b.example/"})
        return httpx.Response(200, content=b"{}")

    http = Http(transport=httpx.MockTransport(behave), clock=fake.clock, sleep=fake.sleep)
    for name in ("authorization", "x-goog-api-key"):
        asked.clear()
        assert http.get("https://a.example/", headers={name: "k"}).json() == {}
        assert name in asked[0].headers
        assert name not in asked[1].headers


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw"])
def test_compressed(host: Host, fake: FakeTime, encoding: str) -> None:
    text = "Grüß Gott. ".encode() * 100
    raw = zlib.compressobj(wbits=-15)
    bodies = {
        "gzip": gzip.compress(text[:500]) + gzip.compress(text[500:]),
        "deflate": zlib.compress(text),
        "raw": raw.compress(text) + raw.flush(),  # what some servers call deflate
    }
    name = "deflate" if encoding == "raw" else encoding
    host.ways["/"] = lambda ask: ask.give(200, bodies[encoding], content_encoding=name)
    assert client(fake).get(host.at("/")).body == text


@pytest.mark.parametrize(
    ("body", "headers", "kind"),
    [
        (gzip.compress(bytes(200_000_000), 9, mtime=0), {"content_encoding": "gzip"}, WrongShape),
        (b"x" * 200_000, {}, WrongShape),
        (gzip.compress(b"x" * 1000, mtime=0)[:-9], {"content_encoding": "gzip"}, Unreachable),
        (b"no gzip at all", {"content_encoding": "gzip"}, Unreachable),
        (b"x", {"content_encoding": "br"}, WrongShape),
    ],
    ids=["bomb", "large", "cut", "damaged", "not asked for"],
)
def test_bodies_that_are_refused(
    host: Host, fake: FakeTime, body: bytes, headers: dict[str, str], kind: type[UniteError]
) -> None:
    host.ways["/"] = lambda ask: ask.give(200, body, **headers)
    with pytest.raises(kind):
        client(fake, tries=1).get(host.at("/"))


def test_half_an_answer(host: Host, fake: FakeTime) -> None:
    host.ways["/"] = lambda ask: ask.give(200, SECRET, content_length="5000")
    with pytest.raises(Unreachable) as caught:
        client(fake, tries=1).get(host.at("/"))
    assert "Erna" not in str(caught.value)


def test_a_hang_ends(host: Host) -> None:
    host.ways["/"] = lambda _: host.end.wait(10) and None
    with pytest.raises(Unreachable, match="in time"):
        Http(limits=Limits(read=0.2, tries=1)).get(host.at("/"))


@pytest.mark.parametrize("in_headers", [True, False])
def test_a_drip_ends_at_the_deadline(host: Host, in_headers: bool) -> None:
    def drip(ask: Ask) -> None:
        if not in_headers:
            ask.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")  # ends when the connection does
        else:
            ask.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
        while not host.end.wait(0.05):
            ask.wfile.write(b"x")
            ask.wfile.flush()

    host.ways["/"] = drip
    began = time.monotonic()
    with pytest.raises(Unreachable, match="no whole answer"):
        Http(limits=Limits(read=5, total=0.4, tries=1)).get(host.at("/"))
    assert time.monotonic() - began < 30  # the drip has no end of its own


def test_nobody_there(fake: FakeTime) -> None:
    with running() as host:
        address = host.at("/")
    with pytest.raises(Unreachable) as caught:
        client(fake, tries=2).get(address)
    assert isinstance(caught.value, Transient)
    assert caught.value.where == "127.0.0.1"


@pytest.mark.parametrize("address", ["ftp://a.example/", "no address", "http://", "https://[/"])
def test_addresses_that_are_none(fake: FakeTime, address: str) -> None:
    with pytest.raises(BadInput) as caught:
        client(fake).get(address)
    assert address not in str(caught.value)


def test_robots(host: Host, fake: FakeTime) -> None:
    rules = b"User-agent: *\nDisallow: /private\nCrawl-delay: 3\n"
    host.ways["/robots.txt"] = lambda ask: ask.give(200, rules)
    host.ways["/feed"] = lambda ask: ask.give(200, b"ok")
    http = client(fake)
    http.get(host.at("/feed"), robots=True)
    http.get(host.at("/feed"), robots=True)
    with pytest.raises(AccessRefused, match=r"robots\.txt"):
        http.get(host.at("/private/feed"), robots=True)
    assert host.paths() == ["/robots.txt", "/feed", "/feed"]
    assert fake.slept == [3]  # the delay the site asks for


def test_no_robots_allows_and_broken_robots_does_not(host: Host, fake: FakeTime) -> None:
    host.ways["/feed"] = lambda ask: ask.give(200, b"ok")
    assert client(fake).get(host.at("/feed"), robots=True).body == b"ok"
    host.ways["/robots.txt"] = lambda ask: ask.give(503)
    with pytest.raises(Unreachable):
        client(fake, tries=1).get(host.at("/feed"), robots=True)


def test_a_post_is_not_repeated_but_after_a_wait(host: Host, fake: FakeTime) -> None:
    host.ways["/broken"] = lambda ask: ask.give(500)
    with pytest.raises(Unreachable):
        client(fake).post(host.at("/broken"), content=b"{}")
    assert len(host.asked) == 1


def test_a_proxy_of_the_environment_is_used(
    host: Host, fake: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", host.at(""))
    host.ways["http://elsewhere.invalid/x"] = lambda ask: ask.give(200, b"through the proxy")
    assert client(fake).get("http://elsewhere.invalid/x").body == b"through the proxy"


@pytest.mark.parametrize(
    ("to_head", "to_get", "status", "methods"),
    [
        (200, 404, 200, ["HEAD"]),
        (404, 404, 404, ["HEAD", "GET"]),
        (404, 200, 200, ["HEAD", "GET"]),  # a host that knows only GET
        (410, 410, 410, ["HEAD", "GET"]),
        (405, 200, 200, ["HEAD", "GET"]),
        (501, 451, 451, ["HEAD", "GET"]),
        (405, 501, 501, ["HEAD", "GET"]),
        (403, 200, 403, ["HEAD"]),  # no is no
        (400, 200, 400, ["HEAD"]),
    ],
)
def test_what_stands_at_an_address(
    host: Host, fake: FakeTime, to_head: int, to_get: int, status: int, methods: list[str]
) -> None:
    asked: list[str] = []

    def behave(ask: Ask) -> None:
        asked.append(ask.command)
        ask.give(to_head if ask.command == "HEAD" else to_get, SECRET)

    host.ways["/a"] = lambda ask: ask.give(302, location="/post")
    host.ways["/post"] = behave
    answer = client(fake, most_bytes=1).status(host.at("/a"), robots=True)
    assert (answer.status, answer.body, asked) == (status, b"", methods)
    assert answer.address == host.at("/post")


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (429, {"retry_after": "3600"}, RateLimited),
        (403, {"x_ratelimit_remaining": "0", "x_ratelimit_reset": "3600"}, RateLimited),
        (500, {}, Unreachable),
        (503, {}, Unreachable),
        (408, {}, Unreachable),
    ],
)
def test_a_status_that_may_pass_is_an_error(
    host: Host, fake: FakeTime, status: int, headers: dict[str, str], kind: type
) -> None:
    host.ways["/"] = lambda ask: ask.give(status, **headers)
    with pytest.raises(kind):
        client(fake, tries=2).status(host.at("/"))


def test_a_status_is_not_asked_where_robots_say_no(host: Host, fake: FakeTime) -> None:
    host.ways["/robots.txt"] = lambda ask: ask.give(200, b"User-agent: *\nDisallow: /p")
    with pytest.raises(AccessRefused):
        client(fake).status(host.at("/post"), robots=True)
    assert host.paths() == ["/robots.txt"]


@pytest.mark.parametrize(
    ("status", "kind", "body", "kept"),
    [
        (403, "application/problem+json", b'{"title": "no"}', b'{"title": "no"}'),
        (429, "application/json", b'{"title": "no"}', b'{"title": "no"}'),
        (403, "text/html", SECRET, b""),
        (503, "application/json", b"{}", b""),
        (403, "application/json", b" " * 20_001, b""),
    ],
)
def test_a_refusal_keeps_what_the_platform_said_and_does_not_show_it(
    host: Host, fake: FakeTime, status: int, kind: str, body: bytes, kept: bytes
) -> None:
    host.ways["/a"] = lambda ask: ask.give(status, body, content_type=kind)
    with pytest.raises(CollectError) as caught, client(fake, tries=1) as http:
        http.get(host.at("/a"))
    assert caught.value.said == kept
    assert "title" not in str(caught.value)


def test_a_refusal_whose_words_break_off_is_the_refusal(host: Host, fake: FakeTime) -> None:
    def cut(ask: Ask) -> None:
        ask.send_response(403)
        ask.send_header("content-type", "application/json")
        ask.send_header("content-length", "900")
        ask.end_headers()
        ask.wfile.write(b'{"title"')

    host.ways["/a"] = cut
    with pytest.raises(AccessRefused) as caught, client(fake) as http:
        http.get(host.at("/a"))
    assert caught.value.said == b""


def test_json_that_is_none(fake: FakeTime) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=SECRET))
    answer = Http(transport=transport, sleep=fake.sleep).get("https://a.example/")
    with pytest.raises(WrongShape) as caught:
        answer.json()
    assert "Erna" not in str(caught.value)
    assert "Erna" not in repr(answer)


def test_every_foreign_error_has_a_meaning() -> None:
    for name in httpx.__all__:
        kind = getattr(httpx, name)
        if isinstance(kind, type) and issubclass(kind, httpx.HTTPError):
            error = kind.__new__(kind)
            assert isinstance(translate(error, "a.example"), UniteError), name


def test_a_certificate_error_says_what_to_do() -> None:
    error = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self signed")
    assert "UNITE_COLLECTORS_CA" in str(translate(error, "a.example"))


def test_a_refusal_that_was_asked_for_is_an_answer(host: Host, fake: FakeTime) -> None:
    host.ways["/"] = lambda ask: ask.give(403, b'{"reason": "commentsDisabled"}')
    answer = client(fake).get(host.at("/"), told=(403,))
    assert (answer.status, answer.json()) == (403, {"reason": "commentsDisabled"})
    with pytest.raises(AccessRefused):
        client(fake).get(host.at("/"), told=(404,))
    for status in (429, 503):  # what may pass is raised all the same
        host.ways["/"] = gives_status(status)
        with pytest.raises((RateLimited, Unreachable)):
            client(fake, tries=1).get(host.at("/"), told=(status,))


def gives_status(status: int) -> Callable[[Ask], None]:
    return lambda ask: ask.give(status)
