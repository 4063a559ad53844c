"""One DAG for each job that has no parts: retention, asking for posts again, alerts, evaluation.

A kind of job that is new in monitor/jobs/kinds has its DAG without an edit here.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DeltaDataIntervalTimetable, dag, get_current_context, task

from dags.running import DEFAULTS, START, run
from monitor.jobs.job import WHOLE, Job, jobs
from monitor.settings import load

ELSEWHERE = ("collect", "index")


def make(job: Job, period: timedelta) -> None:
    """The DAG of one job."""

    @dag(
        dag_id=job.name,
        description=job.says,
        schedule=DeltaDataIntervalTimetable(period),
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULTS,
        tags=["unite", "upkeep"],
        doc_md=job.says,
    )
    def upkeep() -> None:
        @task(task_id=job.name, execution_timeout=job.longest)
        def do() -> None:
            run(job.name, WHOLE, get_current_context())

        do()

    upkeep()


for name, job in jobs().items():
    every = job.every(load())
    if name not in ELSEWHERE and every is not None:
        make(job, every.period)
