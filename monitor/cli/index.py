"""Bring stories, coverage and the index up to the lake."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor import pipeline
from monitor.cli import options, output


def COMMAND(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build every month anew, not only those that changed.")
    ] = False,
) -> None:
    """Bring stories, coverage and the index up to the lake.

    A post that the index cannot hold is told with the field that is wrong, and stays in the lake.
    """
    workspace = options.workspace()
    months = pipeline.refresh(workspace, rebuild=rebuild)
    output.say(f"{months} months built; the index is up to date.")
    for home, reason, count in workspace.unheld.reasons() if workspace.has_database else ():
        output.say(f"{count} posts of {home} are not in it: {reason}")
