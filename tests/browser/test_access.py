"""axe-core finds nothing serious on any page, in either theme, at either width."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser
PAGES = ("/", "/city?city=wien", "/compare?city=wien&city=malmo&city=berlin", "/compare?city=wein",
         "/health")  # fmt: skip
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}"
SERIOUS = ("serious", "critical")


def violations(page: Any, axe: str) -> list[str]:
    """What axe finds that is serious. Both run beside the page's own policy, not under it."""
    page.evaluate(axe)
    found = page.evaluate(f"axe.run(document, {RULES})")["violations"]
    return [
        f"{v['id']} ({v['impact']}): {node['target']} {node['failureSummary']}"
        for v in found
        if v["impact"] in SERIOUS
        for node in v["nodes"][:3]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_serious_violation(watch: Any, axe: str, path: str, scheme: str) -> None:
    page = watch(color_scheme=scheme, bypass_csp=True).open(path)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert violations(page, axe) == []


def test_an_open_chooser_and_a_phone_have_none_either(watch: Any, axe: str) -> None:
    page = watch(viewport={"width": 375, "height": 720}, bypass_csp=True).open(PAGES[2])
    page.click(".sentence-line")
    page.click("#bracket-areas")
    page.wait_for_selector(".chooser")
    assert violations(page, axe) == []


def test_a_planted_fault_is_found(watch: Any, axe: str) -> None:
    page = watch(bypass_csp=True).open(PAGES[0])
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"/assets/mark.svg\">'")
    assert any("image-alt" in v for v in violations(page, axe))
