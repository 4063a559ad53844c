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
    """Bring stories, coverage and the index up to the lake."""
    months = pipeline.refresh(options.workspace(), rebuild=rebuild)
    output.say(f"{months} months built; the index is up to date.")
