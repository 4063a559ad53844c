"""A small installation with everything a backup holds; posts, people and keys are invented."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lakes import merge, post_id, row

from analysis.release import Tier
from base.time import now
from monitor import pipeline, questions
from monitor.backup.opening import opened, prepare
from monitor.backup.place import Place
from monitor.backup.restoring import Restored, restore
from monitor.settings import Settings
from monitor.workspace import Workspace
from store.query import Query
from store.tables import TABLES

WORDS = "an invented passphrase"
CANARY = "kanarienvogel"
SHEET = """who = "A town"
task = "t"
legal_basis = "l"
question = "q"
recipients = "r"
cities = ["*"]
end = 2099-01-01
"""


def installation(home: Path, **given: Any) -> Workspace:
    """A home with posts of two weeks, stories, coverage, an index, cursors and a purpose."""
    found = Workspace(Settings(home=home, **given))
    assert found.keys.author(now())
    collect(found, 360, "wien", "malmo")
    span = (now() - timedelta(days=30), now())
    pipeline.write_windows(
        found, [(home, "s", *span, 360, 0, 0, None, "source") for home in ("wien", "malmo")]
    )
    (home / "purposes").mkdir()
    (home / "purposes" / "study.toml").write_text(SHEET, encoding="utf-8")
    (home / "unite.toml").write_text("monitor_retention_days = 700\n", encoding="utf-8")
    found.database.commit_cursor("wien", "s", {"after": "7"}, (now(), now()))
    found.database.log_access("local", "query", purpose="study", view={"ä": 1}, rows=3)
    return found


def collect(workspace: Workspace, count: int, *homes: str, after: str = "") -> None:
    """Posts of two weeks, one in three about housing; one of each home holds the canary."""
    at = now()
    rows = [
        row(f"{home}{n}{after}", home, created=at - timedelta(hours=n), collected=at,
            areas=["housing"] if n % 3 == 0 else ["health"], places=[home],
            text=f"{CANARY} {n}{after}" if n == 5 else f"text {n}{after} of {home}")
        for home in homes for n in range(count)
    ]  # fmt: skip
    merge(workspace.lake, rows)
    pipeline.refresh(workspace)


def canary(home: str) -> str:
    """The id of a home's post with the canary."""
    return post_id(f"{home}5")


def old_post(workspace: Workspace, collected: datetime) -> None:
    """A post that was collected then."""
    merge(workspace.lake, [row("old", "wien", created=collected, collected=collected)])
    pipeline.refresh(workspace)


def place(folder: Path) -> Place:
    """A folder of backups whose passphrase costs nothing to try."""
    if (folder / "unite-backup.json").exists():
        return opened(folder, WORDS)
    return prepare(folder, WORDS, work=1)


def again(home: Path, folder: Path, **given: Any) -> tuple[Workspace, Restored]:
    """What a restore into that home makes."""
    settings = Settings(home=home)
    done = restore(settings, place(folder), **given)
    return Workspace(settings), done


def figures(workspace: Workspace) -> list[dict[str, Any]]:
    """What `unite compare` says of both cities for the last whole week."""
    monday = now().date() - timedelta(days=now().weekday())
    query = Query(cities=("malmo", "wien"), since=monday - timedelta(weeks=1), until=monday)
    rows = questions.compare_cities(workspace, query, Tier.COUNTS).comparison.rows
    return [dict(vars(r)) for r in rows]


def tables(workspace: Workspace) -> dict[str, list[Any]]:
    """Every row of the lake, in an order that does not depend on files."""
    return {
        name: sorted(workspace.lake.read(name).to_pylist(), key=repr)
        for name in TABLES
    }  # fmt: skip
