"""A lake in a bucket: from the settings to the figures, what is said when one is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from databases import Databases
from lakes import merge, post_id, row
from object_store import LakePlace, ObjectStore
from pydantic import SecretStr
from servers import free_port

from base.errors import BadInput, Transient
from base.time import now
from monitor import pipeline
from monitor.settings import Settings, load
from monitor.stories import follow
from monitor.workspace import Workspace
from store import upkeep
from store.bucket_faults import StoreAway, StoreFault, StoreRefused
from store.lake import Lake
from store.place import Bucket
from store.query import Query
from store.snapshot import snapshot
from store.tables import connect

pytestmark = pytest.mark.server
SECRET = "ein-falscher-schluessel"


@pytest.fixture
def given(object_store: ObjectStore, postgres_databases: Databases) -> Iterator[dict[str, Any]]:
    """Settings of an installation whose lake is in a bucket."""
    bucket = object_store.bucket()
    with postgres_databases.fresh() as address:
        yield {
            "database_url": address, "store_lake_url": bucket.url,
            "store_lake_endpoint": bucket.endpoint, "store_lake_key_id": bucket.key_id,
            "store_lake_key": bucket.key, "store_lake_allow_http": True,
        }  # fmt: skip


def test_posts_are_merged_followed_indexed_and_forgotten(
    tools: Workspace, tmp_path: Path, given: dict[str, Any], object_store: ObjectStore
) -> None:
    workspace = Workspace(load(home=tmp_path / "home", **given))
    workspace.__dict__.update(tagger=tools.tagger, registry=tools.registry)
    same = row("a")["signature"]
    merge(workspace.lake, [
        row("a", text="kanarienvogel", signature=same), row("b", hours=1, signature=same),
        row("c", hours=2), row("d", "malmo", hours=800),
    ])  # fmt: skip
    follow(workspace.lake)
    assert follow(workspace.lake).partitions == 0  # the note beside the tables is read again
    pipeline.refresh(workspace)
    shown = workspace.index.posts(Query(), limit=10).to_pylist()
    assert {p["id"] for p in shown} == {post_id(n) for n in "abcd"}
    assert {p["story"] for p in shown if p["text"] == "kanarienvogel"} == {post_id("a")}

    upkeep.forget(workspace.lake, ids=[post_id("a")], at=now())
    pipeline.refresh(workspace, forget=True)
    bucket = workspace.settings.lake_bucket()
    assert bucket is not None
    for folder in (tmp_path, object_store.everything(bucket)):
        files = [p for p in folder.rglob("*") if p.is_file()]
        assert files
        assert not [p for p in files if b"kanarienvogel" in p.read_bytes()]
    assert not (tmp_path / "home" / "lake").exists()
    assert workspace.keys


def test_many_who_read_and_write_at_once_come_to_an_end(bucket_place: LakePlace) -> None:
    """Arrow, DuckDB and Delta each have threads: none waits for another for ever."""
    bucket_place.lake().create()
    merge(bucket_place.lake(), [row(n, hours=n) for n in range(200)])

    def read(_: int) -> int:
        lake = bucket_place.lake()
        for _ in range(5):
            with lake.lock.shared(), connect() as con:
                lake.view(con, "posts", "posts", columns=("id", "text"))
                con.sql("select max(text) from posts").fetchall()
                for _ in snapshot(lake).read("2026-03"):
                    pass
        return lake.read("posts", ["id"]).num_rows

    def write(number: int) -> int:
        for turn in range(3):
            merge(bucket_place.lake(), [row(f"{number} {turn}", f"home-{number}")])
        return 3

    with ThreadPoolExecutor(6) as pool:
        wrote, found = pool.map(write, range(2)), pool.map(read, range(4))
        assert sum(wrote) == 6
        assert min(found) >= 200
    assert bucket_place.lake().read("posts", ["id"]).num_rows == 206


def test_a_lake_moves_from_a_folder_into_a_bucket(bucket_place: LakePlace, tmp_path: Path) -> None:
    before = Lake(tmp_path / "lake")
    before.create()
    merge(before, [row("a"), row("b", "malmo")])
    follow(before)
    for path in before.root.rglob("*"):
        if path.is_file() and path.suffix != ".lock":
            name = str(path.relative_to(before.root))
            bucket_place.leave(name, path.read_bytes())
    after = bucket_place.lake()
    assert after.versions() == before.versions()
    assert follow(after).partitions == 0
    assert merge(after, [row("a"), row("b", "malmo")]).known == 2


@pytest.mark.parametrize(("wrong", "kind", "said"), [
    ({"key_id": "nobody"}, StoreRefused, "KEY_ID: the object store knows no such key id"),
    ({"key": SECRET}, StoreRefused, "LAKE_KEY: the object store refused the key"),
    ({"url": "s3://no-such-bucket/lake"}, StoreRefused, "URL: the object store has no bucket"),
])  # fmt: skip
def test_each_setting_wrong_is_said_in_its_own_sentence(
    object_store: ObjectStore, wrong: dict[str, Any], kind: type[StoreFault], said: str,
    postgres_databases: Databases,
) -> None:  # fmt: skip
    bucket = replace(object_store.bucket(), **wrong)
    place = LakePlace(bucket, object_store.folder, postgres_databases.server.render_as_string())
    with pytest.raises(kind, match=said) as error:
        place.lake().create()
    assert SECRET not in str(error.value)
    assert error.value.hint


def test_a_store_that_is_not_there_may_come_back(
    object_store: ObjectStore, postgres_databases: Databases
) -> None:
    address = postgres_databases.server.render_as_string()
    gone = replace(object_store.bucket(), endpoint=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StoreAway, match="does not answer") as error:
        LakePlace(gone, object_store.folder, address).lake().create()
    assert isinstance(error.value, Transient)


@pytest.mark.unit
@pytest.mark.parametrize(("given", "said"), [
    ({"url": "gs://bucket/lake"}, "URL: .*address of the lake"),
    ({"url": "s3://bucket"}, "URL: .*address of the lake"),
    ({"url": "lake"}, "URL: .*address of the lake"),
    ({"endpoint": "store.example:9000"}, "ENDPOINT: .*address of the object store"),
    ({"endpoint": "http://store.example"}, "ENDPOINT: .*without encryption"),
    ({"key": None}, "LAKE_KEY: only half"),
    ({"key_id": None}, "LAKE_KEY_ID: only half"),
])  # fmt: skip
def test_settings_that_no_store_need_be_asked_about(given: dict[str, Any], said: str) -> None:
    fit = {"url": "s3://bucket/lake", "endpoint": "https://store.example", "key_id": "a",
           "key": SECRET}  # fmt: skip
    assert Bucket(**fit)
    with pytest.raises(BadInput, match=said) as error:
        Bucket(**(fit | given))
    assert SECRET not in repr(error.value) + repr(Bucket(**fit))


@pytest.mark.unit
def test_a_lock_that_only_one_machine_sees_is_refused(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, store_lake_url="s3://bucket/lake",
                        store_lake_key_id=SecretStr("a"), store_lake_key=SecretStr("b"),
                        )  # fmt: skip
    with pytest.raises(BadInput, match="a lock that all its writers see"):
        assert Workspace(settings).lake
    assert "'b'" not in repr(settings)
