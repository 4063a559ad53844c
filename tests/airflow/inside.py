"""What the tests do in Airflow's own environment: `.venv-airflow/bin/python inside.py WHAT FILE`.

load FILE            read all DAGs; write what they are, and what their reading imported
errors FILE          write what each of our errors becomes
runs FILE DAG[@DATE] …   run these DAGs here, one after the other, for a date or without one
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import airflow.sdk
from airflow.dag_processing.dagbag import DagBag


def bag() -> Any:
    """All DAGs, as the dag processor reads them."""
    return DagBag()


def load() -> dict[str, Any]:
    """What the DAGs are. seconds: without Airflow's own imports."""
    for name in ("Asset", "AssetAny", "AssetOrTimeSchedule", "DeltaDataIntervalTimetable",
                 "RetryPolicy", "dag", "task"):  # fmt: skip
        getattr(airflow.sdk, name)  # it imports them when they are asked for
    before = set(sys.modules)
    began = perf_counter()
    found = bag()
    seconds = perf_counter() - began
    imported = sorted(set(sys.modules) - before)
    return {
        "seconds": seconds, "imported": imported, "import_errors": found.import_errors,
        "dags": {dag.dag_id: _told(dag) for dag in found.dags.values()},
    }  # fmt: skip


def _told(dag: Any) -> dict[str, Any]:
    (task,) = dag.tasks
    return {
        "file": Path(dag.fileloc).name, "doc": dag.doc_md, "tags": sorted(dag.tags),
        "catchup": dag.catchup, "max_active_runs": dag.max_active_runs,
        "period": _period(dag.timetable), "timetable": type(dag.timetable).__name__,
        "pool": task.pool, "retries": task.retries, "owner": task.owner,
        "backoff": task.retry_exponential_backoff, "xcom": task.do_xcom_push,
        "alone": task.max_active_tis_per_dag,
        "timeout": task.execution_timeout.total_seconds(),
        "outlets": [asset.uri for asset in task.outlets],
    }  # fmt: skip


def _period(timetable: Any) -> float:
    return float(getattr(timetable, "timetable", timetable).delta.total_seconds())


def errors() -> list[dict[str, Any]]:
    """What each error becomes, and what it still tells of where it came from."""
    from base.errors import BadInput, Conflict, NotAllowed
    from collectors.errors import AccessRefused, RateLimited, Unreachable
    from dags.running import AsAsked, told

    limited = RateLimited("asked to wait")
    limited.retry_after = 900.0
    given = (
        limited,
        Unreachable("no connection"),
        Conflict("another was faster"),
        AccessRefused("refused (401)"),
        BadInput("no such city"),
        NotAllowed("no purpose"),
    )
    found = []
    for error in given:

        def work(error: Exception = error) -> None:
            try:
                raise ValueError("wort eines beitrags")
            except ValueError as foreign:
                raise error from foreign

        try:
            told(work)
        except Exception as became:
            decision = AsAsked().evaluate(became, 1, 5)
            found.append({
                "error": type(error).__name__, "became": type(became).__name__,
                "says": str(became), "cause": repr(became.__cause__),
                "context": repr(became.__context__),
                "wait": decision.retry_delay and decision.retry_delay.total_seconds(),
            })  # fmt: skip
    return found


def runs(wanted: Sequence[str]) -> list[dict[str, Any]]:
    """Run DAGs and tell how they ended."""
    found = bag()
    ended = []
    for one in wanted:
        name, _, date = one.partition("@")
        began = perf_counter()
        run = found.dags[name].test(logical_date=datetime.fromisoformat(date) if date else None)
        ended.append({
            "dag": name, "seconds": perf_counter() - began, "state": str(run.state.value),
            "tasks": {t.task_id: str(t.state) for t in run.get_task_instances()},
        })  # fmt: skip
    return ended


if __name__ == "__main__":
    what, file, *words = sys.argv[1:]
    made: Any = {"load": load, "errors": errors, "runs": lambda: runs(words)}[what]()
    Path(file).write_text(json.dumps(made))
