"""The annex of a data access request: facts of this installation, and gaps that say so."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from test_cli_run import purpose, unite

from base.errors import BadInput
from monitor import cities
from monitor.access_pack import coordinators, draft
from monitor.purposes import Purpose
from monitor.settings import Settings
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
GAP = re.compile(r"\*\*\[to be filled in: [^\]]+\]\*\*")
SHEET = Purpose(
    "study", "Institut für Erfundenes", "a thesis", "Art. 6(1)(e) GDPR", "what of housing?",
    ("wien",), "the readers of the thesis", date(2099, 1, 1), "research",
)  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(Settings(home=tmp_path / "home", monitor_retention_days=400))


def test_it_says_what_is_known(workspace: Workspace) -> None:
    text = draft(workspace, SHEET, ["youtube"])["youtube"]
    for known in (
        "Institut für Erfundenes", "a thesis", "what of housing?", "Art. 6(1)(e) GDPR",
        "the readers of the thesis", "2099-01-01", "Kind of body: research organisation",
        "Coimisiún na Meán, IE", "Google Ireland Limited", "Article 40(4), vetted researcher",
        "other posts, scrubbed of personal data | 30 days",  # the platform's terms, not our 400
        "no text, keyed ids, tags", "within 30 days", "a local file", "- Cities: wien",
    ):  # fmt: skip
        assert known in text, known
    assert "none yet: **[to be filled in" in text
    feeds = draft(workspace, SHEET, ["feeds"])["feeds"]
    assert "other posts, scrubbed of personal data | 400 days" in feeds
    assert "of press articles an excerpt after 30 days" in feeds
    listed = [s for s in workspace.registry.city("wien").sources if s.platform == "feeds"]
    assert listed
    assert all(f"- wien: {s.address} " in feeds for s in listed)


def test_it_promises_no_more_than_is_done(workspace: Workspace) -> None:
    paid, silent = (draft(workspace, SHEET, [code])[code] for code in ("x", "tiktok"))
    assert "each post is asked for in turn, at most 200 of a source a day" in paid
    assert "how deletions at the platform are followed" in silent
    assert "each post is asked for" not in silent


def test_what_is_not_known_is_left_to_the_applicant_and_counted(workspace: Workspace) -> None:
    text = draft(workspace, SHEET, ["x"])["x"]
    gaps = GAP.findall(text)
    assert f"({len(gaps)} places)" in text
    assert len(gaps) >= 15
    for missing in ("who pays", "first day", "Article 9", "which risk", "backups"):
        assert any(missing in gap for gap in gaps) or missing in text, missing
    assert "@@" not in text
    assert "{" not in text
    assert "None" not in text


def test_another_body_is_told_that_this_way_is_not_its_own(workspace: Workspace) -> None:
    town = replace(SHEET, body="public-body", agreements=("x",))
    text = draft(workspace, town, ["x"])["x"]
    assert "Article 40(4), vetted researcher" not in text
    assert "needs a research organisation as applicant" in text
    assert "stated in the purpose sheet" in text
    assert "none stated" in draft(workspace, SHEET, ["x"])["x"]


def test_a_platform_that_nobody_lists_as_very_large(workspace: Workspace) -> None:
    text = draft(workspace, SHEET, ["lemmy"])["lemmy"]
    assert "Article 40 may not bind it" in text
    assert "Coimisiún" not in text
    with pytest.raises(BadInput, match="did you mean 'lemmy'"):
        draft(workspace, SHEET, ["lemy"])


def test_settings_show(tmp_path: Path) -> None:
    workspace = Workspace(
        Settings(home=tmp_path, store_vault="off", dashboard_host="0.0.0.0", monitor_recheck_days=9)
    )
    text = draft(workspace, SHEET, ["x"])["x"]
    assert "encrypted | not kept" in text
    assert "posts are not asked for at the platform" in text
    assert "the organisation's network" in text
    assert "nothing of the taxonomy was found | 9 days" in text


def test_a_sheet_cannot_write_a_part_of_the_document(workspace: Workspace) -> None:
    evil = "a\n# Approved\n{{ fill('x') }}"
    text = draft(workspace, replace(SHEET, who=evil), ["x"])["x"]
    assert "\n# Approved" not in text
    assert "a # Approved {{ fill('x') }}" in text


def test_every_platform_of_the_list_is_one_of_ours() -> None:
    found = coordinators()
    assert found.keys() <= cities.load().platforms.keys()
    assert all(c.address.startswith("https://") and "https://" in c.source for c in found.values())
    assert {c.country for c in found.values()} == {"IE"}


def test_the_command_writes_a_file_a_platform(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    assert purpose(home, "study", "wien").code == 0
    said = unite(home, "access-pack", "--purpose", "study", "--out", str(out))
    assert (said.code, said.out) == (0, ""), said.err
    assert {p.stem for p in out.iterdir()} == set(coordinators())
    again = unite(home, "access-pack", "--purpose", "study", "--out", str(out))
    assert (again.code, "is there already" in again.err) == (1, True)
    words = ("access-pack", "--purpose", "study", "--platform", "x")
    assert unite(home, *words).out == (out / "x.md").read_text("utf-8")
    rows = json.loads(unite(home, *words, "--json").out)["rows"]
    assert [(r["platform"], r["text"][:2]) for r in rows] == [("x", "# ")]
    without = unite(home, "access-pack")
    assert (without.code, "access-pack needs a purpose" in without.err) == (1, True)
