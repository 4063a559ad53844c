"""What many unit tests share: a tagger, which takes seconds to build."""

from __future__ import annotations

import pytest
from databases import either_database, postgres_databases
from object_store import bucket_place, lake_place, object_store

from monitor.settings import Settings
from monitor.workspace import Workspace

__all__ = [
    "bucket_place", "either_database", "lake_place", "object_store", "postgres_databases", "tools",
]  # fmt: skip


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace whose tagger is built once for all."""
    found = Workspace(Settings(home=tmp_path_factory.mktemp("tools")))
    assert found.tagger
    return found
