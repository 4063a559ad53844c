"""The job table: what is due, what runs, what failed, and how long the last runs took."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from monitor.jobs import running
from monitor.jobs.table import Run, State, Table
from monitor.workspace import Workspace

_STATES = ("due", "running", "retrying", "waiting", "paused")


def METRICS(workspace: Workspace) -> Iterator[Metric]:
    """Parts of jobs by state; when a part of each job last ended well, and its longest last run.

    running: begun and not ended, so a killed one too until it is run again. waiting: somebody
    must mend something.
    """
    table = Table(workspace.database)
    states, last = table.states(), table.last_runs()
    counted: Counter[tuple[str, str]] = Counter()
    for found in running.due(workspace):
        counted[found.job.name, "due"] += 1
    for (name, part), state in states.items():
        counted.update((name, s) for s in _states(state, last.get((name, part))))
    gauge = GaugeMetricFamily("unite_jobs", "Parts of jobs.", labels=("job", "state"))
    for name in sorted({name for name, _ in [*counted, *states]}):
        for state_name in _STATES:
            gauge.add_metric((name, state_name), counted[name, state_name])
    yield gauge
    ended: defaultdict[str, list[Run]] = defaultdict(list)
    for (name, _), run in last.items():
        if run.ended is not None and run.error is None:
            ended[name].append(run)
    done = GaugeMetricFamily(
        "unite_job_done_timestamp_seconds", "When a part of the job last ended well.",
        labels=("job",),
    )  # fmt: skip
    took = GaugeMetricFamily(
        "unite_job_seconds", "Longest of the last runs of its parts.", labels=("job",)
    )
    for name, runs in ended.items():
        done.add_metric((name,), max(r.ended.timestamp() for r in runs if r.ended))
        took.add_metric((name,), max((r.ended - r.began).total_seconds() for r in runs if r.ended))
    yield done
    yield took


def _states(state: State, run: Run | None) -> Iterator[str]:
    if run is not None and run.ended is None:
        yield "running"
    if state.is_paused:
        yield "paused"
    elif state.is_waiting:
        yield "waiting"
    elif state.not_before is not None:
        yield "retrying"
