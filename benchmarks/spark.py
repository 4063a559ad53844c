"""Retagging a lake in one process and with Spark on two cores, one after the other.

Both retag a copy of the same home after one word was added to the lists, both in Spark's
environment (`sh scripts/setup-spark.sh`). Clocks go from the start of the process to the last
commit of posts; what follows from them (stories, coverage, index), the same for both,
is told apart.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from monitor import demo, pipeline
from monitor.sample import CITIES, SINCE, UNTIL
from monitor.settings import Settings
from monitor.workspace import Workspace

_PYTHON = Path(__file__).resolve().parent.parent / ".venv-spark" / "bin" / "python"
_ADD = ("taxonomy", "add", "Quetzelwohnung", "--area", "housing", "--language", "de",
        "--author", "Ada", "--reason", "r")  # fmt: skip


def compare(folder: Path, n: int) -> dict[str, Any]:
    """Seconds of both, and how many times one process takes longer than Spark."""
    if not _PYTHON.exists():
        return {"skipped": "sh scripts/setup-spark.sh makes Spark's environment"}
    from benchmarks.measuring import alone  # what it needs is not in Spark's environment

    before = folder / "before"
    alone("benchmarks.spark", folder=str(before), n=n)
    found: dict[str, Any] = {"posts": n}
    for engine in ("process", "spark"):
        home = folder / engine
        shutil.copytree(before, home)
        found[engine] = _retag(home, engine)
        shutil.rmtree(home)
    for clock in ("posts_s", "all_s"):
        found[f"ratio_{clock}"] = round(found["process"][clock] / found["spark"][clock], 2)
    found["load"] = os.getloadavg()  # other work beside one of the two spoils the ratio
    return found


def measure(folder: str, n: int) -> dict[str, Any]:
    """A home with n posts, and a word that none of them was tagged with."""
    workspace = Workspace(Settings(home=Path(folder)))
    pipeline.take(workspace, demo.looks(n, 3, workspace.registry, CITIES, SINCE, UNTIL))
    pipeline.refresh(workspace)
    subprocess.run([sys.executable, "-m", "monitor.cli.main", *_ADD], env=_environment(folder),
                   check=True, capture_output=True)  # fmt: skip
    return {"posts": n}


def _retag(home: Path, engine: str) -> dict[str, Any]:
    began = perf_counter()
    done = subprocess.run([_PYTHON, "-m", "benchmarks.spark", engine], env=_environment(home),
                          check=True, capture_output=True, text=True)  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])
    total = perf_counter() - began
    return {
        "posts_s": round(total - told["following_s"], 1),
        "following_s": round(told["following_s"], 1),
        "all_s": round(total, 1),
        "tagged": told["tagged"],
    }


def _environment(home: str | Path) -> dict[str, str]:
    return {**os.environ, "UNITE_HOME": str(home), "UNITE_TAXONOMY_REVIEWERS": "1",
            "UNITE_MONITOR_SPARK_MASTER": "local[2]"}  # fmt: skip


def _main(engine: str) -> None:
    """In Spark's environment: retag the home that the environment names."""
    from monitor import retagging
    from monitor.settings import load
    from monitor.spark import retag as on_spark

    workspace = Workspace(load())
    done = (on_spark if engine == "spark" else retagging).every(workspace)
    began = perf_counter()
    retagging.finish(workspace, done)
    told = {"tagged": done.tagged, "following_s": perf_counter() - began}
    print(json.dumps(told))


if __name__ == "__main__":
    _main(sys.argv[1])
