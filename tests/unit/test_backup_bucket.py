"""A backup of a folder with SQLite goes into a bucket with PostgreSQL, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from installations import again, figures, installation, place, tables
from test_lake_bucket import given

from monitor.backup import NotEmpty, making, rows
from monitor.backup.restoring import restore
from monitor.settings import Settings
from monitor.workspace import Workspace

pytestmark = pytest.mark.server
__all__ = ["given"]  # the fixture


def test_from_a_folder_into_a_bucket_and_back(tmp_path: Path, given: dict[str, Any]) -> None:
    first = installation(tmp_path / "first")
    making.backup(first, place(tmp_path / "a"))
    settings = Settings(home=tmp_path / "second", **given)
    restore(settings, place(tmp_path / "a"))
    second = Workspace(settings)
    assert not (second.home / "lake").exists()
    assert figures(second) == figures(first)
    making.backup(second, place(tmp_path / "b"))
    third, _ = again(tmp_path / "third", tmp_path / "b")
    assert figures(third) == figures(first)
    assert tables(third) == tables(first)
    assert third.database.access_log() == first.database.access_log()
    with second.database.connected() as connection:
        rows._clear(connection)  # an empty database alone is not enough
    with pytest.raises(NotEmpty, match="UNITE_STORE_LAKE_URL"):
        restore(Settings(home=tmp_path / "x", **given), place(tmp_path / "a"))
    assert not (tmp_path / "x").exists()
