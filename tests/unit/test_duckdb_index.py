"""The embedded index on the disk: what stays, what goes, what is refused, who may be killed."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest
from answers import cells, wrong
from strategies import COUNTRIES, Row, posts, snapshot

from store.duckdb_index import DuckdbIndex
from store.embedded import manifest, segments, writer
from store.index import IndexDamaged, IndexFault, IndexMissing, IndexNotWritten
from store.lock import exclusive
from store.query import Query

pytestmark = pytest.mark.unit
CANARY = "kanarienvogel"
MONTHS = ("2025-11", "2025-12", "2026-01")
EITHER = Query(relevant=None)


def rows_of(seed: int = 2) -> list[Row]:
    rows = [row for row in posts(500, seed) if row["month"] in MONTHS]
    for row in rows:
        row["counted"] = True
    return rows


def told(rows: list[Row], text: str, month: str = "2025-12") -> list[Row]:
    """The rows with `text` said by one post of a month."""
    chosen = next(r["id"] for r in rows if r["month"] == month)
    return [{**r, "text": text} if r["id"] == chosen else r for r in rows]


def files(folder: Path) -> set[str]:
    return {p.name for p in (folder / "seg").iterdir()}


def listed(folder: Path) -> set[str]:
    return manifest.read(folder).files()


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return rows_of()


@pytest.fixture
def index(tmp_path: Path, rows: list[Row]) -> DuckdbIndex:
    index = DuckdbIndex(tmp_path, COUNTRIES)
    index.catch_up(snapshot(rows))
    return index


def test_a_month_that_did_not_change_keeps_its_file(
    index: DuckdbIndex, rows: list[Row], tmp_path: Path
) -> None:
    before = manifest.read(tmp_path)
    assert index.catch_up(snapshot(told(rows, "neu"))) == 1
    after = manifest.read(tmp_path)
    assert {m for m in MONTHS if before.months[m] == after.months[m]} == {*MONTHS} - {"2025-12"}
    assert before.coverage == after.coverage
    assert after.months["2025-12"].file.startswith("2025-12-000002-")
    without = [r for r in rows if r["month"] != "2026-01"]
    assert index.catch_up(snapshot(without)) == 1  # 2025-12 says the old text again
    last = manifest.read(tmp_path)
    assert set(last.months) == {"2025-11", "2025-12"}
    assert last.months["2025-11"] == before.months["2025-11"]


def test_the_generation_before_is_kept_for_a_minute(
    index: DuckdbIndex, rows: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = 1_000_000.0
    monkeypatch.setattr(writer.time, "time", lambda: clock)
    old = manifest.read(tmp_path).months["2025-12"].file
    index.catch_up(snapshot(told(rows, "neu")))
    assert manifest.read(tmp_path).retired == {old: clock}
    clock += 59
    assert index.catch_up(snapshot(told(rows, "neu"))) == 0
    assert old in files(tmp_path)
    clock += 1
    assert index.tidy() == 1
    assert files(tmp_path) == listed(tmp_path)
    assert not manifest.read(tmp_path).retired


def _found(folder: Path, word: str) -> set[str]:
    """Files that hold the word: raw bytes, and every column of every table of a segment."""
    found = set()
    for path in (p for p in folder.rglob("*") if p.is_file()):
        if word.encode() in path.read_bytes().lower():
            found.add(path.name)
        if path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as con:
                for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                    held = con.execute(
                        f"SELECT count(*) FROM {table} t WHERE contains(lower(t::VARCHAR), ?)",
                        [word],
                    ).fetchall()
                    if held[0][0]:
                        found.add(path.name)
    return found


@pytest.mark.parametrize("plain", [True, False], ids=["as bytes", "compressed"])
def test_forgotten_words_are_in_no_file(
    tmp_path: Path, rows: list[Row], plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if plain:
        monkeypatch.setattr(
            segments, "prepare", lambda con: con.execute("SET force_compression = 'uncompressed'")
        )
    index = DuckdbIndex(tmp_path, COUNTRIES)
    kept = told(rows, "ein bleibendes wortungetüm", "2025-11")
    index.catch_up(snapshot(kept))
    index.catch_up(snapshot(told(kept, f"anders {CANARY}x")))
    index.catch_up(snapshot(told(kept, f"Mein {CANARY} singt")))  # built twice
    assert len(index.posts(Query(text=CANARY, relevant=None), limit=9)) >= 1
    holding = _found(tmp_path, CANARY)
    assert len(holding) == 2, "the generation before is still there, and both say it"
    if plain:
        path = tmp_path / "seg" / manifest.read(tmp_path).months["2025-12"].file
        assert CANARY.encode() in path.read_bytes()
    assert index.catch_up(snapshot(kept), forget=True) == 1
    assert _found(tmp_path, CANARY) == set()
    assert len(_found(tmp_path, "bleibendes")) == 1, "the search finds what was not forgotten"
    assert files(tmp_path) == listed(tmp_path)
    assert index.posts(Query(text=CANARY, relevant=None), limit=9).num_rows == 0
    assert not wrong(index, kept, EITHER, ("city",))


def test_forgetting_deletes_what_was_left_though_nothing_changed(
    index: DuckdbIndex, rows: list[Row], tmp_path: Path
) -> None:
    index.catch_up(snapshot(told(rows, CANARY)))
    index.catch_up(snapshot(rows))
    assert _found(tmp_path, CANARY)
    assert index.catch_up(snapshot(rows), forget=True) == 0
    assert not _found(tmp_path, CANARY)


_POINTS: dict[str, Callable[[Callable[..., Any]], Any]] = {
    "loading": lambda stop: setattr(segments, "_load", stop),
    "posts written": lambda stop: setattr(segments, "words_sql", stop),
    "part not renamed": lambda stop: setattr(segments, "sync", stop),
    "segment without manifest": lambda stop: setattr(manifest, "write", stop),
    "manifest not renamed": lambda stop: setattr(manifest, "sync", stop),
    "old files not deleted": lambda stop: setattr(Path, "unlink", stop),
}


def _killed(folder: Path, rows: list[Row], point: str) -> None:
    def stop(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    _POINTS[point](stop)
    DuckdbIndex(folder, COUNTRIES).catch_up(snapshot(rows), forget=True)


@pytest.mark.parametrize("point", _POINTS)
def test_a_killed_writer_leaves_nothing(tmp_path: Path, rows: list[Row], point: str) -> None:
    spoken = told(rows, f"{CANARY} eins")
    reader = DuckdbIndex(tmp_path, COUNTRIES)
    DuckdbIndex(tmp_path, COUNTRIES).catch_up(snapshot(spoken))
    before = cells(reader.counts(EITHER, ("city",)))
    writer = multiprocessing.get_context("spawn").Process(
        target=_killed, args=(tmp_path, rows, point)
    )
    writer.start()
    writer.join()
    assert writer.exitcode == -signal.SIGKILL
    assert cells(reader.counts(EITHER, ("city",))) in (
        before, cells(_fresh(tmp_path).counts(EITHER, ("city",)))
    )  # fmt: skip
    DuckdbIndex(tmp_path, COUNTRIES).catch_up(snapshot(rows), forget=True)
    assert files(tmp_path) == listed(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {"seg", "manifest.json", "lock"}
    assert not _found(tmp_path, CANARY)
    assert not wrong(reader, rows, EITHER, ("area",))


def _fresh(folder: Path) -> DuckdbIndex:
    return DuckdbIndex(folder, COUNTRIES)


def test_a_second_writer_waits(tmp_path: Path, rows: list[Row]) -> None:
    index = DuckdbIndex(tmp_path, COUNTRIES)
    began, done = threading.Event(), threading.Event()

    def second() -> None:
        began.set()
        index.catch_up(snapshot(rows))
        done.set()

    with exclusive(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        began.wait()
        assert not done.wait(0.3)
        with pytest.raises(IndexMissing):
            index.generation()
    thread.join()
    assert index.generation().startswith("000001-")


def test_a_question_in_flight_keeps_its_generation(
    index: DuckdbIndex, rows: list[Row], tmp_path: Path
) -> None:
    before = index.generation()
    with index._reader.generation() as held:
        index.catch_up(snapshot(told(rows, "neu")), forget=True)
        assert index.generation() != before == held.name
        month = next(s for s in held.segments if s.alias)
        assert held.con.cursor().execute(f"SELECT count(*) FROM {month.alias}.posts").fetchall()
    assert index.generation() != before
    names = index._reader._con.execute("SELECT path FROM duckdb_databases()").fetchall()
    assert {Path(p).name for (p,) in names if p} == listed(tmp_path)


def test_many_threads_ask_at_once(index: DuckdbIndex) -> None:
    truth = cells(index.counts(EITHER, ("city", "area")))
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda _: cells(index.counts(EITHER, ("city", "area"))), range(40))
    assert all(answer == truth for answer in found)


@pytest.mark.usefixtures("index")
def test_a_reader_writes_nothing(tmp_path: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
    other = _fresh(tmp_path)
    other.counts(EITHER, ("area",))
    other.posts(EITHER, limit=10)
    other.seen(Query())
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")} == before


def _cut_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text()[:-40])


def _alter_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    given = json.loads(path.read_text())
    given["manifest"]["months"]["2025-12"]["rows"] += 1
    path.write_text(json.dumps(given))


def _other_version(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": 99}))


def _not_text(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"\xff\xfe\x00")


def _cut_segment(folder: Path) -> None:
    path = folder / "seg" / manifest.read(folder).months["2025-12"].file
    os.truncate(path, path.stat().st_size // 2)


def _empty_segment(folder: Path) -> None:
    os.truncate(folder / "seg" / manifest.read(folder).months["2025-12"].file, 0)


def _no_segment(folder: Path) -> None:
    (folder / "seg" / manifest.read(folder).months["2025-12"].file).unlink()


def _overwrite_segment(folder: Path) -> None:
    path = folder / "seg" / manifest.read(folder).months["2025-12"].file
    path.write_bytes(b"\x55" * path.stat().st_size)


def _overwrite_inside(folder: Path) -> None:
    path = folder / "seg" / manifest.read(folder).months["2025-12"].file
    size = path.stat().st_size
    with path.open("r+b") as handle:
        handle.seek(12_288)  # behind the headers
        handle.write(b"\x55" * (size - 12_288))


def _ask_everything(index: DuckdbIndex) -> None:
    index.counts(EITHER, ("area",))
    index.posts(EITHER, limit=500)


def _no_coverage(folder: Path) -> None:
    coverage = manifest.read(folder).coverage
    assert coverage is not None
    (folder / "seg" / coverage.file).unlink()


@pytest.mark.parametrize(
    "harm",
    [_cut_manifest, _alter_manifest, _other_version, _not_text, _cut_segment, _empty_segment,
     _no_segment, _overwrite_segment, _overwrite_inside, _no_coverage],
)  # fmt: skip
def test_damage_is_told_and_a_rebuild_mends_it(
    index: DuckdbIndex, rows: list[Row], tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    harm(tmp_path)
    broken = _fresh(tmp_path)
    for _ in range(2):  # the second time too
        with pytest.raises(IndexDamaged) as caught:
            _ask_everything(broken)
        assert caught.value.hint == "unite index --rebuild"
        assert str(tmp_path) not in str(caught.value)
    broken.catch_up(snapshot(rows), rebuild=True)
    assert not wrong(broken, rows, EITHER, ("area",))
    assert not wrong(index, rows, EITHER, ("area",))


@pytest.mark.parametrize("harm", [_cut_segment, _no_segment, _no_coverage])
def test_a_catch_up_builds_a_lost_file_again(
    index: DuckdbIndex, rows: list[Row], tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    harm(tmp_path)
    index.catch_up(snapshot(rows))
    assert not wrong(_fresh(tmp_path), rows, EITHER, ("area",))


def test_a_catch_up_does_not_pass_over_an_altered_manifest(
    index: DuckdbIndex, rows: list[Row], tmp_path: Path
) -> None:
    _alter_manifest(tmp_path)
    with pytest.raises(IndexDamaged):
        index.catch_up(snapshot(rows))


def _no_room(folder: Path, rows: list[Row], answer: Any) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    index = DuckdbIndex(folder, COUNTRIES)
    try:
        index.catch_up(snapshot(rows), rebuild=True)
    except IndexNotWritten as error:
        answer.put((str(error), cells(index.counts(EITHER, ("city",)))))
    else:
        answer.put(("nothing was raised", {}))


def test_a_full_disk_leaves_the_old_generation(
    index: DuckdbIndex, rows: list[Row], tmp_path: Path
) -> None:
    before = cells(index.counts(EITHER, ("city",)))
    held = files(tmp_path)
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    writer = context.Process(target=_no_room, args=(tmp_path, told(rows, CANARY), answer))
    writer.start()
    message, found = answer.get(timeout=60)
    writer.join()
    assert "could not be brought up to date" in message
    assert "disk full" in message
    assert found == before == cells(index.counts(EITHER, ("city",)))
    assert files(tmp_path) == held


def test_too_little_memory_is_told(tmp_path: Path, rows: list[Row]) -> None:
    DuckdbIndex(tmp_path, COUNTRIES).catch_up(snapshot(rows))
    small = DuckdbIndex(tmp_path, COUNTRIES, memory_limit="1KB")
    with pytest.raises(IndexFault):
        small.counts(EITHER, ("area",))


def test_ids_that_are_not_hexadecimal_do_not_end_in_a_traceback(
    tmp_path: Path, rows: list[Row]
) -> None:
    index = DuckdbIndex(tmp_path, COUNTRIES)
    with pytest.raises(IndexNotWritten):
        index.catch_up(snapshot([{**rows[0], "id": "not hexadecimal"}]))
    assert files(tmp_path) == set()
