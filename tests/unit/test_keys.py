"""Keys: made once, agreed on by all processes, author keys destroyed 7 days after their month."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from base.errors import BadInput
from monitor.keys import Keys

pytestmark = pytest.mark.unit


def test_a_key_stays_what_it_was(tmp_path: Path) -> None:
    assert Keys(tmp_path).id == Keys(tmp_path).id
    assert Keys(tmp_path).id != Keys(tmp_path).vault
    assert len(Keys(tmp_path).release) == 32


def test_only_the_owner_may_read_keys(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    _ = Keys(folder).id
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "id.key").stat().st_mode & 0o077 == 0


def _read(folder: Path) -> bytes:
    return Keys(folder).id


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        assert len(set(pool.map(_read, [tmp_path] * 16, chunksize=1))) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["id.key"]


@pytest.mark.parametrize(
    ("today", "gone"),
    [
        (datetime(2026, 3, 31, tzinfo=UTC), []),
        (datetime(2026, 4, 8, tzinfo=UTC), []),  # the seventh day after the month
        (datetime(2026, 4, 9, tzinfo=UTC), ["202603"]),
        (datetime(2027, 1, 1, tzinfo=UTC), ["202603"]),
    ],
)
def test_author_keys_are_destroyed_a_week_after_their_month(
    tmp_path: Path, today: datetime, gone: list[str]
) -> None:
    keys = Keys(tmp_path)
    number, before = keys.author(datetime(2026, 3, 15, tzinfo=UTC))
    assert number == "202603"
    assert keys.destroy_old(today) == gone
    _, after = keys.author(datetime(2026, 3, 15, tzinfo=UTC))
    assert (after == before) is not bool(gone)


def test_a_key_cut_short_is_named_not_replaced(tmp_path: Path) -> None:
    _ = Keys(tmp_path).id
    (tmp_path / "id.key").write_bytes(b"short")
    with pytest.raises(BadInput, match=r"id\.key holds 5 bytes"):
        _ = Keys(tmp_path).id
