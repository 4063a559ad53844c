"""The lake lock, on a disk and in PostgreSQL: writers together, who deletes alone."""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Event
from typing import Any

import pytest
from databases import Databases
from lakes import merge, row
from object_store import LakePlace, ObjectStore

from store import upkeep
from store.lake import Lake
from store.lock import Lock
from store.shared_lock import LakeLockLost, SharedLock

pytestmark = pytest.mark.unit
SHORT, LONG = 0.3, 60


@pytest.fixture
def locks(lake_place: LakePlace) -> Callable[[], Lock]:
    """The lock as one process opens it."""
    return lambda: lake_place.lake().lock


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as found:
        yield found


def take(
    pool: ThreadPoolExecutor, hold: AbstractContextManager[None], until: Event
) -> tuple[Event, Future[None]]:
    """Hold something in a thread; an event that says that it is held."""
    is_held = Event()

    def held() -> None:
        with hold:
            is_held.set()
            until.wait(LONG)

    return is_held, pool.submit(held)


def test_writers_hold_it_together_and_who_deletes_holds_it_alone(
    locks: Callable[[], Lock], pool: ThreadPoolExecutor
) -> None:
    done = Event()
    first, _ = take(pool, locks().shared(), done)
    second, _ = take(pool, locks().shared(), done)
    assert first.wait(LONG)
    assert second.wait(LONG)
    alone, end = take(pool, locks().alone(), done)
    assert not alone.wait(SHORT)
    done.set()
    assert alone.wait(LONG)
    end.result(LONG)


def test_new_writers_queue_behind_who_waits_to_be_alone(
    locks: Callable[[], Lock], pool: ThreadPoolExecutor
) -> None:
    first_done, alone_done, late_done = Event(), Event(), Event()
    first, _ = take(pool, locks().shared(), first_done)
    assert first.wait(LONG)
    alone, _ = take(pool, locks().alone(), alone_done)
    assert not alone.wait(SHORT)
    late, _ = take(pool, locks().shared(), late_done)
    assert not late.wait(SHORT)
    first_done.set()
    assert alone.wait(LONG)
    assert not late.wait(SHORT)
    alone_done.set()
    assert late.wait(LONG)
    late_done.set()


@pytest.mark.parametrize("kind", ["homes", "named"])
def test_one_at_a_time_into_a_home_and_into_a_work(
    locks: Callable[[], Lock], pool: ThreadPoolExecutor, kind: str
) -> None:
    def hold(name: str) -> AbstractContextManager[None]:
        lock: Any = locks()
        return lock.homes([name]) if kind == "homes" else lock.named(name)

    done = Event()
    first, _ = take(pool, hold("wien"), done)
    assert first.wait(LONG)
    other, _ = take(pool, hold("malmo"), done)
    assert other.wait(LONG)
    same, _ = take(pool, hold("wien"), done)
    assert not same.wait(SHORT)
    done.set()
    assert same.wait(LONG)


def test_homes_in_any_order_never_wait_for_each_other_for_ever(
    locks: Callable[[], Lock], pool: ThreadPoolExecutor
) -> None:
    def often(homes: list[str]) -> None:
        lock = locks()
        for _ in range(10):
            with lock.homes(homes):
                pass

    orders = (["wien", "malmo", "lyon"], ["lyon", "wien", "malmo"], ["malmo", "lyon", "wien"])
    for run in [pool.submit(often, order) for order in orders]:
        run.result(LONG)


def _hold(place: LakePlace, is_held: Any) -> None:
    with place.lake().lock.alone():
        is_held.set()
        Event().wait(LONG)


def test_a_killed_holder_lets_go(lake_place: LakePlace) -> None:
    context = multiprocessing.get_context("spawn")
    is_held = context.Event()
    holder = context.Process(target=_hold, args=(lake_place, is_held))
    holder.start()
    assert is_held.wait(LONG)
    holder.kill()
    holder.join()
    with lake_place.lake().lock.shared():
        pass


@pytest.mark.server
def test_two_lakes_in_one_database_do_not_wait_for_each_other(
    postgres_databases: Databases, pool: ThreadPoolExecutor
) -> None:
    address = postgres_databases.server.render_as_string()
    done = Event()
    first, _ = take(pool, SharedLock("s3://one/lake", address).alone(), done)
    assert first.wait(LONG)
    other, _ = take(pool, SharedLock("s3://other/lake", address).alone(), done)
    assert other.wait(LONG)
    done.set()


def end_connections(databases: Databases) -> None:
    """What a restart of the server, or a network that breaks, does to who holds a lock."""
    databases.say(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where application_name = 'unite lake lock'"
    )


@pytest.mark.server
def test_who_lost_its_lock_commits_nothing(
    bucket_place: LakePlace, postgres_databases: Databases
) -> None:
    lake = bucket_place.lake()
    lake.create()
    merge(lake, [row("a")])
    before = lake.versions()
    none, where = lake.read("posts").slice(0, 0), [("wien", "2026-03")]
    with lake.writing() as writer:
        end_connections(postgres_databases)
        with pytest.raises(LakeLockLost, match="lock was lost"):
            writer.replace_partitions("posts", none, where)
    assert lake.versions() == before
    with lake.lock.alone():
        end_connections(postgres_databases)
        with pytest.raises(LakeLockLost):
            upkeep.vacuum_alone(lake)
    # the next one takes it anew
    assert merge(lake, [row("b")]).new == 1


@pytest.mark.server
def test_without_its_database_no_lock_is_had(object_store: ObjectStore) -> None:
    gone = "postgresql+psycopg://postgres@127.0.0.1:1/postgres"
    lake = Lake(object_store.bucket(), SharedLock("s3://x/y", gone))
    lake.create()
    with pytest.raises(LakeLockLost), lake.writing():
        pass


WRITE = f"""
import pickle, sys
sys.path[:0] = {sys.path!r}
from lakes import merge, row
place = pickle.load(sys.stdin.buffer)
merge(place.lake(), [row("a", text="kanarienvogel"), row("b")])
"""


@pytest.mark.server
@pytest.mark.parametrize("point", ["vault-merged", "posts-merged"])
def test_a_writer_killed_between_two_commits_loses_and_doubles_nothing(
    bucket_place: LakePlace, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = bucket_place.lake()
    lake.create()
    monkeypatch.setenv("UNITE_TEST_KILL_AT", point)
    killed = subprocess.run(
        [sys.executable, "-c", WRITE], input=pickle.dumps(bucket_place), capture_output=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert killed.returncode == -9, killed.stderr
    again = merge(lake, [row("a", text="kanarienvogel"), row("b")])
    assert again.new + again.known == 2
    for name in ("posts", "vault"):
        assert len(lake.read(name, ["id"])) == 2
