"""Evaluation: how good the tagger is on the example posts, so that a change shows."""

from __future__ import annotations

from datetime import timedelta

from monitor.cities import DATA
from monitor.jobs.job import Counts, Job, Turn, every_minutes
from monitor.workspace import Workspace

_DAY = 24 * 60


def _run(workspace: Workspace, turn: Turn) -> Counts:
    """F1 of codes and share right of values over all languages, as `unite evaluate` has them."""
    del turn
    from monitor import tagging  # what lists the jobs needs none of it
    from monitor.evaluation.evaluation import ALL, CODES, VALUES, evaluate
    from monitor.evaluation.examples import read
    from nlp.scrub import Scrub

    tagger = tagging.build(workspace.settings, workspace.registry, tie_city=False)
    scrub = next(step for step in tagger.steps if isinstance(step, Scrub))
    posts = list(read(DATA / "examples", sealed=False))
    found = evaluate(tagger, scrub, posts, frozenset(workspace.registry.places))
    scores = {name: found.tasks[name, ALL].f1 for name in (*CODES, *VALUES)}
    return {"posts": len(posts), **{n: round(f1, 4) for n, f1 in scores.items() if f1 is not None}}


JOB = Job(
    "evaluate",
    "Measure the tagger on the open example posts.",
    every=lambda settings: every_minutes(_DAY * settings.monitor_evaluate_days),
    run=_run,
    rank=9,
    longest=timedelta(hours=2),
)
