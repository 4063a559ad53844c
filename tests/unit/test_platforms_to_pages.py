"""From each platform's answer on the wire to the figure on a page, and again without doubling."""

from __future__ import annotations

import html
import re
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from looks import NOW, client
from platform_hosts import PLACES, Place, settings, standing
from test_dashboard import texts

from collectors.youtube import api as youtube_api
from dashboard.page import Page, visit
from dashboard.pages.compare import PAGE
from dashboard.site import Site
from monitor import collecting, pipeline
from monitor.pipeline import Taken
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
SINCE = NOW - timedelta(days=6)
WEEK = "since=2026-03-09&until=2026-03-16"
HOMES = "Neue Wohnungen für Geflüchtete in Wien, Haus Nummer {n} ist bald fertig"
COURSES = "Der Deutschkurs in Wien hat noch Plätze, Gruppe {n} beginnt am Montag"


def collect(workspace: Workspace, places: list[Place]) -> Taken:
    with client() as http:
        taken, failed = collecting.collect(
            workspace, [p.source for p in places], since=SINCE, until=NOW, http=http
        )
    assert failed == []
    pipeline.refresh(workspace)
    return taken


def said(workspace: Workspace, platform: str) -> str:
    """What the page that compares cities shows of one, read as its callback reads the address."""
    address = f"/compare?city=wien&_area=housing&platform={platform}&{WEEK}"
    pages: dict[str, Page] = {PAGE.path: PAGE}
    seen = visit(Site(workspace), address, pages)
    shown = re.sub(r"<[^>]+>", " ", texts(PAGE.cards["side"](seen, "")))
    return " ".join(html.unescape(shown).split())


def test_posts_of_every_platform_become_a_share_on_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setattr(youtube_api, "_used", {})
    with ExitStack() as stack:
        places = [stack.enter_context(standing(platform)) for platform in PLACES]
        for place in places:
            # two in an hour, all of one week; every other one is about housing
            place.show([
                place.native(n, NOW - timedelta(minutes=30 * (41 - n)),
                             (HOMES if n % 2 else COURSES).format(n=f"{place.platform} {n}"))
                for n in range(1, 41)
            ])  # fmt: skip
        workspace = Workspace(settings(tmp_path / "home", *places))
        assert collect(workspace, places).new == 40 * len(PLACES)
        shown = {platform: said(workspace, platform) for platform in PLACES}
        for platform in PLACES:
            row = r"Wien 50 % \d+–\d+ % 20 of 40 or more posts collected"
            assert re.search(row, shown[platform]), (platform, shown[platform])
        # the same days again: asked once more, nothing new, the same figures
        assert collect(workspace, places).new == 0
        assert {platform: said(workspace, platform) for platform in PLACES} == shown
