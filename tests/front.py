"""A front before the test server, which has no security module of its own: TLS, a key, faults.

It shows a certificate, demands `Authorization: ApiKey …`, writes down what was asked, and answers
in the server's stead where a test says so: as Elasticsearch words it, or as something that is no
Elasticsearch, late, or not at all.
"""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from authority import Shown

PRODUCT = {"X-Elastic-Product": "Elasticsearch"}
_HOP = {"connection", "transfer-encoding", "content-length", "host", "authorization"}


@dataclass(frozen=True)
class Asked:
    """One question. number: how many came before it. body: as it was sent."""

    method: str
    path: str
    number: int
    body: bytes


@dataclass(frozen=True)
class Said:
    """An answer in the server's stead."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=lambda: PRODUCT)


class Hang(Exception):
    """No answer comes until the front is closed."""


class Cut(Exception):
    """The connection ends in the middle of the answer."""


class Lost(Cut):
    """The server does what was asked, and nobody hears that it did."""


Instead = Callable[[Asked], Said | None]


@dataclass
class Front:
    """url: its address. asked: all that came, in order. instead: answers in the server's stead."""

    url: str
    instead: Instead
    asked: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


def refused(status: int, kind: str, reason: str = "", **more: Any) -> Said:
    """A refusal as Elasticsearch words it."""
    cause = {"type": kind, "reason": reason}
    return Said(status, {"error": {"root_cause": [cause], **cause, **more}, "status": status})


@contextmanager
def front(
    server: str,
    shown: Shown | None = None,
    *,
    key: str | None = None,
    instead: Instead = lambda _: None,
) -> Iterator[Front]:
    """A front before `server`, with TLS where a certificate is given, and a key where one is."""
    target = urlsplit(server)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            if secure is not None:  # here, in the connection's own thread
                self.request.settimeout(5)
                self.request = secure.wrap_socket(self.request, server_side=True)
            self.request.settimeout(None)
            super().setup()

        def finish(self) -> None:
            super().finish()
            self.request.close()  # the server knows only the plain one within

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked = Asked(self.command, self.path, len(made.asked), body)
            made.asked.append(asked)
            try:
                said = self._key_fault() or made.instead(asked) or self._passed_on(asked)
            except Hang:
                made.closing.wait()
                self.close_connection = True
                return
            except Cut as cut:
                if isinstance(cut, Lost):
                    self._passed_on(asked)
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{")
                self.close_connection = True
                return
            content = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
            self.send_response(said.status)
            headers = {n.lower(): v for n, v in said.headers.items()}
            for name, value in ({"content-type": "application/json"} | headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any

        def _key_fault(self) -> Said | None:
            given = self.headers.get("authorization")
            if key is None or given == f"ApiKey {key}":
                return None
            if given is None:
                reason = f"missing authentication credentials for REST request [{self.path}]"
            else:
                reason = "unable to authenticate with provided credentials and anonymous access " \
                    "is not allowed for this request"  # fmt: skip
            return refused(401, "security_exception", reason)

        def _passed_on(self, asked: Asked) -> Said:
            headers = {n: v for n, v in self.headers.items() if n.lower() not in _HOP}
            connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=60)
            try:
                connection.request(asked.method, asked.path, asked.body or None, headers)
                answer = connection.getresponse()
                kept = {n: v for n, v in answer.getheaders() if n.lower() not in _HOP}
                return Said(answer.status, answer.read(), kept)
            finally:
                connection.close()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass  # a client that does not like the certificate leaves: that is what is tested

    secure = None
    if shown is not None:
        secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        secure.load_cert_chain(shown.certificates, shown.key)
    with Server(("127.0.0.1", 0), Handler) as listening:
        scheme = "http" if shown is None else "https"
        made = Front(f"{scheme}://127.0.0.1:{listening.server_port}", instead)
        thread = threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            made.closing.set()
            listening.shutdown()
