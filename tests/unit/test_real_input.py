"""The open data sets as real input: every set is read, imported and collected, nothing is odd."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from shared import SHARED
from test_cli_run import unite

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import real_input  # noqa: E402

pytestmark = [pytest.mark.unit, pytest.mark.shared]
DATA = SHARED / "data"


def run(home: Path, words: Sequence[str]) -> str:
    said = unite(home, *words)
    assert said.code == 0, said.err
    return said.text


def test_every_set_of_hate_and_tone_is_tried() -> None:
    tried = {s.file for s in real_input.sets(DATA)}
    found = {p for room in ("hate", "tone") for p in (DATA / room).iterdir()}
    assert tried == {p for p in found if "_labels" not in p.name}


def test_some_rows_of_a_set_of_each_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forms = {(s.file.suffixes[-1], s.columns): s for s in real_input.sets(DATA)}
    monkeypatch.setattr(real_input, "sets", lambda _: list(forms.values()))
    _every_set(tmp_path, 20)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_many_rows_of_every_set(tmp_path: Path) -> None:
    _every_set(tmp_path, 1_000)


def _every_set(home: Path, rows: int) -> None:
    found = real_input.main([str(home / "home"), "--data", str(DATA), "--rows", str(rows)], run)
    sets = list(real_input.sets(DATA))
    assert found["sets"] == len(sets) + 1  # and the feeds
    assert found["quarantined"] <= found["fetched"] / 500
    # rows that hold line breaks, and the same text twice in a set
    assert found["posts"] >= found["fetched"] * 0.97
    assert found["relevant"] >= found["posts"] / 100
