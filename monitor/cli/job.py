"""Jobs: what runs again and again, when it ran, what is next."""

from __future__ import annotations

from typing import Annotated

import typer

from base.errors import BadInput
from base.time import midnight, now, parse_day, zone
from collectors.collector import Window
from monitor.cli import options, output
from monitor.jobs import listing, running
from monitor.jobs.job import WHOLE, named
from monitor.jobs.listing import Listed
from monitor.jobs.table import Table

COMMAND = typer.Typer(no_args_is_help=True, help=__doc__)
_Name = Annotated[str, typer.Argument(help="Name of the job, as `unite job list` shows it.")]
_Part = Annotated[str, typer.Argument(help="Part of the job, a city; `-` where it has none.")]
_AllParts = Annotated[str | None, typer.Argument(help="Part of the job; none means all of them.")]


@COMMAND.command("list")
def list_(
    name: Annotated[str | None, typer.Argument(help="Only this job.")] = None,
    runs: Annotated[
        bool, typer.Option("--runs", help="The last runs, newest first, instead.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Show each part of each job: its state, when it last ran and what it did, when it is next.

    States: due, running, done, failed (it is tried again), waits (somebody must mend something,
    then `unite job resume`), paused, off (by a setting), never.
    """
    workspace = options.workspace()
    if name is not None:
        named(name)
    found = listing.runs(workspace, name) if runs else listing.parts(workspace, now(), name)
    if as_json:
        output.answer("job list", None, None, None, (), [line.row() for line in found])
        return
    columns = ["job", "part", "state", "last run", "next", "what it did, or why not"]
    output.table("unite job list", columns, [_cells(line) for line in found])


@COMMAND.command("run")
def run(
    name: _Name,
    part: _Part = WHOLE,
    since: options.Since = None,
    until: options.Until = None,
) -> None:
    """Run one part now, whether it is due or not, and say what it did.

    With --since and --until for that time alone (days in UTC); without them from where it stands.
    """
    if (since is None) != (until is None):
        raise BadInput("half a window", expected="--since and --until, or neither")
    window = None
    if since is not None and until is not None:
        first, end = (midnight(parse_day(day), zone("UTC")) for day in (since, until))
        if first >= end:
            raise BadInput(f"the period {since} to {until} is empty", expected="since before until")
        window = Window(first, end)
    counts = running.run(options.workspace(), name, part, window)
    output.say(f"{name} {part}: {listing.said(counts) or 'nothing to do'}.")


@COMMAND.command("pause")
def pause(name: _Name, part: _AllParts = None) -> None:
    """Let the clock leave a job alone until `unite job resume`."""
    _hold(name, part, is_paused=True)


@COMMAND.command("resume")
def resume(name: _Name, part: _AllParts = None) -> None:
    """Let a job that was paused, or that waits for somebody, run again."""
    _hold(name, part, is_paused=False)


def _hold(name: str, part: str | None, *, is_paused: bool) -> None:
    workspace = options.workspace()
    parts = running.parts_of(workspace, name, part)
    table = Table(workspace.database)
    for each in parts:
        table.hold(name, each, is_paused=is_paused)
    word = "paused" if is_paused else "resumed"
    output.say(f"{name}: {word} ({', '.join(parts)}).")


def _cells(line: Listed) -> list[str]:
    last = "" if line.last is None else f"{line.last:%Y-%m-%d %H:%M}"
    following = "" if line.following is None else f"{line.following:%Y-%m-%d %H:%M}"
    return [line.name, line.part, line.state, last, following, line.says]
