"""The rooms' import rules hold, and each can fail."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = ".importlinter"
ROOMS = ("base", "taxonomy", "store", "collectors", "nlp", "analysis", "monitor", "dashboard",
         "dags")  # fmt: skip
LOWER = ROOMS[:6]
KILL_POINTS = "base/points.py"  # reads one variable, by which the tests kill a process


def lint(folder: Path) -> tuple[int, str]:
    """Exit status and output of import-linter over the rooms in a folder."""
    command = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports("
    command += f"config_filename={RULES!r}, no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The rooms' Python files and the rules, to be spoilt."""
    for room in ROOMS:
        shutil.copytree(
            ROOT / room, tmp_path / room,
            ignore=lambda folder, names: [
                n for n in names
                if n == "__pycache__" or not (n.endswith(".py") or Path(folder, n).is_dir())
            ],
        )  # fmt: skip
    shutil.copy(ROOT / RULES, tmp_path)
    return tmp_path


def test_the_rooms_import_only_what_they_may() -> None:
    status, said = lint(ROOT)
    assert status == 0, said


@pytest.mark.parametrize(("room", "line", "rule"), [
    ("base", "import store.query", "each room imports only rooms below it"),
    ("nlp", "import collectors", "each room imports only rooms below it"),
    ("monitor", "import dashboard", "each room imports only rooms below it"),
    ("collectors", "import store.query", "collectors know the Post"),
    ("collectors", "import taxonomy", "collectors know the Post"),
    ("nlp", "import store.query", "nlp knows the Post"),
    ("store", "import pydantic_settings", "rooms below monitor take arguments"),
    ("analysis", "import store.unseal", "raw counts are opened by"),
    ("monitor", "from store.unseal import unseal", "raw counts are opened by"),
    ("store", "import store.unseal", "raw counts are opened by"),
    ("dashboard", "import analysis.replicates", "fold replicates are read by"),
])  # fmt: skip
def test_a_forbidden_import_breaks_its_rule(copy: Path, room: str, line: str, rule: str) -> None:
    (copy / room / "spoilt.py").write_text(f"{line}\n", encoding="utf-8")
    status, said = lint(copy)
    assert status == 1, said
    assert re.search(rf"^{re.escape(rule)}.* BROKEN", said, re.MULTILINE), said


def test_rooms_below_monitor_read_no_environment() -> None:
    """Settings come as arguments; the import rule cannot see `os.environ`."""
    reads = re.compile(r"\bos\.environ\b|\bgetenv\(|UNITE_[A-Z]+_[A-Z]+")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for room in LOWER
        for path in sorted((ROOT / room).rglob("*.py"))
        if path != ROOT / KILL_POINTS
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if reads.search(text)
    ]
    assert found == []
