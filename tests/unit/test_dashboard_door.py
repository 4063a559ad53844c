"""The door of the pages: loopback, one token, one session, no foreign name."""

from __future__ import annotations

from typing import Any

import pytest
from test_callback import run

from base.errors import NotAllowed
from dashboard.headers import security
from dashboard.sign_in import HOURS, Door, Sessions, require_loopback

pytestmark = pytest.mark.unit
PORT = 8050


async def inside(scope: Any, _: Any, send: Any) -> None:
    """An application that would answer anybody."""
    headers = [(b"server", b"x"), (b"content-security-policy", b"default-src *")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": scope["state"]["role"].encode()})


class Visitor:
    """Asks a door as a browser would, keeping its cookie."""

    def __init__(self, sessions: Sessions, port: int = PORT) -> None:
        self.door = Door(inside, sessions, port, security(["'sha256-x'"]))
        self.cookie = ""

    def ask(
        self, path: str = "/", host: str = f"127.0.0.1:{PORT}", method: str = "GET", **given: str
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of one request."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        where, _, query = path.partition("?")
        headers = {"host": host, "cookie": self.cookie, **given}
        scope = {
            "type": "http", "method": method, "path": where, "query_string": query.encode(),
            "headers": [(k.encode(), v.encode()) for k, v in headers.items() if v],
        }  # fmt: skip
        run(self.door(scope, None, send))
        found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
        if "set-cookie" in found:
            self.cookie = found["set-cookie"].split(";")[0]
        return sent[0]["status"], found, sent[1]["body"].decode()


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()


def test_the_token_opens_once(sessions: Sessions) -> None:
    first, second = Visitor(sessions), Visitor(sessions)
    status, headers, _ = first.ask(f"/?token={sessions.token}")
    assert status == 303
    assert headers["location"] == "/"
    assert "HttpOnly" in headers["set-cookie"]
    assert "SameSite=Strict" in headers["set-cookie"]
    assert sessions.token not in headers["set-cookie"]
    assert first.ask()[0] == 200
    assert second.ask(f"/?token={sessions.token}")[0] == 403
    assert second.ask()[0] == 403
    # who is inside may follow the printed address again; no second session comes of it
    status, headers, _ = first.ask(f"/?token={sessions.token}")
    assert (status, "set-cookie" in headers) == (303, False)


@pytest.mark.parametrize("path", [
    "/", "/compare", "/_dash-layout", "/_dash-dependencies", "/assets/base.css", "/tokens.css",
    "/?token=", "/?token=wrong", "/?token=%00", "/docs", "/openapi.json",
])  # fmt: skip
def test_without_a_session_everything_is_403(sessions: Sessions, path: str) -> None:
    status, headers, body = Visitor(sessions).ask(path)
    assert status == 403
    assert "unite serve" in body
    assert "set-cookie" not in headers


@pytest.mark.parametrize("cookie", [
    f"unite-{PORT}=wrong", f"unite-{PORT}=", "unite-9999={}", "{}", 'a="', "unite-8050=é",
])  # fmt: skip
def test_no_other_cookie_opens(sessions: Sessions, cookie: str) -> None:
    inside_ = Visitor(sessions)
    inside_.ask(f"/?token={sessions.token}")
    other = Visitor(sessions)
    other.cookie = cookie.replace("{}", inside_.cookie.partition("=")[2])
    assert other.ask()[0] == 403


@pytest.mark.parametrize(("host", "is_open"), [
    (f"127.0.0.1:{PORT}", True),
    (f"localhost:{PORT}", True),
    (f"LOCALHOST:{PORT}", True),
    (f"[::1]:{PORT}", True),
    ("127.0.0.1", False),  # another port's name
    (f"evil.example:{PORT}", False),  # DNS rebinding: a name that resolves here
    (f"127.0.0.1.evil.example:{PORT}", False),
    ("", False),
])  # fmt: skip
def test_only_names_of_this_machine_are_answered(
    sessions: Sessions, host: str, is_open: bool
) -> None:
    visitor = Visitor(sessions)
    visitor.ask(f"/?token={sessions.token}")
    assert (visitor.ask(host=host)[0] == 200) is is_open


@pytest.mark.parametrize(("origin", "is_open"), [
    ("", True), (f"http://127.0.0.1:{PORT}", True), ("http://evil.example", False),
    ("null", False), (f"http://localhost:{PORT + 1}", False),
])  # fmt: skip
def test_a_change_comes_from_the_page_itself(
    sessions: Sessions, origin: str, is_open: bool
) -> None:
    visitor = Visitor(sessions)
    visitor.ask(f"/?token={sessions.token}")
    status = visitor.ask("/_dash-update-component", method="POST", origin=origin)[0]
    assert (status == 200) is is_open


def test_a_session_ends() -> None:
    clock = [0.0]
    sessions = Sessions(clock=lambda: clock[0])
    visitor = Visitor(sessions)
    visitor.ask(f"/?token={sessions.token}")
    clock[0] = HOURS * 3600 - 1
    assert visitor.ask()[0] == 200
    clock[0] = HOURS * 3600
    assert visitor.ask()[0] == 403


def test_a_web_socket_is_never_opened(sessions: Sessions) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    door = Visitor(sessions).door
    run(door({"type": "websocket", "path": "/", "headers": []}, None, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_every_answer_carries_the_headers(sessions: Sessions) -> None:
    visitor = Visitor(sessions)
    visitor.ask(f"/?token={sessions.token}")
    for answer in (visitor.ask(), Visitor(sessions).ask()):
        headers = answer[1]
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy
        assert "http:" not in policy
        assert "*" not in policy
        assert "'unsafe-inline'" not in policy.split("style-src")[0]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(("host", "is_local"), [
    ("127.0.0.1", True), ("::1", True), ("localhost", True), ("127.9.9.9", True),
    ("0.0.0.0", False), ("::", False), ("192.168.1.4", False), ("example.org", False), ("", False),
])  # fmt: skip
def test_only_loopback_is_bound(host: str, is_local: bool) -> None:
    if is_local:
        require_loopback(host)
    else:
        with pytest.raises(NotAllowed, match="other machines"):
            require_loopback(host)


def test_behind_a_proxy_its_name_is_answered_and_the_cookie_is_sealed(sessions: Sessions) -> None:
    visitor = Visitor(sessions)
    visitor.door = Door(inside, sessions, PORT, security(), "https://Monitor.example")
    _, headers, _ = visitor.ask(f"/?token={sessions.token}", host="monitor.example")
    assert headers["set-cookie"].endswith("; Secure")
    assert visitor.ask(host="MONITOR.example")[0] == 200
    assert visitor.ask()[0] == 200  # this machine itself, as before
    for host in ("monitor.example:443", "evil.example", f"monitor.example:{PORT}"):
        assert visitor.ask(host=host)[0] == 403
    for origin, is_open in (("https://monitor.example", True), ("http://monitor.example", False),
                            (f"http://127.0.0.1:{PORT}", False)):  # fmt: skip
        status = visitor.ask(host="monitor.example", method="POST", origin=origin)[0]
        assert (status == 200) is is_open


def test_without_a_proxy_the_cookie_goes_over_plain_loopback(sessions: Sessions) -> None:
    _, headers, _ = Visitor(sessions).ask(f"/?token={sessions.token}")
    assert "Secure" not in headers["set-cookie"]
