"""Sample posts through the pipeline into the pages, in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor import demo
from monitor.cli import options, output
from monitor.sample import CITIES
from monitor.workspace import Workspace


def COMMAND(
    posts: Annotated[int, typer.Option(min=100, help="How many invented posts.")] = 40_000,
    seed: Annotated[int, typer.Option(help="Another seed, other posts.")] = 1,
    port: Annotated[int | None, typer.Option(help="Port of the pages; 0 takes a free one.")] = None,
    truth: Annotated[
        Path | None, typer.Option(help="File for what is true of each post, as NDJSON.")
    ] = None,
    serve: Annotated[bool, typer.Option(help="Open the pages afterwards.")] = True,
) -> None:
    """Fill a home of its own with invented posts and open the pages: no account, no network."""
    settings = options.workspace().settings
    workspace = Workspace(settings.model_copy(update={"home": settings.home / "demo"}))
    if demo.is_filled(workspace.home):
        output.say("The demo's home is filled already; remove it to begin anew.")
    else:
        output.say(f"Making {posts:,} invented posts of {len(CITIES)} cities …")
        taken = demo.fill(workspace, posts, seed, CITIES, truth=truth)
        output.say(f"{taken.new:,} posts, {taken.relevant:,} about integration.")
    if serve:
        from monitor.cli.serve import serve as open_pages

        open_pages(workspace, settings.dashboard_port if port is None else port)
    else:
        options.hint_home(workspace.home)
