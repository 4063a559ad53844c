"""A town hall's `unite run`: memory of all its processes, and how long pages take while it works.

A town of invented feeds on this machine is collected, scrubbed, tagged and brought into the index
by the clock, while a browser asks for the comparison again and again. The home holds posts from
before, so that the pages have something to answer.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any
from xml.sax.saxutils import escape

import psutil

from base.time import now
from monitor import demo, purposes
from monitor.entering import editing
from monitor.jobs.table import Table
from monitor.sample import CITIES, sample
from monitor.settings import Settings
from monitor.workspace import Workspace

_FEEDS = 4
_MB = 1 << 20
_TOWN = {
    "code": "testham", "name": "Testham", "country": "AT", "languages": ["de"],
    "time_zone": "Europe/Vienna", "latitude": 48.0, "longitude": 16.0, "names": ["Testham"],
}  # fmt: skip


def measure(posts: int = 50_000, before: int = 100_000) -> dict[str, Any]:
    """posts: that the feeds hold. before: posts in the home from the start. Memory in MB."""
    with TemporaryDirectory() as folder, _feeds(posts) as address:
        home = Path(folder) / "home"
        workspace = Workspace(Settings(home=home))
        subprocess.run(  # in a process of its own: its memory is not what is measured
            [sys.executable, "-c", "import sys; from pathlib import Path; from monitor import demo;"
             "from monitor.sample import CITIES; from monitor.settings import Settings; "
             "from monitor.workspace import Workspace; "
             f"demo.fill(Workspace(Settings(home=Path({str(home)!r}))), {before}, 3, CITIES)"],
            check=True,
        )  # fmt: skip
        (home / demo.MARK).unlink()
        _enter(workspace, address)
        env = {
            **os.environ, "UNITE_HOME": str(home), "UNITE_MONITOR_PURPOSE": "bench",
            "UNITE_MONITOR_RECHECK_MINUTES": "0", "UNITE_MONITOR_EVALUATE_DAYS": "0",
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor.cli.main", "run", "--port", "0"], env=env,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            return _watched(process, workspace, posts)
        finally:
            process.terminate()
            process.wait()


def _watched(process: subprocess.Popen[str], workspace: Workspace, posts: int) -> dict[str, Any]:
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found is not None
    table, memory = Table(workspace.database), _Memory(process.pid)

    def is_done(name: str, part: str) -> bool:
        run = table.last_runs().get((name, part))
        return run is not None and run.ended is not None

    began = time.perf_counter()
    with _browser(found.group()) as ask:
        busy = []
        while not (is_done("collect", "testham") and is_done("index", "-")):
            busy += ask()
        took = time.perf_counter() - began
        while any(p.is_running() for p in psutil.Process(process.pid).children()):
            time.sleep(0.5)
        idle = [t for _ in range(10) for t in ask()]
    memory.stop()
    collected = table.last_runs()["collect", "testham"]
    return {
        "posts": posts, "new": collected.counts["new"], "relevant": collected.counts["relevant"],
        "seconds": round(took, 1), "most_rss": memory.most, "most_pss": memory.most_pss,
        "most_of_pages": memory.of_pages, "most_of_work": memory.of_work,
        "afterwards": psutil.Process(process.pid).memory_info().rss // _MB,
        "answer_ms_working": _p50_p95(busy), "answer_ms_idle": _p50_p95(idle),
    }  # fmt: skip


def _p50_p95(found: list[float]) -> list[float]:
    return [round(median(found), 1), round(quantiles(found, n=20)[-1], 1)]


class _Memory:
    """The most that the processes held together and each kind alone, MB."""

    def __init__(self, pid: int) -> None:
        self.most = self.most_pss = self.of_pages = self.of_work = 0
        self._process = psutil.Process(pid)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            try:
                pages = self._process.memory_full_info()
                work = [p.memory_full_info() for p in self._process.children(recursive=True)]
            except psutil.Error:
                continue
            mine, theirs = pages.rss // _MB, sum(w.rss for w in work) // _MB
            self.of_pages, self.of_work = max(self.of_pages, mine), max(self.of_work, theirs)
            self.most = max(self.most, mine + theirs)
            pss = (pages.pss + sum(w.pss for w in work)) // _MB
            self.most_pss = max(self.most_pss, pss)

    def stop(self) -> None:
        self._over.set()
        self._thread.join()


@contextmanager
def _browser(address: str) -> Iterator[Callable[[], list[float]]]:
    """A visitor; each call opens the comparison and tells how long its answers took, ms."""
    from playwright.sync_api import Request, sync_playwright

    took: list[float] = []

    def note(request: Request) -> None:
        if "_dash-update-component" in request.url:
            took.append(request.timing["responseEnd"])

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page()
        page.on("requestfinished", note)
        page.goto(address)
        pages = address.partition("?")[0]

        def ask() -> list[float]:
            took.clear()
            page.goto(f"{pages}compare")
            page.wait_for_load_state("networkidle")
            return [t for t in took if t > 0]

        yield ask
        chromium.close()


def _enter(workspace: Workspace, address: str) -> None:
    """The town, its feeds, and the purpose that covers it alone."""
    feeds = [
        {"code": f"feed-{n}", "platform": "feeds", "name": f"Feed {n}", "voice": "personal",
         "address": f"{address}/{n}", "why": "invented", "read_at": "nowhere"}
        for n in range(_FEEDS)
    ]  # fmt: skip
    entry = {**_TOWN, "source": feeds}
    editing.propose(workspace, "add", "city", "testham", entry, author="A. Example", reason="bench")
    purposes.add(workspace.home / "purposes", purposes.Purpose(
        name="bench", who="a", task="t", legal_basis="l", question="q", cities=("testham",),
        recipients="r", end=date(2099, 1, 1), body="research", agreements=("feeds",),
    ))  # fmt: skip


@contextmanager
def _feeds(posts: int) -> Iterator[str]:
    """Feeds of this machine with so many posts of the last days in all."""
    bodies = [_feed(n, posts // _FEEDS) for n in range(_FEEDS)]

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/")
            body = bodies[int(name)] if name.isdigit() else b""
            self.send_response(200 if body else 404)
            self.send_header("content-type", "application/rss+xml")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


def _feed(number: int, posts: int) -> bytes:
    at = now() - timedelta(days=6)
    pages = sample(posts, 100 + number, CITIES, date(2025, 10, 6), date(2026, 10, 5),
                   candidates=0.25)  # fmt: skip
    texts = (item["text"] for page in pages for item in page.items)
    items = [
        f"<item><guid>{number}-{n}</guid><description>{escape(text)}</description>"
        f"<pubDate>{format_datetime(at + n * timedelta(seconds=9))}</pubDate></item>"
        for n, text in enumerate(texts)
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>F</title>'
    return f"{head}{''.join(items)}</channel></rss>".encode()
