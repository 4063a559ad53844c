"""Posts that the index cannot hold: told once each, and forgotten where a rebuild tries anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_cli_run import unite

from monitor.database import Quarantined
from monitor.settings import load
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit


def test_they_are_written_once_and_told_until_a_rebuild(tmp_path: Path) -> None:
    workspace = Workspace(load(home=tmp_path))
    workspace.database.quarantine("wien", "forum", "w", [Quarantined(1, "date", "no date")])
    for _ in range(2):  # as each catch-up refuses them again
        for post in ("a1", "a2"):
            workspace.unheld.add(f"{post}:wien", "document_parsing_exception", "day")
        workspace.unheld.write()
    assert workspace.unheld.reasons() == [("wien", "document_parsing_exception", 2)]
    told = unite(tmp_path, "index")
    assert "2 posts of wien are not in it: document_parsing_exception" in told.err
    told = unite(tmp_path, "index", "--rebuild")
    assert "not in it" not in told.err
    assert workspace.database.quarantined() == [("wien", "forum", "no date", 1)]
