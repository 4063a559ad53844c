"""One DAG a home of sources: `collect_<home>`, for every city, country and Europe.

Its one task collects, scrubs, tags and merges in one process, so that nothing but scrubbed posts
ever leaves it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import DeltaDataIntervalTimetable, dag, get_current_context, task

from dags.assets import posts_of
from dags.running import DEFAULTS, START, run
from monitor.cities import Home
from monitor.jobs.job import Job, named
from monitor.pools import Pool, pool_of, pools
from monitor.settings import load
from monitor.workspace import Workspace


def make(job: Job, home: Home, period: timedelta, pool: Pool) -> None:
    """The DAG of one home."""

    @dag(
        dag_id=f"collect_{home.code}",
        description=f"Collect from the {len(home.sources)} sources of {home.name}",
        schedule=DeltaDataIntervalTimetable(period),
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULTS,
        tags=["unite", "collect", home.country or "eu"],
        doc_md=__doc__,
    )
    def collect() -> None:
        @task(
            outlets=[posts_of(home.code)],
            pool=pool.name,
            execution_timeout=job.longest,
        )
        def collect_scrub_tag_merge(*, outlet_events: Any = None) -> None:
            counts = run(job.name, home.code, get_current_context())
            outlet_events[posts_of(home.code)].extra = counts

        collect_scrub_tag_merge()

    collect()


def make_all(workspace: Workspace) -> None:
    """The DAG of each home that the purpose covers."""
    job = named("collect")
    every = job.every(workspace.settings)
    if every is None:
        return
    registry = workspace.registry
    found = pools(registry.platforms, workspace.settings.collectors_interval)
    for code in job.parts(workspace):
        home = registry.home(code)
        pool = pool_of((source.platform for source in home.sources), found)
        make(job, home, every.period, pool)


make_all(Workspace(load()))
