"""A real server over a real workspace, and Debian's Chromium before it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from monitor import demo
from monitor.settings import load
from monitor.workspace import Workspace

CITIES = ("wien", "malmo", "berlin")
POSTS = 12_000
UNDRAWN = "#page .slot:not(:has(.foot, .face-error, .lead))"
AXE = "4.14.1"
WAIT = 60_000  # ms: a busy build server is slow, not wrong


@dataclass(frozen=True)
class Served:
    """A running `unite serve`. entry: the address with the token, used by nobody yet."""

    home: Path
    base: str
    entry: str


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with invented posts from the real pipeline; UNITE_TEST_DEMO_HOME is taken as it is."""
    given = os.environ.get("UNITE_TEST_DEMO_HOME")
    if given:
        return Path(given)
    folder = tmp_path_factory.mktemp("pages")
    demo.fill(Workspace(load(home=folder)), POSTS, 1, CITIES)
    return folder


@pytest.fixture(scope="session")
def workspace(home: Path) -> Workspace:
    """The same workspace, read in this process."""
    return Workspace(load(home=home))


@pytest.fixture(scope="session")
def start(home: Path) -> Iterator[Any]:
    """Starts servers of their own processes; all end with the session."""
    running: list[subprocess.Popen[str]] = []

    def one(home: Path = home) -> Served:
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor.cli.main", "serve", "--port", "0", "--no-open"],
            env=os.environ | {"UNITE_HOME": str(home)}, cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        running.append(process)
        assert process.stdout is not None
        found = re.search(r"(http://[^/]+)/\?token=\S+", process.stdout.readline())
        assert found, "serve printed no address"
        return Served(home, found[1], found[0])

    yield one
    for process in running:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def served(start: Any) -> Served:
    """The server that the tests share; `browser` uses its token."""
    found: Served = start()
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Chromium through Playwright."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("needs Chromium: apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def cookies(served: Served, chromium: Any) -> Any:
    """The session that the token opened."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(served.entry)
    kept = context.cookies()
    context.close()
    return kept


class Watched:
    """A page that writes down errors of the console and requests to other hosts."""

    def __init__(self, page: Any, base: str) -> None:
        self.page = page
        self.base = base
        self.wrong: list[str] = []
        page.set_default_timeout(WAIT)
        page.on("console", lambda m: self._note(m.type == "error", f"console: {m.text}"))
        page.on("pageerror", lambda e: self._note(True, f"error: {e}"))
        page.on("response", lambda r: self._note(r.status >= 400, f"{r.status}: {r.url}"))
        page.on("request", lambda r: self._note(self._is_foreign(r.url), f"foreign: {r.url}"))

    def _is_foreign(self, url: str) -> bool:
        return not url.startswith((self.base + "/", "data:", "blob:", "about:"))

    def _note(self, is_wrong: bool, what: str) -> None:
        if is_wrong:
            self.wrong.append(what)

    def open(self, path: str) -> Any:
        """Go there and wait until every card is drawn."""
        self.page.goto(self.base + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Until every card is drawn."""
        self.page.wait_for_selector("#page h1")
        self.page.wait_for_selector(UNDRAWN, state="detached")


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Any]:
    """Opens watched pages of a server with its session. Keyword arguments are the context's."""
    contexts: list[Any] = []

    def one(served: Served, cookies: Any, **context: Any) -> Watched:
        asked = {"viewport": {"width": 1280, "height": 900}, **context}
        contexts.append(chromium.new_context(**asked))
        contexts[-1].add_cookies(cookies)
        return Watched(contexts[-1].new_page(), served.base)

    yield one
    for context in contexts:
        context.close()


@pytest.fixture
def watch(served: Served, cookies: Any, open_page: Any) -> Any:
    """Opens watched pages of the shared server, signed in."""
    return partial(open_page, served, cookies)


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's script, kept in the user's cache folder; fetched once where npm is."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "uniteeurope-tests"
    script = folder / "package" / "axe.min.js"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("needs axe-core: npm is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [npm, "pack", f"axe-core@{AXE}"], cwd=folder, capture_output=True, timeout=120,
            check=False,
        )  # fmt: skip
        if done.returncode:
            pytest.skip("needs axe-core: npm cannot fetch it")
        with tarfile.open(folder / f"axe-core-{AXE}.tgz") as archive:
            archive.extractall(folder, filter="data")
    return script.read_text("utf-8")
