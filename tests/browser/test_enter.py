"""A city enters itself in the browser: looked for, tried, saved, undone; breaks on its page."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from test_access import violations

from base.time import now
from monitor.entering import editing, effective
from monitor.settings import load
from monitor.workspace import Workspace

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from test_collecting import feed, gives
from test_http_host import Ask, Host, running

pytestmark = pytest.mark.browser
PAGE = b"""<html><head><link rel="alternate" type="application/rss+xml" href="/news">
<link rel="alternate" type="application/rss+xml" href="/closed"></head></html>"""


@pytest.fixture(scope="module")
def own(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the home, whose cities these tests change."""
    folder = tmp_path_factory.mktemp("own") / "home"
    shutil.copytree(home, folder)
    return Workspace(load(home=folder))


@pytest.fixture(scope="module")
def entry(own: Workspace, start: Any, chromium: Any) -> tuple[Any, Any]:
    """A server of that home, and the session that its token opened."""
    found = start(own.home)
    context = chromium.new_context()
    context.new_page().goto(found.entry)
    cookies = context.cookies()
    context.close()
    return found, cookies


@pytest.fixture
def page(entry: tuple[Any, Any], open_page: Any) -> Any:
    """A watched page of that server."""
    return open_page(*entry, bypass_csp=True)


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as found:
        found.ways = {"/": gives(PAGE), "/news": gives(feed(1, 2, 3)), "/closed": once(feed(4))}
        yield found


def once(body: bytes) -> Any:
    """Answers the discovery, then refuses the trial."""
    asked: list[int] = []

    def way(ask: Ask) -> None:
        asked.append(1)
        (gives(body) if len(asked) == 1 else gives(b"", 403))(ask)

    return way


def registry(own: Workspace) -> Any:
    return effective.registry(own.settings)


def test_a_city_is_looked_for_tried_saved_and_undone(
    page: Any, own: Workspace, host: Host, axe: str
) -> None:
    there = page.page
    there.goto(page.base + "/enter")
    there.wait_for_selector("#enter-log section")
    there.fill("#enter-name", "Uppsala")
    there.fill("#enter-sites", f"{host.at('/')}\n{host.at('/nowhere')}")
    there.set_input_files("#enter-upload input[type=file]", files=[
        {"name": "d.csv", "mimeType": "text/csv", "buffer": "name\nGränby\n".encode()}
    ])  # fmt: skip
    there.wait_for_selector("#enter-file:has-text('d.csv')")
    there.click("#enter-look")
    there.wait_for_selector("#enter-save")
    said = there.locator("#enter-found").inner_text()
    assert "uppsala" in said
    assert "2 feeds found, 1 answered" in said
    assert "refused (403)" in said
    assert "/nowhere" in said  # a site without a feed is said, the other goes on
    ticked = there.locator("#enter-found input[type=checkbox]")
    assert [box.is_checked() for box in ticked.all()] == [True, False]
    row = there.locator("#enter-found tbody tr").first.inner_text()
    assert "100" in row
    assert "of 3" in row
    assert violations(there, axe) == []

    there.click("#enter-save")  # without a name
    there.wait_for_selector("#enter-saved .face-error:has-text('without an author')")
    assert "uppsala" not in registry(own).cities
    there.fill("#enter-author", "A. Example")
    there.fill("#enter-reason", "we want to know")
    there.click("#enter-save")
    there.wait_for_selector("#enter-saved :text('Uppsala was entered with 1 source')")
    town = registry(own).city("uppsala")
    assert ([s.address for s in town.sources], [d.code for d in town.districts]) == (
        [host.at("/news")], ["granby"],
    )  # fmt: skip
    there.wait_for_selector("#enter-log td:has-text('uppsala')")
    assert violations(there, axe) == []
    there.fill("#enter-undo-author", "B. Example")
    there.click("#enter-log button >> nth=0")
    there.wait_for_selector("#enter-log :text('undone by B. Example')")
    assert "uppsala" not in registry(own).cities
    assert page.wrong == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ("The city has no name",)),
        ({"name": "Freiburg"}, ("4 places are called", "--country")),
        ({"name": "Funchal"}, ("several time zones", "Atlantic/Madeira")),
        ({"name": "Uppsala", "country": "XX"}, ("Unknown country",)),
    ],
)
def test_what_cannot_be_used_is_said_beside_the_form(
    page: Any, fields: dict[str, str], words: tuple[str, ...]
) -> None:
    there = page.page
    there.goto(page.base + "/enter")
    there.wait_for_selector("#enter-log section")
    for name, value in fields.items():
        there.fill(f"#enter-{name}", value)
    there.click("#enter-look")
    there.wait_for_selector("#enter-found .face-error")
    said = there.locator("#enter-found").inner_text()
    for word in words:
        assert word in said
    assert there.input_value("#enter-name") == fields.get("name", "")  # nothing typed is lost
    assert page.wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_has_no_serious_violation(
    entry: Any, open_page: Any, axe: str, scheme: str
) -> None:
    there = open_page(*entry, color_scheme=scheme, bypass_csp=True,
                      viewport={"width": 375, "height": 800})  # fmt: skip
    there.page.goto(there.base + "/enter")
    there.page.wait_for_selector("#enter-log section")
    assert violations(there.page, axe) == []
    assert there.page.evaluate("document.documentElement.scrollWidth") <= 375


def test_a_break_stands_on_the_citys_chart_in_words_and_in_the_table(
    page: Any, own: Workspace
) -> None:
    source = own.registry.city("malmo").sources[0]
    name = own.registry.city("malmo").notes[source.code].name
    day = (now() - timedelta(days=30)).date()
    there = page.open("/city?city=malmo")
    assert there.locator(".chart .annotation").count() == 0
    editing.propose(
        own, "retire", "source", "malmo", {"source": [{"code": source.code, "until": day}]},
        author="A. Example", reason="the feed is gone",
    )  # fmt: skip
    there = page.open("/city?city=malmo")  # the running server follows
    card = there.locator('section[aria-label="Over time"]')
    said = f"{day.day} {day:%b %Y}: {name} retired"
    assert said in (card.locator(".chart").get_attribute("aria-label") or "")
    card.locator(".chart .annotation").wait_for()
    assert card.locator(".chart .annotation").text_content() == f"{day.day} {day:%b}"
    card.locator("summary", has_text="The same as a table").click()
    assert card.locator(f"td:has-text('{name} retired')").count() == 1
    assert f"Sources changed: {said}" in card.inner_text()
