"""Data of an older version are brought to this one after a backup; a newer one's are refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from deltalake import DeltaTable
from installations import again, figures, installation, place, tables
from test_cli_run import unite

from monitor import upgrading
from monitor.backup import making
from monitor.database_faults import DatabaseNewer, DatabaseOlder
from monitor.revisions import migrate, newest
from monitor.settings import Settings
from monitor.workspace import Workspace
from store import migrations, schema
from store.lake import PROPERTY, Lake, LakeNewer, LakeOlder
from store.tables import TABLES

pytestmark = pytest.mark.unit


def older_database(workspace: Workspace, revision: str) -> None:
    """The database as the program of that revision left it, with a cursor."""
    path = workspace.home / "unite.db"
    for file in workspace.home.glob("unite.db*"):
        file.unlink()
    assert not path.exists()
    with workspace.closed_database.connected() as connection:
        migrate(connection, revision)
        connection.execute(sa.text(
            "insert into cursors (home, source, state, at)"
            " values ('wien', 's', '{\"after\": \"old\"}', '2026-01-01 00:00:00')"
        ))  # fmt: skip


def older_lake(root: Path) -> None:
    """The lake as an older program left it: no version, and a column that was not there yet."""
    kind = TABLES["removed"]
    lake = Lake(root)
    shutil.rmtree(root / "removed")
    DeltaTable.create(str(root / "removed"), kind.schema.remove(kind.schema.get_field_index("day")))
    for name in TABLES:
        lake.opened(name).alter.set_table_properties({PROPERTY: "0"}, False)


@pytest.fixture
def old(tmp_path: Path) -> Workspace:
    workspace = installation(tmp_path / "home")
    older_database(workspace, "0003")
    older_lake(workspace.home / "lake")
    manifest = workspace.home / "index" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "schema": 1}))
    return Workspace(Settings(home=workspace.home))


def test_an_older_installation_is_refused_until_it_is_upgraded(old: Workspace) -> None:
    with pytest.raises(DatabaseOlder, match="unite upgrade"):
        _ = old.database
    with pytest.raises(LakeOlder, match="unite upgrade"):
        old.lake.read("posts")
    assert upgrading.due(old) == [
        f"the database, from revision 0003 to {newest()}",
        f"the lake, from schema 0 to {schema.VERSION}",
    ]
    done = upgrading.upgrade(old)
    assert (done.revision, set(done.tables)) == ("0003", set(TABLES))
    assert done.months > 0
    assert done.old_tagger == 720
    assert "unite retag" in done.sentences()[-1]
    fresh = Workspace(old.settings)
    assert fresh.database.cursor("wien", "s") == {"after": "old"}
    assert fresh.lake.read("removed").schema.names == list(schema.REMOVED.names)
    assert any(row["posts"] for row in figures(fresh))
    # and once more changes nothing
    again_ = upgrading.upgrade(fresh)
    assert (again_.revision, again_.tables, again_.months) == (None, (), 0)
    assert upgrading.due(fresh) == []


def test_a_backup_of_an_older_installation_is_restored_by_this_program(
    old: Workspace, tmp_path: Path
) -> None:
    making.backup(old, place(tmp_path / "backups"))
    after, _ = again(tmp_path / "again", tmp_path / "backups")
    assert after.database.revision() == newest()
    assert after.database.cursor("wien", "s") == {"after": "old"}
    assert len(tables(after)["posts"]) == 720


def test_the_command_wants_a_backup_first(old: Workspace, tmp_path: Path) -> None:
    done = unite(old.home, "upgrade")
    assert done.code == 1
    assert "--no-backup" in done.err
    assert old.closed_database.revision() == "0003"
    (tmp_path / "words").write_text("an invented passphrase\n")
    done = unite(
        old.home, "upgrade", "--backup", str(tmp_path / "backups"),
        "--passphrase-file", str(tmp_path / "words"),
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "backup 2" in done.err
    done = unite(old.home, "upgrade")
    assert done.code == 0
    assert "posts were tagged by other word lists" in done.err


def test_newer_data_are_refused_with_what_to_do(tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=tmp_path / "home"))
    _ = workspace.lake, workspace.database
    with workspace.database.connected() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    fresh = Workspace(workspace.settings)
    for work in (lambda: fresh.database, lambda: upgrading.upgrade(fresh)):
        with pytest.raises(DatabaseNewer, match="use the newer program"):
            work()
    (workspace.home / "unite.db").unlink()
    Lake(workspace.home / "lake").opened("posts").alter.set_table_properties(
        {PROPERTY: str(schema.VERSION + 1)}, False
    )
    with pytest.raises(LakeNewer, match="use the newer program"):
        upgrading.upgrade(Workspace(workspace.settings))


def test_an_upgrade_that_was_killed_between_two_tables_goes_on(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    lake.create()
    older_lake(lake.root)
    lake.opened("posts").alter.set_table_properties({PROPERTY: str(schema.VERSION)}, False)
    assert set(migrations.upgrade(lake)) == set(TABLES) - {"posts"}
    assert migrations.upgrade(lake) == []
