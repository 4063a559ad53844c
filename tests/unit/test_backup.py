"""Backup and restore of a whole installation: the same figures, and nothing that was forgotten."""

from __future__ import annotations

import os
import shutil
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from canaries import found_in
from installations import (
    CANARY,
    WORDS,
    again,
    canary,
    collect,
    figures,
    installation,
    old_post,
    place,
    tables,
)

from base.errors import BadInput
from base.time import now
from monitor import pipeline, unfinished_restore
from monitor.backup import BackupDamaged, BackupFault, BackupSealed, NotEmpty, making, restoring
from monitor.backup.opening import opened, prepare
from monitor.backup.secrets import make_key, read_identity, read_recipient
from monitor.settings import Settings
from monitor.unfinished_restore import MARK, Unfinished
from monitor.workspace import Workspace
from store import upkeep

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `home` and, beside it, `backups` of it."""
    folder = tmp_path_factory.mktemp("made")
    workspace = installation(folder / "home")
    assert figures(workspace)
    making.backup(workspace, place(folder / "backups"))
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(made, tmp_path / "copy"))


def unsealed(folder: Path, to: Path) -> Path:
    """Every file of every backup in the folder, in the clear."""
    found = place(folder)
    for name in found.names():
        for entry in found.manifest(name).files:
            path = to / name / entry.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(found.open(entry)))
    return to


def test_a_restore_gives_the_same_rows_and_the_same_figures(made: Path, tmp_path: Path) -> None:
    before = Workspace(Settings(home=made / "home"))
    after, _ = again(tmp_path / "again", made / "backups")
    assert figures(after) == figures(before)
    assert any(row["posts"] for row in figures(after))
    assert tables(after) == tables(before)
    assert after.database.cursor("wien", "s") == {"after": "7"}
    assert after.database.access_log() == before.database.access_log()
    for file in ("purposes/study.toml", "unite.toml", "keys/id.key", "keys/release.key"):
        assert (after.home / file).read_bytes() == (before.home / file).read_bytes()
    # the next post after the restore is known again, and goes on in the same tables
    collect(after, 360, "wien", "malmo")
    assert len(tables(after)["posts"]) == len(tables(before)["posts"])


def test_author_keys_index_and_locks_are_not_in_it(made: Path, tmp_path: Path) -> None:
    assert list((made / "home" / "keys").glob("author-*"))
    paths = {e.path for e in place(made / "backups").manifest(
        place(made / "backups").names()[0]).files}  # fmt: skip
    assert {"keys/id.key", "keys/vault.key", "keys/release.key", "unite.toml"} <= paths
    assert not [p for p in paths if "author" in p or "index" in p or p.endswith(".lock")]
    assert not [p for p in paths if p.endswith((".db", ".db-wal"))]
    key = next((made / "home" / "keys").glob("author-*")).read_bytes()
    clear = unsealed(made / "backups", tmp_path / "clear")
    assert not [p for p in clear.rglob("*") if p.is_file() and key in p.read_bytes()]


def test_nobody_else_may_read_it_and_no_byte_is_in_the_clear(made: Path, tmp_path: Path) -> None:
    for path in (made / "backups").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
    words = [CANARY, "text 7 of wien", "wien", "purposes", "unite.toml", "forgotten.parquet"]
    assert found_in(made / "backups", words) == []
    assert (CANARY, "raw") not in found_in(made / "backups", [CANARY])
    clear = unsealed(made / "backups", tmp_path / "clear")
    assert {c for c, _ in found_in(clear, [CANARY, "A town"])} == {CANARY, "A town"}


def test_a_second_backup_copies_what_is_new_and_drops_what_is_old(copy: Path) -> None:
    workspace = Workspace(Settings(home=copy / "home"))
    same = making.backup(workspace, place(copy / "backups"))
    assert (same.new, same.dropped) == (1, 1)  # the rows of the database
    collect(workspace, 3, "wien", after="-new")
    more = making.backup(workspace, place(copy / "backups"))
    assert 1 < more.new < more.files / 2
    assert len(place(copy / "backups").names()) == 1
    listed = {e.name for e in place(copy / "backups").manifest(more.name).files}
    assert {p.name for p in (copy / "backups" / "data").glob("*/*")} == listed


def test_forgotten_text_leaves_the_next_backup(copy: Path, tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=copy / "home"))
    upkeep.forget(workspace.lake, ids=[canary("wien"), canary("malmo")], at=now())
    pipeline.refresh(workspace, forget=True)
    assert found_in(copy / "home", [CANARY]) == []
    making.backup(workspace, place(copy / "backups"))
    assert found_in(unsealed(copy / "backups", tmp_path / "clear"), [CANARY]) == []


def test_so_many_are_kept_and_none_for_longer_than_a_month(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, kept = Workspace(Settings(home=copy / "home")), place(copy / "backups")
    for _ in range(3):
        making.backup(workspace, kept, keep=3)
    names = kept.names()
    assert len(names) == 3
    for name in names:
        restoring.check(kept, name)
    monkeypatch.setattr(making, "now", lambda: now() + timedelta(days=31))
    making.backup(workspace, kept, keep=3)
    assert len(kept.names()) == 1


def test_what_was_forgotten_since_stays_forgotten(copy: Path, tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=copy / "home"))
    upkeep.forget(workspace.lake, ids=[canary("wien")], at=now())
    # from the home that is replaced …
    after, done = again(tmp_path / "a", copy / "backups", forgotten=[copy / "home"])
    assert done.forgotten == 1
    ids = {row["id"] for row in tables(after)["posts"]}
    assert canary("wien") not in ids
    assert canary("malmo") in ids
    # … or from the small file that is written beside other backups
    shutil.copytree(copy / "backups", copy / "elsewhere")
    assert making.only_forgotten(workspace, place(copy / "backups")) == 1
    given = [copy / "backups" / "forgotten"]
    after, done = again(tmp_path / "b", copy / "elsewhere", forgotten=given)
    assert done.forgotten == 1
    kept = [c for c, _ in found_in(after.home, [f"{CANARY} 5", "wien5"])]
    assert kept == [f"{CANARY} 5"] * len(kept)  # Malmö's alone is left
    collect(after, 360, "wien")
    assert canary("wien") not in {row["id"] for row in tables(after)["posts"]}


def test_what_is_over_age_or_forgotten_is_gone_from_the_first(copy: Path, tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=copy / "home"))
    old_post(workspace, now() - timedelta(days=800))
    making.backup(workspace, place(copy / "backups"))
    upkeep.forget(workspace.lake, ids=[canary("wien")], at=now())
    making.only_forgotten(workspace, place(copy / "backups"))
    after, done = again(tmp_path / "again", copy / "backups")
    assert (done.dropped, done.forgotten) == (1, 1)
    assert "old" not in {row["text"].removeprefix("text of ") for row in tables(after)["posts"]}


def test_only_an_empty_place_is_restored_into(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(NotEmpty, match="UNITE_HOME is not empty"):
        again(copy / "home", copy / "backups")
    (tmp_path / "db").mkdir()
    other = Workspace(Settings(home=tmp_path / "db"))
    other.database.log_access("local", "query", purpose=None, view={}, rows=0)
    settings = Settings(home=tmp_path / "x", database_url=f"sqlite:///{tmp_path}/db/unite.db")
    with pytest.raises(BadInput, match="UNITE_DATABASE_URL"):
        restoring.restore(settings, place(copy / "backups"))
    assert not (tmp_path / "x").exists()
    with pytest.raises(BadInput, match="no such backup"):
        again(tmp_path / "x", copy / "backups", name="yesterday")
    shutil.copytree(copy / "home", tmp_path / "other")
    (tmp_path / "other" / "keys" / "id.key").write_bytes(b"x" * 32)
    with pytest.raises(BadInput, match="another installation"):
        again(tmp_path / "y", copy / "backups", forgotten=[tmp_path / "other"])


def test_a_backup_inside_the_home_and_one_of_nothing_are_refused(
    copy: Path, tmp_path: Path
) -> None:
    workspace = Workspace(Settings(home=copy / "home"))
    with pytest.raises(BadInput, match="inside UNITE_HOME"):
        making.backup(workspace, place(copy / "home" / "backups"))
    with pytest.raises(BadInput, match="nothing here to back up"):
        making.backup(Workspace(Settings(home=tmp_path / "none")), place(tmp_path / "b"))
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("kind", ["data", "list", "set", "forgotten", "header"])
def test_a_backup_that_was_altered_cut_or_robbed_is_refused_by_name(
    copy: Path, tmp_path: Path, kind: str
) -> None:
    folder = copy / "backups"
    files = {"data": max((folder / "data").glob("*/*"), key=lambda p: p.stat().st_size),
             "list": next((folder / "sets").glob("*.list")),
             "set": next((folder / "sets").glob("*.set")),
             "forgotten": folder / "forgotten", "header": folder / "unite-backup.json"}  # fmt: skip
    path = files[kind]
    whole = path.read_bytes()
    middle = len(whole) // 2
    altered = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    for content in (altered, whole[:-1], whole + b"x", b""):
        path.write_bytes(content)
        for work in (
            lambda: restoring.check(place(folder)),
            lambda: again(tmp_path / "again", folder),
        ):
            with pytest.raises(BackupFault, match=path.name):
                work()
            shutil.rmtree(tmp_path / "again", ignore_errors=True)
    path.unlink()
    if kind not in ("forgotten", "set"):  # one that was never written is missing to nobody
        with pytest.raises((BackupFault, BadInput), match=path.name):
            restoring.check(opened(folder, WORDS))


def test_a_file_under_the_name_of_another_is_refused(copy: Path) -> None:
    folder = copy / "backups"
    sizes: dict[int, list[Path]] = {}
    for path in (folder / "data").glob("*/*"):
        sizes.setdefault(path.stat().st_size, []).append(path)
    one, other = next(paths for paths in sizes.values() if len(paths) > 1)[:2]
    shutil.copyfile(one, other)
    with pytest.raises(BackupDamaged, match=other.name):
        restoring.check(place(folder))


def test_whoever_seals_for_a_key_adds_to_the_folder_and_cannot_open_it(
    copy: Path, tmp_path: Path
) -> None:
    workspace = Workspace(Settings(home=copy / "home"))
    recipient = read_recipient(make_key(tmp_path / "key"))
    sealed = prepare(tmp_path / "sealed", recipient)
    making.backup(workspace, sealed)
    second = making.backup(workspace, sealed)
    assert second.new == 1
    with pytest.raises(BackupSealed, match="secret half"):
        restoring.check(sealed)
    readable = opened(tmp_path / "sealed", read_identity(tmp_path / "key"))
    restoring.check(readable)
    restoring.restore(Settings(home=tmp_path / "again"), readable)
    assert figures(Workspace(Settings(home=tmp_path / "again"))) == figures(workspace)


def test_a_backup_beside_a_writer_is_a_whole_state(copy: Path, tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=copy / "home"))
    workspace.database.commit_cursor("wien", "s", {"after": "-1"})
    ended = threading.Event()

    def write() -> None:
        writer, number = Workspace(Settings(home=copy / "home")), 0
        while not ended.is_set():
            collect(writer, 3, "wien", "malmo", after=f"-{number}")
            writer.database.commit_cursor("wien", "s", {"after": str(number)})
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(3):
            making.backup(workspace, place(copy / "backups"))
    finally:
        ended.set()
        thread.join()
    after, _ = again(tmp_path / "again", copy / "backups")
    found = tables(after)
    posts = {(row["id"], row["home"]) for row in found["posts"]}
    assert len(posts) == len(found["posts"]) > 720
    assert {(row["id"], row["home"]) for row in found["vault"]} >= posts
    assert {(row["id"], row["home"]) for row in found["stories"]} == posts
    number = int((after.database.cursor("wien", "s") or {})["after"])
    merged = {row["text"] for row in found["posts"]}
    assert number < 0 or f"text 2-{number} of wien" in merged  # the cursor is behind the posts


def test_an_unfinished_restore_answers_nobody(copy: Path, tmp_path: Path) -> None:
    unfinished_restore.write(copy / "home", unfinished_restore.Mark("a", "b"))
    with pytest.raises(Unfinished, match=MARK):
        Workspace(Settings(home=copy / "home"))
    with pytest.raises(NotEmpty, match="another backup was begun"):
        again(copy / "home", copy / "backups")
    (copy / "home" / MARK).write_text("{")
    with pytest.raises(NotEmpty):
        again(copy / "home", copy / "backups")
    del tmp_path


def test_a_full_disk_is_said_before_anything_is_written(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(BadInput, match="MB are free"):
        again(tmp_path / "again", copy / "backups")
    assert not (tmp_path / "again").exists()
    assert os.listdir(copy / "backups")
