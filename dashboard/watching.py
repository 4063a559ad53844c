"""The outermost layer: health, metrics, and a run id and a time for everything else.

`/health/live` says that this process answers, `/health/ready` whether its parts do; neither needs
a session, and neither tells anything about a city. `/metrics` answers a token; where none is set,
who asks from this machine itself. All else goes to the door.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram

from base import log
from dashboard.sign_in import Headers, Scope, local_hosts
from monitor.metrics.scrape import Scrape
from monitor.readiness import WELL, Readiness

_PLAIN = "text/plain; charset=utf-8"
_LONGEST = 10.0  # seconds a scrape may take
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# who writes one of these stands between us and whoever asks
_PASSED_ON = {b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"}
_REFUSED = (
    b"Metrics are given to this machine itself, or for a token: UNITE_DASHBOARD_METRICS_TOKEN\n"
)


class Watch:
    """ASGI. door: all that is not watching. token: what a scraper sends, None for loopback."""

    def __init__(
        self, door: Any, ready: Readiness, scrape: Scrape, *,
        token: str | None, port: int, headers: Headers,
    ) -> None:  # fmt: skip
        self._door = door
        self._ready = ready
        self._scrape = scrape
        self._token = token
        self._hosts = local_hosts(port)
        self._headers = [*headers, (b"cache-control", b"no-store")]
        self._times = _histogram(scrape.registry)
        # one thread each: a scrape that hangs must not keep readiness from being told
        self._asks = ThreadPoolExecutor(1, thread_name_prefix="ready")
        self._scrapes = ThreadPoolExecutor(1, thread_name_prefix="scrape")

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer, or time and pass on."""
        asks = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        if asks and scope["path"] == "/health/live":
            await self._say(send, 200, b"ok\n")
        elif asks and scope["path"] == "/health/ready":
            await self._readiness(send)
        elif asks and scope["path"] == "/metrics":
            await self._metrics(scope, send)
        elif scope["type"] == "http":
            await self._timed(scope, receive, send)
        else:
            await self._door(scope, receive, send)

    async def _readiness(self, send: Any) -> None:
        parts = await asyncio.get_running_loop().run_in_executor(self._asks, self._ready.parts)
        is_ready = all(state in WELL for state in parts.values())
        body = json.dumps({"ready": is_ready, "parts": dict(parts)}).encode() + b"\n"
        await self._say(send, 200 if is_ready else 503, body, "application/json")

    async def _metrics(self, scope: Scope, send: Any) -> None:
        if not self._may_scrape(scope):
            await self._say(send, 403, _REFUSED)
            return
        try:
            work = asyncio.get_running_loop().run_in_executor(self._scrapes, self._scrape.text)
            text = await asyncio.wait_for(work, _LONGEST)
        except TimeoutError:
            await self._say(send, 503, b"not in time\n")
            return
        await self._say(send, 200, text, CONTENT_TYPE_LATEST)

    def _may_scrape(self, scope: Scope) -> bool:
        given = dict(scope["headers"])
        if self._token is not None:
            sent = given.get(b"authorization", b"")
            return hmac.compare_digest(sent, b"Bearer " + self._token.encode())
        host = given.get(b"host", b"").decode("latin-1").lower()
        return (
            _is_loopback(scope.get("client")) and host in self._hosts
            and not _PASSED_ON & given.keys()
        )  # fmt: skip

    async def _timed(self, scope: Scope, receive: Any, send: Any) -> None:
        kind, began, status = _kind(scope["path"]), time.perf_counter(), 500

        async def sending(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with log.run("request", kind, level="debug"):
            try:
                await self._door(scope, receive, sending)
            finally:
                took = time.perf_counter() - began
                self._times.labels(kind, f"{status // 100}xx").observe(took)

    async def _say(self, send: Any, status: int, body: bytes, kind: str = _PLAIN) -> None:
        headers = [(b"content-type", kind.encode()), *self._headers]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _histogram(registry: CollectorRegistry) -> Histogram:
    return Histogram(
        "unite_request_seconds", "Time to answer: pages, their questions, the API, assets.",
        ("kind", "status"), buckets=_SECONDS, registry=registry,
    )  # fmt: skip


def _kind(path: str) -> str:
    """What a request is; its address says what somebody asked, and stays here."""
    if path == "/_dash-update-component":
        return "question"
    if path.startswith("/api/"):
        return "api"
    if path.startswith(("/assets/", "/_dash-", "/_favicon")) or path == "/tokens.css":
        return "asset"
    return "page"


def _is_loopback(client: Sequence[Any] | None) -> bool:
    try:
        return client is not None and ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False
