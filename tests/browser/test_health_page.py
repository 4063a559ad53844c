"""The page of health in a real browser: trouble stands first, and can be acknowledged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from collectors.collector import Source
from collectors.errors import AccessRefused
from monitor.sources import alerts, failures
from monitor.sources.health import health
from monitor.workspace import Workspace

pytestmark = pytest.mark.browser


@pytest.fixture
def broken(workspace: Workspace) -> Iterator[Source]:
    """A source of Wien whose key is refused."""
    first = next(h for h in health(workspace) if h.home == "wien" and h.state == "ok")
    source = Source(first.source, first.platform, "wien", "", "media", "Europe/Vienna")
    failures.remember(workspace.database, source, AccessRefused("the key was refused (401)"))
    yield source
    failures.remember(workspace.database, source, None)
    alerts.follow(workspace.database, health(workspace))


def test_what_is_in_trouble_stands_first_and_is_acknowledged_once(
    watch: Any, workspace: Workspace, broken: Source
) -> None:
    seen = watch()
    page = seen.open("/health?city=wien")
    rows = page.locator("table.health tbody tr")
    known = [h for h in health(workspace) if h.home == "wien"]
    assert rows.count() == len(known)
    first = rows.first.inner_text()
    assert first.startswith("failing")
    assert broken.code in first
    (alert,) = page.locator(".alert.is-open").all()
    assert "refused (401)" in alert.inner_text()
    assert alert.get_by_role("button").count() == 1  # nothing silent about it
    alert.get_by_role("button").click()
    page.wait_for_selector(".alert >> text=Acknowledged by local")
    assert alerts.alerts(workspace.database)[-1].acknowledged_by == "local"
    page = seen.open("/health?city=wien")  # drawn anew
    assert page.locator(".alert.is-open").count() == 0
    assert seen.wrong == []


def test_cities_and_states_filter_the_table(watch: Any, broken: Source) -> None:
    page = watch().open("/health")
    page.click(".choices >> text=/^Wien$/")
    page.wait_for_url("**/health?city=wien*")
    page.click(".choices >> text=/^failing 1$/")
    page.wait_for_url("**_state=failing*")
    page.wait_for_selector(".choices .chosen >> text=failing 1")
    rows = page.locator("table.health tbody tr")
    assert [broken.code in text for text in rows.all_inner_texts()] == [True]


def test_a_state_that_is_none_is_said(watch: Any) -> None:
    page = watch().open("/health?_state=fine")
    assert "unknown state" in page.locator(".face-error").inner_text().lower()
