"""Tag the posts of the lake again."""

from __future__ import annotations

from monitor import retagging
from monitor.cli import options, output


def COMMAND() -> None:
    """Tag again what was tagged with other lists or rules, then rebuild what follows from it.

    Language and redactions stay; days whose coverage is frozen keep city and relevance.
    """
    done = retagging.retag(options.workspace(), tell=output.say)
    output.say(
        f"{done.posts:,} posts, {done.tagged:,} tagged again, {done.moved:,} moved to another city."
    )
