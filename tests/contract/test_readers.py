"""One writer and four readers, each a process: every answer is one generation's truth."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import crowd
import pytest
from indexes import INDEXES
from strategies import snapshot

pytestmark = pytest.mark.unit
READERS = 4


def test_rebuild_under_readers(index_kind: str, tmp_path: Path) -> None:
    kind = index_kind
    INDEXES[kind](tmp_path / "index").catch_up(snapshot(crowd.changed(-1)))
    first = INDEXES[kind](tmp_path / "index").generation()
    context = multiprocessing.get_context("spawn")
    done = context.Event()
    seen = [context.Value("i", 0) for _ in range(READERS)]
    readers = [
        context.Process(target=crowd.read, args=(kind, tmp_path, i, seen[i], done))
        for i in range(READERS)
    ]
    writer = context.Process(target=crowd.write, args=(kind, tmp_path, seen, done))
    for process in (*readers, writer):
        process.start()
    for process in (writer, *readers):
        process.join(180)
        assert process.exitcode == 0
    truth = json.loads((tmp_path / "truth.json").read_text())
    truth[first] = crowd.truths(crowd.changed(-1))
    assert len({json.dumps(t) for t in truth.values()}) >= crowd.ENOUGH, "generations must differ"
    for i in range(READERS):
        reader = json.loads((tmp_path / f"reader{i}.json").read_text())
        assert not reader["failed"]
        assert len({generation for generation, _, _ in reader["noted"]}) >= crowd.ENOUGH
        for generation, number, answer in reader["noted"]:
            assert answer == truth[generation][number], (generation, number)
