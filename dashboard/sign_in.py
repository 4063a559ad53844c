"""The door: a one-time token opens a session, and without a session nothing is answered.

Comes in: every request, before any route. Goes on: requests of this machine, addressed to this
machine by name (a foreign name that resolves here is DNS rebinding), with a session's cookie.
All else is 403 and a plain page that says what to do; web sockets are never opened.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import threading
import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from base.errors import NotAllowed
from dashboard.roles import ADMINISTRATOR

Scope = MutableMapping[str, Any]
Headers = Sequence[tuple[bytes, bytes]]
HOURS = 12  # a session ends, whatever the browser keeps


def require_loopback(host: str) -> None:
    """Raises NotAllowed for an address that other machines can reach: there are no accounts."""
    try:
        is_local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_local = False
    if not is_local:
        raise NotAllowed(
            f"the pages are not served on {host}: other machines could reach them",
            where="UNITE_DASHBOARD_HOST",
            expected="127.0.0.1, ::1 or localhost",
            hint="reach it through ssh -L, or let a TLS proxy of this machine show it "
            "(UNITE_DASHBOARD_ADDRESS)",
        )


def local_hosts(port: int) -> frozenset[str]:
    """The names under which this machine asks itself, as they stand in a request."""
    names = ("127.0.0.1", "localhost", "[::1]")
    return frozenset({f"{n}:{port}" for n in names} | (set(names) if port == 80 else set()))


class Sessions:
    """The sessions of one server, in memory; a restart ends them all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.token = secrets.token_urlsafe(32)
        self._unused = True
        self._ends: dict[str, float] = {}
        self._lock = threading.Lock()
        self._clock = clock

    def open(self, token: str) -> str | None:
        """A new session for the token's first use, else None."""
        with self._lock:
            fits = hmac.compare_digest(token.encode(), self.token.encode())
            if not fits or not self._unused:
                return None
            self._unused = False
            session = secrets.token_urlsafe(32)
            self._ends[session] = self._clock() + HOURS * 3600
            return session

    def role(self, session: str | None) -> str | None:
        """The role of a session; None when there is none or it has ended."""
        found = None
        for known, ends in list(self._ends.items()):
            if session and hmac.compare_digest(known.encode(), session.encode()):
                found = ADMINISTRATOR if self._clock() < ends else None
        return found


class Door:
    """Before every route (ASGI). `headers` go out with every answer.

    address: where a TLS proxy of this machine shows the pages; its name is answered too.
    """

    def __init__(
        self, app: Any, sessions: Sessions, port: int, headers: Headers, address: str | None = None
    ) -> None:
        self._app = app
        self._sessions = sessions
        self._headers = list(headers)
        # cookies know no port: two installations on one machine must not share one
        self.cookie = f"unite-{port}"
        # host → the origin of pages that were read there
        self._origins = {host: f"http://{host}" for host in local_hosts(port)}
        if address is not None:
            self._origins[address.lower().removeprefix("https://")] = address.lower()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Let through, open a session, or refuse."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        given = dict(scope["headers"])
        role = self._sessions.role(self._session(given))
        if not self._is_addressed_here(scope["method"], given):
            await _answer(send, 403, self._headers, _REFUSED)
        elif scope["path"] == "/" and b"token=" in scope["query_string"]:
            is_shown = self._origins[_host(given)].startswith("https:")
            await self._enter(scope, send, is_inside=role is not None, is_secure=is_shown)
        elif role is None:
            await _answer(send, 403, self._headers, _REFUSED)
        else:
            scope.setdefault("state", {})["role"] = role
            await self._app(scope, receive, self._dressed(send))

    async def _enter(self, scope: Scope, send: Any, *, is_inside: bool, is_secure: bool) -> None:
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        session = self._sessions.open(token)
        if session is None and not is_inside:
            await _answer(send, 403, self._headers, _REFUSED)
            return
        extra = [(b"location", b"/")]
        if session is not None:
            kept = f"{self.cookie}={session}; Path=/; HttpOnly; SameSite=Strict"
            kept += "; Secure" if is_secure else ""
            extra.append((b"set-cookie", kept.encode()))
        await _answer(send, 303, [*self._headers, *extra], "")

    def _is_addressed_here(self, method: str, given: dict[bytes, bytes]) -> bool:
        host = _host(given)
        if host not in self._origins:
            return False
        origin = given.get(b"origin")
        asks_only = method in ("GET", "HEAD")
        return asks_only or origin is None or origin.decode("latin-1") == self._origins[host]

    def _session(self, given: dict[bytes, bytes]) -> str | None:
        try:
            jar = SimpleCookie(given.get(b"cookie", b"").decode("latin-1"))
        except CookieError:
            return None
        return jar[self.cookie].value if self.cookie in jar else None

    def _dressed(self, send: Any) -> Any:
        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in self._headers}
                kept = [h for h in message.get("headers", ()) if bytes(h[0]).lower() not in own]
                message = {**message, "headers": [*kept, *self._headers]}
            await send(message)

        return sending


def _host(given: Mapping[bytes, bytes]) -> str:
    return given.get(b"host", b"").decode("latin-1").lower()


async def _answer(send: Any, status: int, headers: Headers, body: str) -> None:
    plain = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"cache-control", b"no-store"),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": plain})
    await send({"type": "http.response.body", "body": body.encode()})


_REFUSED = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Not open here · UniteEurope</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.5 sans-serif;color:#1b2733;background:#fbfaf7;max-width:34rem;
margin:15vh auto;padding:0 1rem}code{background:#f1eee7;padding:.1em .35em;border-radius:4px}
</style></head><body><main><h1>This page is not open here</h1>
<p>UniteEurope opens once, with the address that <code>unite serve</code> prints. That address
was used already, the session has ended, or this is another browser.</p>
<p>Stop <code>unite serve</code>, start it again, and open the address that it prints.</p>
</main></body></html>
"""
