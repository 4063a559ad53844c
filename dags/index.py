"""Stories, coverage and the index, brought up to the lake.

Runs when posts of any home came in. What comes in another way (`unite import`, a retag) waits for
the time that the job table says.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import (
    AssetAny,
    AssetOrTimeSchedule,
    DeltaDataIntervalTimetable,
    dag,
    get_current_context,
    task,
)

from dags.assets import posts_of
from dags.running import DEFAULTS, START, run
from monitor.jobs.job import WHOLE, Job, named
from monitor.settings import load
from monitor.workspace import Workspace


def make(job: Job, period: timedelta, homes: list[str]) -> None:
    """The DAG; homes: those whose posts start it."""

    @dag(
        dag_id=job.name,
        description=job.says,
        schedule=AssetOrTimeSchedule(
            timetable=DeltaDataIntervalTimetable(period),
            assets=AssetAny(*map(posts_of, homes)),
        ),
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULTS,
        tags=["unite"],
        doc_md=__doc__,
    )
    def index() -> None:
        @task(execution_timeout=job.longest)
        def stories_coverage_index() -> None:
            run(job.name, WHOLE, get_current_context())

        stories_coverage_index()

    index()


def make_all(workspace: Workspace) -> None:
    """The DAG, unless the settings turn it off."""
    job = named("index")
    every = job.every(workspace.settings)
    if every is not None:
        homes = [code for code, home in workspace.registry.homes.items() if home.sources]
        make(job, every.period, homes)


make_all(Workspace(load()))
