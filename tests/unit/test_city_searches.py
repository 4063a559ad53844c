"""`unite city searches`: searches of X within its limits, split where one would be too long."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_cli_run import unite

from collectors.x.query import RECENT
from monitor import cities
from taxonomy import taxonomy

pytestmark = pytest.mark.unit


def asked(home: Path, *words: str) -> list[dict[str, Any]]:
    said = unite(home, "city", "searches", "wien", *words, "--json")
    assert said.code == 0, said.text
    rows: list[dict[str, Any]] = json.loads(said.out)["rows"]
    return rows


def test_a_city_alone_is_one_search_of_its_name_and_tags(tmp_path: Path) -> None:
    (row,) = asked(tmp_path)
    wien = cities.load().city("wien")
    assert "Wien" in row["address"] or "wien" in row["address"]
    assert all(f"#{tag}" in row["address"] for tag in wien.hashtags if tag != "wien")
    assert row["address"].endswith("-is:retweet")


def test_many_words_are_split_and_none_is_lost(tmp_path: Path) -> None:
    rows = asked(tmp_path, "--area", "housing", "--area", "asylum", "--most", "40")
    assert len(rows) > 1
    assert all(r["length"] <= RECENT for r in rows)
    told = " ".join(r["address"] for r in rows).lower()
    terms = taxonomy.load(languages=["de"]).of("terms", "de")
    for code in ("housing", "asylum"):
        mine = list(dict.fromkeys(e.term for e in terms if e.code == code))[:40]
        missing = [t for t in mine if t.lower() not in told]
        assert missing == []
    (fewer, *_) = [asked(tmp_path, "--area", "housing", "--most", "40", "--full")]
    assert len(fewer) <= len(rows)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--area", "hosing"), "unknown area 'hosing'"),
        (("--area", "housing", "--language", "xx"), "unknown language 'xx'"),
    ],
)
def test_a_misspelt_code_names_those_there_are(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    found = unite(tmp_path, "city", "searches", "wien", *words)
    assert (found.code, said in found.err) == (1, True)
    assert "available" in found.err
