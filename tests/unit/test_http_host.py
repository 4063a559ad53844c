"""A real HTTP server on a free port of this machine that behaves as a test tells it to."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytestmark = pytest.mark.unit


class Ask(BaseHTTPRequestHandler):
    """One request; a behaviour writes its answer, or does not."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", "0")))
        self._answer()

    def _answer(self) -> None:
        host = self.server
        assert isinstance(host, Host)
        host.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        behave = self.asked_of(host).ways.get(self.path.partition("?")[0])
        self.close_connection = True
        with contextlib.suppress(OSError):
            if behave is None:
                self.give(404)
            else:
                behave(self)

    def send_response(self, code: int, message: str | None = None) -> None:
        """With the date of the host's clock, if it has one."""
        self.send_response_only(code, message)
        assert isinstance(self.server, Host)
        if self.server.date is not None:
            self.send_header("date", format_datetime(self.server.date, usegmt=True))

    def asked_of(self, host: Host) -> Host:
        """Whose ways count: a proxy answers for others."""
        return host

    def give(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer; `content_type` names the header content-type."""
        self.send_response(status)
        names = {k.replace("_", "-"): v for k, v in headers.items()}
        for name, value in {"content-length": str(len(body)), **names}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Host(ThreadingHTTPServer):
    """`ways[path]` is how a path answers; `asked` lists what was asked for."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Ask)
        self.ways: dict[str, Callable[[Ask], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.date: datetime | None = None  # its clock: a server need not have one
        self.end = threading.Event()  # set when the test is over: hanging answers wait for it

    def at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves early is what is tested."""


@contextmanager
def running(given: Host | None = None) -> Iterator[Host]:
    host = given or Host()
    thread = threading.Thread(target=host.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield host
    finally:
        host.end.set()
        host.shutdown()
        host.server_close()
        thread.join()


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.at = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def test_only_sleeping_moves_the_clock() -> None:
    time = FakeTime()
    time.sleep(3)
    assert (time.clock(), time.slept) == (3.0, [3])
