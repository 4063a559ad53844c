"""One job of the job table as a task: which window it gets, and what its errors mean to Airflow.

| run | window |
| --- | --- |
| scheduled | what the job table lacks up to the end of the data interval; nothing lacks: skipped |
| back-fill, or by hand with a date | the data interval, and it alone |
| by an asset, or by hand without a date | what has passed since the last run |

A Transient error raises TryAgain: Airflow tries again, ever later. Any other raises
AirflowFailException: the task fails at once. Neither carries the error it comes from: what a
platform or a library said may hold a text, and Airflow logs the whole chain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from airflow.sdk import RetryDecision, RetryPolicy
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from base.errors import Transient, UniteError

Done = TypeVar("Done")
START = datetime(2001, 1, 1, tzinfo=UTC)  # back-fills reach no further back


class TryAgain(AirflowException):
    """The same may succeed later; after `retry_after` seconds where the other side said so."""

    retry_after: float | None = None


class AsAsked(RetryPolicy):
    """Waits as long as the other side asked; else as the task says."""

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Any = None
    ) -> RetryDecision:
        del try_number, max_tries, context
        asked = getattr(exception, "retry_after", None)
        if asked is None:
            return RetryDecision.default()
        return RetryDecision.retry(timedelta(seconds=asked))


DEFAULTS: dict[str, Any] = {
    "owner": "unite",
    "retries": 5,  # the first wait is Airflow's: core.default_task_retry_delay
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=30),
    "do_xcom_push": False,
    "retry_policy": AsAsked(),
    # of all runs of a DAG, back-fills too: a part of a job runs once at a time
    "max_active_tis_per_dag": 1,
}


def run(name: str, part: str, context: Mapping[str, Any]) -> dict[str, float]:
    """Run a part of a job for a run of its DAG and tell its counts."""
    dag_run = context["dag_run"]
    since, until = dag_run.data_interval_start, dag_run.data_interval_end

    def work() -> Mapping[str, float] | None:
        from base import log
        from collectors.collector import Window
        from monitor import jobs, settings
        from monitor.workspace import Workspace

        known = settings.load()
        log.configure(known.log_level, as_json=known.log_json)
        workspace = Workspace(known)
        window = None if since is None or since == until else Window(since, until)
        if window is None or dag_run.run_type != "scheduled":
            return jobs.run(workspace, name, part, window, who="airflow")
        return jobs.run_interval(workspace, name, part, window, who="airflow")

    counts = told(work)
    if counts is None:
        raise AirflowSkipException(f"{name} {part} is done up to {until}, or paused")
    return dict(counts)


def told(work: Callable[[], Done]) -> Done:
    """What the work gives; its errors as Airflow decides retries by them."""
    try:
        return work()
    except UniteError as error:
        said = _as_airflow(error)
    raise said  # out here it drags no other error along


def _as_airflow(error: UniteError) -> AirflowException:
    if not isinstance(error, Transient):
        return AirflowFailException(str(error))
    again = TryAgain(str(error))
    again.retry_after = error.retry_after
    return again
