"""Watch lists from the command line: made, met, seen, acknowledged, ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_cli_run import unite

pytestmark = pytest.mark.unit
POSTS = """id,text,created
1,"Wir finden in Wien keine Wohnung, die Vermieter lehnen Flüchtlinge ab.",2026-03-01
2,"Schon wieder eine Absage für die Wohnung, weil wir Flüchtlinge sind, Wien.",2026-03-02
3,"Heute scheint die Sonne.",2026-03-02
"""
PURPOSE = ("purpose", "add", "p", "--who", "A", "--task", "t", "--legal-basis", "l", "--question",
           "q", "--recipients", "r", "--end", "2099-01-01", "--city", "wien", "--body",
           "ngo")  # fmt: skip


def test_a_watch_list_from_its_first_day_to_its_end(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "posts.csv"
    file.write_text(POSTS, encoding="utf-8")
    filters = ("homes", "--city", "wien", "--area", "housing", "--least", "2", "--days", "7")
    refused = unite(home, "watch", "add", *filters)
    assert (refused.code, "needs a purpose" in refused.text) == (1, True)
    assert unite(home, *PURPOSE).code == 0
    elsewhere = unite(home, "watch", "add", "x", "--area", "housing", "--purpose", "p")
    assert (elsewhere.code, "does not cover" in elsewhere.text) == (1, True)
    assert unite(home, "watch", "add", *filters, "--purpose", "p").code == 0
    assert unite(home, "watch", "list").code == 0
    assert unite(home, "import", str(file), "--city", "wien").code == 0
    said = unite(home, "watch", "list", "--json")
    assert said.code == 1  # somebody should look
    (row,) = json.loads(said.out)["rows"]
    assert (row["name"], row["state"], row["posts"]) == ("homes", "watching", 2)
    assert "2 posts met 'homes'" in unite(home, "watch", "list").text
    posts = json.loads(unite(home, "watch", "posts", "homes", "--json").out)["rows"]
    assert sorted(p["day"] for p in posts) == ["2026-03-01", "2026-03-02"]
    assert unite(home, "watch", "ack", str(row["alert"])).code == 0
    assert unite(home, "watch", "list").code == 0
    assert unite(home, "watch", "end", "homes").code == 0
    assert "No watch list" in unite(home, "watch", "list").text
    unknown = unite(home, "watch", "posts", "homes")
    assert (unknown.code, "watch list" in unknown.text) == (1, True)
