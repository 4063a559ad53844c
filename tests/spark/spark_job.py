"""What a process of Spark's environment does in the tests; several jobs share one Java machine.

`python spark_job.py JOB [JOB…]`, a job as JSON: {"do": name of a function below, …}.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from monitor import importing, pipeline
from monitor.importing import Import
from monitor.settings import Settings
from monitor.spark import back_fill, scratch, staged
from monitor.spark import retag as on_spark
from monitor.workspace import Workspace
from store import rewriting, upkeep
from store.lake import Lake
from store.rewriting import Piece

AT = datetime(2026, 5, 5, 10, tzinfo=UTC)


def workspace(home: str) -> Workspace:
    settings = Settings(home=Path(home), taxonomy_reviewers=1, monitor_spark_master="local[2]")
    return Workspace(settings)


def retag(home: str) -> None:
    """In several rounds."""
    on_spark.ROUND = 100
    print(json.dumps(vars(on_spark.retag(workspace(home)))))


def meanwhile(home: str, file: str, forget: str) -> None:
    """Retag while, between tagging and commit, a collector merges and somebody forgets."""
    opened = workspace(home)
    forgetting = Thread(target=upkeep.forget, args=(Lake(opened.lake.root),),
                        kwargs={"ids": [forget], "at": AT})  # fmt: skip

    def before() -> None:
        if not forgetting.ident:
            bring(opened, file)
            forgetting.start()  # waits for the lake lock

    with _before_commit(before):
        on_spark.retag(opened)
    forgetting.join()
    pipeline.refresh(opened, forget=True)


def killed(home: str) -> None:
    """Retag and die in the second round, its files written and not yet named in the log."""
    on_spark.ROUND = 100
    rounds = iter((False, True))

    def before() -> None:
        if next(rounds):
            os.kill(os.getpid(), signal.SIGKILL)

    with _before_commit(before):
        on_spark.retag(workspace(home))


def fill(home: str, files: list[str], seen: str) -> None:
    """Import files; what lay in Spark's scratch folder meanwhile is kept in `seen`."""
    opened = workspace(home)
    failed: list[str] = []
    read, folder = staged.read, scratch.folder

    def reading(path: Path) -> Any:
        shutil.copy(path, Path(seen) / f"page-{path.name}")
        return read(path)

    @contextmanager
    def keeping(home: Path) -> Iterator[Path]:
        with folder(home) as place:
            yield place
            shutil.copytree(place, Path(seen) / "scratch")

    back_fill._PAGE = type(back_fill._PAGE)(page_rows=5)
    staged.read, scratch.folder = reading, keeping
    try:
        taken = back_fill.take(
            opened, [Path(f) for f in files], Import(city="wien", columns={"native_id": "id"}),
            lambda _, error: failed.append(str(error)),
        )  # fmt: skip
    finally:
        staged.read, scratch.folder = read, folder
    pipeline.refresh(opened)
    print(json.dumps([vars(taken), failed]))


def bring(opened: Workspace, file: str) -> None:
    """Import a file in this process."""
    wanted = Import(city="wien", columns={"native_id": "id"}, source="s")
    pipeline.take(opened, importing.looks(opened, [Path(file)], wanted))


@contextmanager
def _before_commit(act: Callable[[], None]) -> Iterator[None]:
    put_in_place = rewriting.put_in_place

    def acting(lake: Lake, pieces: Iterable[Piece]) -> set[str]:
        act()
        return put_in_place(lake, pieces)

    rewriting.put_in_place = acting
    try:
        yield
    finally:
        rewriting.put_in_place = put_in_place


if __name__ == "__main__":
    for given in map(json.loads, sys.argv[1:]):
        globals()[given.pop("do")](**given)
