"""Tag the posts of the lake again."""

from __future__ import annotations

from monitor import retagging
from monitor.cli import options, output


def COMMAND(engine: options.Engine = "process") -> None:
    """Tag again what was tagged with other lists or rules, then rebuild what follows from it.

    Language and redactions stay; days whose coverage is frozen keep city and relevance.
    """
    if options.engine(engine) == "spark":
        from monitor.spark import retag as on_spark

        done = on_spark.retag(options.workspace(), tell=output.say)
    else:
        done = retagging.retag(options.workspace(), tell=output.say)
    output.say(
        f"{done.posts:,} posts, {done.tagged:,} tagged again, {done.moved:,} moved to another city."
    )
