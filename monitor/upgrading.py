"""Brings the data of an older version to this one: database, lake, index. Safe to repeat.

A newer version's data are refused (DatabaseNewer, LakeNewer); what is changed for good is backed
up before, or somebody says that it need not be (`monitor/cli/upgrade.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor import pipeline
from monitor.revisions import newest
from monitor.versions import versions
from monitor.workspace import Workspace
from store import migrations, schema
from store.index import IndexDamaged, IndexMissing


@dataclass(frozen=True)
class Upgraded:
    """revision: the database came from, None where it stood already. tables: of the lake that
    changed. months: of the index that were built. old_tagger: posts that other lists tagged."""

    revision: str | None
    tables: tuple[str, ...]
    months: int
    old_tagger: int

    def sentences(self) -> list[str]:
        """What was done, and what is left to do."""
        said = []
        if self.revision is not None:
            said.append(f"the database came from revision {self.revision} to {newest()}")
        if self.tables:
            said.append(f"{len(self.tables)} tables of the lake now have schema {schema.VERSION}")
        if self.months:
            said.append(f"{self.months} months of the index were built")
        if self.old_tagger:
            said.append(f"{self.old_tagger:,} posts were tagged by other word lists or rules: "
                        "unite retag")  # fmt: skip
        return said or ["everything is of this version already"]


def due(workspace: Workspace) -> list[str]:
    """What would be changed for good, in sentences. Raises DatabaseNewer, LakeNewer."""
    found = []
    revision = workspace.closed_database.revision() if workspace.has_database else None
    if revision is not None and revision != newest():
        workspace.closed_database.refuse_newer(revision)
        found.append(f"the database, from revision {revision} to {newest()}")
    if workspace.has("lake"):
        behind = migrations.behind(workspace.closed_lake)
        if behind:
            oldest = min(behind.values())
            found.append(f"the lake, from schema {oldest} to {schema.VERSION}")
    return found


def upgrade(workspace: Workspace) -> Upgraded:
    """Bring everything that is here to this version. Raises DatabaseNewer, LakeNewer."""
    revision, tables = bring_up(workspace)
    if not workspace.has("lake"):
        return Upgraded(revision, tables, 0, 0)
    try:
        months = pipeline.refresh(workspace)
    except IndexDamaged:  # of another version, or broken: it is a view, and is made again
        months = pipeline.refresh(workspace, rebuild=True)
    try:
        others = versions(workspace).others
    except IndexMissing:
        others = 0
    return Upgraded(revision, tables, months, others)


def bring_up(workspace: Workspace) -> tuple[str | None, tuple[str, ...]]:
    """Database and lake; the revision the database came from and the tables that changed."""
    due(workspace)  # refuses what is newer before anything is changed
    came_from = None
    if workspace.has_database:
        revision = workspace.closed_database.revision()
        workspace.closed_database.upgrade()
        came_from = revision if revision != newest() else None
    tables = migrations.upgrade(workspace.closed_lake) if workspace.has("lake") else ()
    return came_from, tuple(tables)
