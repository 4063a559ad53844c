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

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import RetryDecision, RetryPolicy
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from base.errors import Transient, UniteError

START = datetime(2001, 1, 1, tzinfo=UTC)  # back-fills reach no further back
FIRST_WAIT = timedelta(minutes=1)


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
        return RetryDecision.retry(max(timedelta(seconds=asked), FIRST_WAIT))


DEFAULTS: dict[str, Any] = {
    "owner": "unite",
    "retries": 5,
    "retry_delay": FIRST_WAIT,
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=30),
    "do_xcom_push": False,
    "retry_policy": AsAsked(),
    # of all runs of a DAG, back-fills too: a part of a job runs once at a time
    "max_active_tis_per_dag": 1,
}


def run(name: str, part: str, context: Mapping[str, Any]) -> dict[str, float]:
    """Run a part of a job for a run of its DAG and tell its counts."""
    with outcome():
        from base import log
        from collectors.collector import Window
        from monitor import jobs, settings
        from monitor.workspace import Workspace

        known = settings.load()
        log.configure(known.log_level, as_json=known.log_json)
        workspace = Workspace(known)
        dag_run = context["dag_run"]
        since, until = dag_run.data_interval_start, dag_run.data_interval_end
        window = None if since is None or since == until else Window(since, until)
        if window is None or dag_run.run_type != "scheduled":
            return dict(jobs.run(workspace, name, part, window, who="airflow"))
        done = jobs.run_interval(workspace, name, part, window, who="airflow")
    if done is None:
        raise AirflowSkipException(f"{name} {part} is done up to {until}, or paused")
    return dict(done)


@contextmanager
def outcome() -> Iterator[None]:
    """Errors as Airflow decides retries by them."""
    try:
        yield
    except UniteError as error:
        said = _as_airflow(error)
    else:
        return
    raise said


def _as_airflow(error: UniteError) -> AirflowException:
    if not isinstance(error, Transient):
        return AirflowFailException(str(error))
    again = TryAgain(str(error))
    again.retry_after = error.retry_after
    return again
